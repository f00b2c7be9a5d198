// Held-out rows that are like the others, and such that are not.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';
import { datasetOf } from '../../test/support/dataset-of.ts';
import { splitByFold, type RowSplit } from '../evaluation/folds.ts';
import { holdoutDrift } from './holdout-drift.ts';
import { loadTable, type Dataset } from './load-table.ts';

const ROWS = 4000;
const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'age', nullable: true },
  { kind: 'categorical', name: 'region', nullable: true, categories: ['a', 'b', 'c', 'never'] },
];

/** The last quarter of the rows is held out. */
const split: RowSplit = splitByFold(
  Uint8Array.from({ length: ROWS }, (_, row) => (row >= 0.75 * ROWS ? 1 : 0)),
  1,
);

function dataset(cellsOf: (row: number, random: Random) => readonly [number, number]): Dataset {
  const random = Random.of(5);
  const x = Float32Array.from(
    Array.from({ length: ROWS }, (_, row) => cellsOf(row, random)).flat(),
  );
  return datasetOf({ features, x, y: new Uint8Array(ROWS) });
}

const verdicts = (of: Dataset): readonly string[] =>
  holdoutDrift(of, split).features.map(({ verdict }) => verdict);

const held = (row: number): boolean => row >= 0.75 * ROWS;

it('sees nothing between parts of one distribution, with a category that nobody has', () => {
  const same = dataset((_, random) => [random.nextInt(1000), random.nextInt(3)]);
  expect(verdicts(same)).toEqual(['same', 'same']);
  expect(holdoutDrift(same, split)).toMatchObject({ training_rows: 3000, held_out_rows: 1000 });
});

it('sees numbers that have moved, and none of the other feature', () => {
  const moved = dataset((row, random) => [
    random.nextInt(1000) + (held(row) ? 300 : 0),
    random.nextInt(3),
  ]);
  expect(verdicts(moved)).toEqual(['moved', 'same']);
});

it('sees a category that has become frequent', () => {
  const moved = dataset((row, random) => [
    random.nextInt(1000),
    held(row) && random.nextInt(3) === 0 ? 2 : random.nextInt(3),
  ]);
  expect(verdicts(moved)).toEqual(['same', 'moved']);
});

it('sees values that have gone missing', () => {
  const moved = dataset((row, random) => {
    const gone = held(row) && random.nextInt(5) === 0;
    return [gone ? Number.NaN : random.nextInt(1000), random.nextInt(3)];
  });
  expect(verdicts(moved)).toEqual(['moved', 'same']);
});

it.each([
  ['a rare code', (random: Random): number => (random.nextInt(20) === 0 ? 1 : 0), 1],
  [
    'an amount among zeros',
    (random: Random): number => Math.max(0, random.nextInt(1000) - 930),
    40,
  ],
])('sees that %s has become frequent, though every decile is 0', (_, usual, new_) => {
  const of = (more: boolean): Dataset =>
    dataset((row, random) => {
      const often = more && held(row) && random.nextInt(4) === 0;
      return [often ? new_ : usual(random), random.nextInt(3)];
    });
  expect(verdicts(of(true))).toEqual(['moved', 'same']);
  expect(verdicts(of(false))).toEqual(['same', 'same']);
});

it.each([20, 100, 1000])(
  'moves by chance about once in a thousand, with %i held-out rows',
  (rows) => {
    const few: RowSplit = { train: split.train, test: split.test.subarray(0, rows) };
    const features: readonly FeatureSpec[] = [
      { kind: 'numeric', name: 'size', nullable: true },
      {
        kind: 'categorical',
        name: 'town',
        nullable: true,
        categories: Array.from({ length: 300 }, (_, i) => `t${i}`),
      },
    ];
    let moved = 0;
    for (let seed = 0; seed < 60; seed++) {
      const random = Random.of(seed);
      const same = dataset(() => [
        random.nextInt(30) === 0 ? Number.NaN : random.nextInt(1000),
        // Many rows of a few towns, a few of many.
        Math.floor(300 * (random.nextInt(1000) / 1000) ** 3),
      ]);
      const found = holdoutDrift({ ...same, features }, few).features;
      moved += found.filter(({ verdict }) => verdict === 'moved').length;
    }
    expect(moved).toBeLessThanOrEqual(1);
  },
);

it('sees twenty rows that are far from all others', () => {
  const few: RowSplit = { train: split.train, test: split.test.subarray(0, 20) };
  const moved = dataset((row, random) => [random.nextInt(1000) + (held(row) ? 900 : 0), 0]);
  expect(holdoutDrift(moved, few).features[0]?.verdict).toBe('moved');
});

it('measures deciles of the training part as they are measured elsewhere', async () => {
  const features = ['mean radius'].map((name): FeatureSpec => ({
    kind: 'numeric',
    name,
    nullable: false,
  }));
  const target = { column: 'y', positive: '1' };
  const wdbc = await loadTable({ path: 'data/wdbc.csv', delimiter: ',', target, features });
  const later = Uint8Array.from({ length: wdbc.rows }, (_, row) => (row >= 300 ? 1 : 0));
  const found = holdoutDrift(wdbc, splitByFold(later, 1)).features[0];
  expect(found?.psi).toBeCloseTo(0.1075, 4);
  expect(found?.verdict).toBe('same');
});

it('takes a feature of one value, or of none, as it is', () => {
  const flat = dataset(() => [7, Number.NaN]);
  expect(verdicts(flat)).toEqual(['same', 'same']);
  expect(verdicts(dataset(() => [Number.NaN, 0]))).toEqual(['same', 'same']);
});
