// What the validation report says of the values of a column.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { datasetOf } from '../../test/support/dataset-of.ts';
import { columnContent, MOST_CATEGORIES, RANKED_VALUES, weightsContent } from './column-values.ts';
import type { Dataset } from './load-table.ts';
import type { NumericValues } from './validation-report.ts';

const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'size', nullable: true },
  { kind: 'categorical', name: 'colour', nullable: true, categories: ['red', 'blue', 'never'] },
];

const datasetOfRows = (rows: readonly (readonly [number, number, 0 | 1])[]): Dataset =>
  datasetOf({
    features,
    x: Float32Array.from(rows.flatMap(([size, colour]) => [size, colour])),
    y: Uint8Array.from(rows, ([, , y]) => y),
  });

it('counts numbers by class in bins that a few extremes do not stretch', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => [i / 8, i % 2, (i >> 1) % 2] as never);
  const dataset = datasetOfRows([...rows, [1e9, 0, 1], [Number.NaN, 0, 1]]);
  const { missing, constant, values } = columnContent(dataset, 0);
  expect([missing, constant]).toEqual([1, false]);
  if (values?.kind !== 'numeric') throw new Error('expected numbers');
  expect(values).toMatchObject({ min: 0, max: 1e9, median: 62.5 });
  expect(values.edges[0]).toBe(0.625);
  expect(values.edges.at(-1)).toBe(124.375);
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  expect([total(values.positives), total(values.negatives)]).toEqual([501, 500]);
  expect(Math.max(...values.positives)).toBeLessThan(40);
});

it('counts categories by class, those that nobody has too', () => {
  const { missing, values } = columnContent(
    datasetOfRows([
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
  const flat = datasetOfRows([
    [3, Number.NaN, 1],
    [3, Number.NaN, 0],
  ]);
  expect(columnContent(flat, 0)).toMatchObject({ constant: true, missing: 0 });
  expect(columnContent(flat, 1)).toEqual({ constant: false, missing: 2, values: null });
});

const numbers = (cells: readonly number[]): NumericValues => {
  const { values } = columnContent(datasetOfRows(cells.map((cell) => [cell, 0, 1])), 0);
  if (values?.kind !== 'numeric') throw new Error('expected numbers');
  return values;
};

it('gives each of a few whole numbers a bin around it, the rarest too', () => {
  const codes = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 4 : i % 3));
  const { edges, positives } = numbers(codes);
  expect(edges).toEqual([-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]);
  expect(positives).toEqual([333, 333, 333, 0, 1]);
});

it('puts as many whole numbers into one bin as into another', () => {
  const { edges, positives } = numbers(Array.from({ length: 5600 }, (_, i) => 20 + (i % 56)));
  expect([edges[0], edges.at(-1)]).toEqual([19.5, 76.5]);
  expect(positives).toEqual([...Array.from({ length: 18 }, () => 300), 200]);
});

it('holds numbers of any size and a single one', () => {
  const total = (cells: readonly number[]): number =>
    numbers(cells).positives.reduce((sum, count) => sum + count, 0);
  for (const cells of [[3], [0.5, 0.5], [1e38, -1e38, 0], [3e38, 3e38], [1e-40, 0]])
    expect(total(cells)).toBe(cells.length);
});

it('takes the median of very many values from a part of them, wherever missing ones stand', () => {
  const cells = Array.from({ length: 2 * RANKED_VALUES + 2 }, (_, i) =>
    i % 2 === 0 ? Number.NaN : i,
  );
  expect(numbers(cells).median).toBe(RANKED_VALUES + 1);
  expect(numbers([...cells, ...cells, ...cells]).median).toBeCloseTo(RANKED_VALUES, -3);
});

it('keeps the largest of very many categories, in their order, and sums the others up', () => {
  const categories = Array.from({ length: MOST_CATEGORIES + 50 }, (_, i) => `c${i}`);
  const codes = categories.flatMap((_, code) => (code < 50 ? [code] : [code, code]));
  const dataset = {
    ...datasetOfRows(codes.map((code) => [0, code, 1])),
    features: [features[0], { kind: 'categorical', name: 'zip', nullable: true, categories }],
  } as Dataset;
  const { values } = columnContent(dataset, 1);
  if (values?.kind !== 'categorical') throw new Error('expected categories');
  expect(values.categories).toHaveLength(MOST_CATEGORIES + 1);
  expect(values.categories[0]?.name).toBe('c50');
  expect(values.categories.at(-1)).toEqual({ name: '50 others', positives: 50, negatives: 0 });
});

it('tells what the weights are, where there are any', () => {
  const dataset = datasetOfRows([
    [1, 0, 1],
    [1, 0, 0],
  ]);
  expect(weightsContent(dataset)).toBeNull();
  expect(weightsContent({ ...dataset, weights: Float64Array.of(0.5, 2) })).toMatchObject({
    missing: 0,
    values: { kind: 'numeric', min: 0.5, median: 1.25, max: 2, mean: 1.25 },
  });
});
