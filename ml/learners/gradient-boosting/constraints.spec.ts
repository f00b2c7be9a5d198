// Interaction constraints by their definition, and what trees are drawn: rows and columns by seed.
import type { BinnedColumn } from '../../trees/binning.ts';
import { allowedBelow } from './constraints.ts';
import { ColumnSampler, RowSampler } from './sampling.ts';

const columns = ['a', 'b', 'c', 'd', 'e'].map((name): BinnedColumn => ({
  name,
  bins: 3,
  hasMissing: false,
  uppers: new Float32Array(3),
  codes: null,
}));
const namesOf = (allowed: Uint8Array | null): string =>
  allowed === null
    ? 'all'
    : columns
        .filter((_, i) => allowed[i] === 1)
        .map(({ name }) => name)
        .join('');

describe('allowedBelow', () => {
  const allowed = allowedBelow(
    {
      interaction_constraints: [
        ['a', 'b', 'c'],
        ['c', 'd'],
      ],
    },
    columns,
  );

  it.each([
    [[], 'all'],
    [[0], 'abc'],
    [[2], 'abcd'],
    [[2, 3], 'cd'],
    [[0, 2], 'abc'],
    [[4], 'e'],
    [[3, 3], 'cd'],
  ])('allows below the path %j the union of the sets that hold it: %s', (path, names) => {
    expect(namesOf(allowed(path))).toBe(names);
  });

  it('allows everything without constraints, and refuses names that are no columns', () => {
    expect(allowedBelow({ interaction_constraints: null }, columns)([1, 2])).toBeNull();
    expect(() => allowedBelow({ interaction_constraints: [['a', 'x']] }, columns)).toThrow(
      'interaction_constraints: expected names of columns, "x" is none; there are a, b, c, d, e',
    );
  });
});

describe('ColumnSampler', () => {
  const sampler = (colsample_bytree: number, seed = 1): ColumnSampler =>
    new ColumnSampler(
      {
        colsample_bytree,
        interaction_constraints: [
          ['a', 'b'],
          ['c', 'd', 'e'],
        ],
      },
      columns,
      seed,
    );

  it('draws the share of the columns for each tree, the same for the same seed', () => {
    const drawn = Array.from({ length: 40 }, (_, tree) =>
      namesOf(sampler(0.5).columnsOf(tree)([])),
    );
    expect(drawn.every((names) => names.length === 3)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(5);
    expect(drawn).toEqual(drawn.map((_, tree) => namesOf(sampler(0.5).columnsOf(tree)([]))));
    expect(drawn).not.toEqual(drawn.map((_, tree) => namesOf(sampler(0.5, 2).columnsOf(tree)([]))));
  });

  it('leaves of those drawn what the path allows', () => {
    for (let tree = 0; tree < 10; tree++) {
      const below = sampler(0.6).columnsOf(tree);
      const root = namesOf(below([]));
      expect(namesOf(below([2]))).toBe(root.replace(/[ab]/g, ''));
    }
    expect(namesOf(sampler(1).columnsOf(3)([]))).toBe('all');
  });
});

describe('RowSampler', () => {
  const ROWS = 10_000;
  const sampler = (
    subsample: number,
    learning: Uint8Array | null = null,
    subsample_freq = 1,
  ): RowSampler => new RowSampler({ subsample, subsample_freq }, learning, ROWS, 9);
  const count = (sample: Uint8Array | null): number =>
    sample?.reduce((sum, one) => sum + one, 0) ?? NaN;

  it('takes all rows where nothing is to be drawn', () => {
    expect(sampler(1).sampleOf(4)).toBeNull();
    const learning = new Uint8Array(ROWS).fill(1);
    expect(sampler(1, learning).sampleOf(4)).toBe(learning);
  });

  it('draws about the share of the rows, anew each round, without rows that may not be learnt from', () => {
    const learning = Uint8Array.from({ length: ROWS }, (_, row) => (row % 4 === 0 ? 0 : 1));
    const rows = sampler(0.3, learning);
    const first = rows.sampleOf(0)?.slice() ?? new Uint8Array();
    expect(Math.abs(count(first) / (0.75 * ROWS) - 0.3)).toBeLessThan(0.02);
    expect(first.some((one, row) => one === 1 && row % 4 === 0)).toBe(false);
    const second = rows.sampleOf(1)?.slice() ?? new Uint8Array();
    const both = first.filter((one, row) => one === 1 && second[row] === 1).length;
    expect(Math.abs(both / count(first) - 0.3)).toBeLessThan(0.04);
    expect(sampler(0.3, learning).sampleOf(1)).toEqual(second);
  });

  it('keeps a draw for as many rounds as it is told to', () => {
    const rows = sampler(0.5, null, 3);
    const drawn = [0, 1, 2, 3, 4].map((round) => rows.sampleOf(round)?.slice());
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).toEqual(drawn[0]);
    expect(drawn[3]).not.toEqual(drawn[0]);
    expect(drawn[4]).toEqual(drawn[3]);
  });
});
