// What a writer's stream makes of transactions that are stored, that are not, and that come after a long silence.
import { logRow } from '../../../test/contract/prediction-writer.contract.ts';
import { digestOfRow, hashOf } from './log-chain.ts';
import { LogStream, SILENCE_MS } from './log-stream.ts';
import { flatten } from './row-columns.ts';

const NOW = 1_764_000_000_000;
const cellsAt = (createdAt: number) => flatten([logRow({ createdAt })]);

describe('LogStream', () => {
  it('chains what is stored', () => {
    const stream = new LogStream();
    const { block: first } = stream.add(cellsAt(NOW));
    stream.kept();
    const { block: second } = stream.add(cellsAt(NOW + SILENCE_MS));
    expect([first.sequence, first.previous]).toEqual([1, '']);
    expect(second).toMatchObject({ stream: first.stream, sequence: 2, previous: first.hash });
    expect(hashOf(second)).toBe(second.hash);
  });

  it('begins another stream when a transaction may have been stored, so that its block is followed by none', () => {
    const stream = new LogStream();
    const { block: first } = stream.add(cellsAt(NOW));
    stream.kept();
    const { block: lost } = stream.add(cellsAt(NOW));
    stream.dropped();
    const { block: next } = stream.add(cellsAt(NOW));
    expect(lost).toMatchObject({ stream: first.stream, sequence: 2 });
    expect(next).toMatchObject({ sequence: 1, previous: '' });
    expect(next.stream).not.toBe(first.stream);
  });

  it('begins another stream after a day of silence', () => {
    const stream = new LogStream();
    const { block: first } = stream.add(cellsAt(NOW));
    stream.kept();
    const { block: late } = stream.add(cellsAt(NOW + SILENCE_MS + 1));
    expect(late).toMatchObject({ sequence: 1, previous: '' });
    expect(late.stream).not.toBe(first.stream);
  });

  it('has the same digest for the same rows in any order', () => {
    const rows = Array.from({ length: 5 }, () => logRow());
    const digestOf = (some: typeof rows): string => new LogStream().add(flatten(some)).block.digest;
    expect(digestOf(rows.toReversed())).toBe(digestOf(rows));
  });
});

describe('digestOfRow', () => {
  it('tells rows apart that read the same one cell after another', () => {
    const digests = [
      ['a', 'b'],
      ['ab', ''],
      ['', 'ab'],
      ['a,1:b', null],
      ['a', null],
      [1, 2],
      ['1', '2'],
      [12, null],
      [null, 12],
    ].map((cells) => digestOfRow(cells, 0, 2));
    expect(new Set(digests).size).toBe(digests.length);
  });
});
