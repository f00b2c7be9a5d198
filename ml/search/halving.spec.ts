// Successive halving: shares grow threefold, candidates shrink threefold, and rows are thinned alike for all.
import { Random } from '../../src/statistics/random.ts';
import { rungsOf, thinnedTo } from './halving.ts';

const y = Uint8Array.from({ length: 9_000 }, (_, i) => (i % 6 === 0 ? 1 : 0));
const rows = Int32Array.from(y.keys());
const splits = [{ train: rows, test: rows }];

describe('rungsOf', () => {
  it('triples the rows and keeps a third, up to all rows', () => {
    const rungs = rungsOf(20, splits, y);
    expect(rungs.map(({ survivors }) => survivors)).toEqual([20, 7, 3, 1]);
    expect(rungs.map(({ share }) => share)).toEqual([1 / 27, 1 / 9, 1 / 3, 1]);
  });

  it('starts no lower than 50 rows of the smaller class', () => {
    const few = [{ train: rows.subarray(0, 1_000), test: rows }];
    expect(rungsOf(20, few, y).map(({ share }) => share)).toEqual([1 / 3, 1]);
    const fewer = [{ train: rows.subarray(0, 200), test: rows }];
    expect(rungsOf(20, fewer, y)).toEqual([{ share: 1, survivors: 20 }]);
  });

  it('has one rung for one candidate', () => {
    expect(rungsOf(1, splits, y)).toEqual([{ share: 1, survivors: 1 }]);
  });
});

describe('thinnedTo', () => {
  it('keeps the share of each class, in row order, and a smaller share inside a larger one', () => {
    const third = thinnedTo(1 / 3, rows, y, Random.of(1));
    expect(third.length).toBe(3_000);
    expect(third.reduce((sum, row) => sum + (y[row] ?? NaN), 0)).toBe(500);
    expect(third).toEqual(third.toSorted());
    const ninth = thinnedTo(1 / 9, rows, y, Random.of(1));
    const held = new Set(third);
    expect(ninth.every((row) => held.has(row))).toBe(true);
  });

  it('keeps all rows for a share of 1', () => {
    expect(thinnedTo(1, rows, y, Random.of(1))).toBe(rows);
  });
});
