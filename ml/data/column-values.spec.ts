// What the validation report says of the values of a column.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { columnContent } from './column-values.ts';
import type { Dataset } from './load-table.ts';
import { RowLines } from './row-lines.ts';

const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'size', nullable: true },
  { kind: 'categorical', name: 'colour', nullable: true, categories: ['red', 'blue', 'never'] },
];

const datasetOf = (rows: readonly (readonly [number, number, 0 | 1])[]): Dataset => ({
  features,
  rows: rows.length,
  x: Float32Array.from(rows.flatMap(([size, colour]) => [size, colour])),
  y: Uint8Array.from(rows, ([, , y]) => y),
  weights: null,
  keys: null,
  digest: '',
  ignoredColumns: [],
  lines: new RowLines(),
  leftOut: { rows: 0, byColumn: new Map() },
});

it('counts numbers by class in bins that a few extremes do not stretch', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => [i, i % 2, (i >> 1) % 2] as never);
  const dataset = datasetOf([...rows, [1e9, 0, 1], [Number.NaN, 0, 1]]);
  const { missing, constant, values } = columnContent(dataset, 0);
  expect([missing, constant]).toEqual([1, false]);
  if (values?.kind !== 'numeric') throw new Error('expected numbers');
  expect(values).toMatchObject({ min: 0, max: 1e9, median: 500 });
  expect(values.edges[0]).toBe(5);
  expect(values.edges.at(-1)).toBe(995);
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  expect([total(values.positives), total(values.negatives)]).toEqual([501, 500]);
  expect(Math.max(...values.positives)).toBeLessThan(40);
});

it('counts categories by class, those that nobody has too', () => {
  const { missing, values } = columnContent(
    datasetOf([
      [1, 0, 1],
      [1, 0, 0],
      [1, 1, 0],
      [1, Number.NaN, 1],
    ]),
    1,
  );
  expect(missing).toBe(1);
  expect(values).toEqual({
    kind: 'categorical',
    categories: [
      { name: 'red', positives: 1, negatives: 1 },
      { name: 'blue', positives: 0, negatives: 1 },
      { name: 'never', positives: 0, negatives: 0 },
    ],
  });
});

it('says which columns hold one value or none', () => {
  const flat = datasetOf([
    [3, Number.NaN, 1],
    [3, Number.NaN, 0],
  ]);
  expect(columnContent(flat, 0)).toMatchObject({ constant: true, missing: 0 });
  expect(columnContent(flat, 1)).toEqual({ constant: false, missing: 2, values: null });
});
