// The partition against two filters; blocks of rows against the whole.
import { Random } from '../../../src/statistics/random.ts';
import { BLOCK, ownBlocks, ownRows } from './blocks.ts';
import { Partitioner } from './partition.ts';
import type { RowRecords } from './records.ts';

const recordsWith = (bins: Uint8Array, rows: number): RowRecords => ({
  rows,
  columns: bins.length / rows,
  stride: 2,
  binWords: 1,
  words: new Int32Array(2 * rows),
  bins,
});

describe('Partitioner', () => {
  it.each([0, 1, 128, 255, 256])('keeps both sides in their order, %i bins going left', (count) => {
    const random = Random.of(6, count);
    const rows = 3000;
    const bins = Uint8Array.from({ length: 2 * rows }, () => random.nextInt(256));
    const goesLeft = Uint8Array.from({ length: 256 }, (_, bin) =>
      (bin * 77) % 256 < count ? 1 : 0,
    );
    const order = Int32Array.from({ length: rows }, (_, i) => i).filter((i) => i % 3 > 0);
    const [from, to] = [100, 1900];
    const before = [...order];
    const members = before.slice(from, to);
    const isLeft = (row: number): boolean => goesLeft[bins[rows + row] as number] === 1;
    const partitioner = new Partitioner(order, recordsWith(bins, rows));
    const middle = partitioner.split(from, to, 1, goesLeft);
    const left = members.filter(isLeft);
    const right = members.filter((row) => !isLeft(row));
    expect(middle).toBe(from + left.length);
    expect([...order]).toEqual([...before.slice(0, from), ...left, ...right, ...before.slice(to)]);
  });

  it('leaves the rows behind it alone where the last row goes right', () => {
    const order = Int32Array.of(0, 1, 2);
    const records = recordsWith(Uint8Array.of(0, 1, 0), 3);
    const goesLeft = new Uint8Array(256).fill(1, 0, 1);
    expect(new Partitioner(order, records).split(0, 2, 0, goesLeft)).toBe(1);
    expect([...order]).toEqual([0, 1, 2]);
  });
});

describe('blocks', () => {
  it.each([1, 2, 3, 8])('give each row to one of %i threads', (size) => {
    for (const rows of [1, BLOCK, BLOCK + 1, 7 * BLOCK - 5]) {
      const owners = new Int32Array(rows);
      for (let rank = 0; rank < size; rank++) {
        const team = { rank, size, barrier: () => undefined };
        let count = 0;
        ownBlocks(team, rows, (from, to, block) => {
          expect(from).toBe(block * BLOCK);
          for (let row = from; row < to; row++) owners[row] = (owners[row] as number) + 1;
          count += to - from;
        });
        expect(ownRows(team, rows)).toBe(count);
      }
      expect(owners.every((owner) => owner === 1)).toBe(true);
    }
  });
});
