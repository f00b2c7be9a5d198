// Partial dependence against its definition: each row of the sample with one cell replaced, predicted by itself.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';
import { matrixOf, type Float32Matrix } from '../numeric/matrix.ts';
import { partialDependence, sampleRows } from './partial-dependence.ts';

const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'amount', nullable: false },
  { kind: 'numeric', name: 'count', nullable: true },
  { kind: 'categorical', name: 'colour', nullable: false, categories: ['red', 'green', 'blue'] },
  { kind: 'numeric', name: 'gaps', nullable: false },
];

function rowsOf(count: number): Float32Matrix {
  const random = Random.of(50, count);
  const data = new Float32Array(count * 4);
  for (let row = 0; row < count; row++)
    data.set(
      [
        random.nextInt(100_000) / 7,
        random.nextInt(4),
        random.nextInt(3),
        random.nextInt(5) === 0 ? NaN : random.nextInt(2),
      ],
      row * 4,
    );
  return matrixOf(data, 4);
}

const predictOne = (amount: number, count: number, colour: number, gaps: number): number => {
  const score =
    amount / 5000 -
    1 +
    (Number.isNaN(count) ? -2 : count * colour) / 2 +
    (Number.isNaN(gaps) ? 1 : 0);
  return 1 / (1 + Math.exp(-score));
};
const predict = ({ data, rows }: Float32Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => {
    const [amount = NaN, count = NaN, colour = NaN, gaps = NaN] = data.subarray(
      4 * row,
      4 * row + 4,
    );
    return predictOne(amount, count, colour, gaps);
  });

describe('partialDependence', () => {
  it('averages the predictions of rows that have one value in common', () => {
    const x = rowsOf(90);
    const found = partialDependence(predict, features, x, Random.of(1));
    expect(found.map(({ feature, kind }) => [feature, kind])).toEqual(
      features.map(({ name, kind }) => [name, kind]),
    );
    found.forEach(({ points }, column) => {
      for (const { value, mean, low, high } of points) {
        const cell = value === null ? NaN : typeof value === 'string' ? codeOf(value) : value;
        const answers = Array.from({ length: 90 }, (_, row) => {
          const cells = [...x.data.subarray(4 * row, 4 * row + 4)];
          cells[column] = Math.fround(cell);
          const [amount = NaN, count = NaN, colour = NaN, gaps = NaN] = cells;
          return predictOne(amount, count, colour, gaps);
        }).sort((a, b) => a - b);
        expect(mean).toBeCloseTo(answers.reduce((sum, answer) => sum + answer, 0) / 90, 12);
        expect([low, high]).toEqual([answers[8], answers[80]]);
      }
    });
  });

  const codeOf = (category: string): number => ['red', 'green', 'blue'].indexOf(category);

  it('goes through at most 20 values of a number, all where they are few, and every category', () => {
    const x = rowsOf(2000);
    const [amount, count, colour, gaps] = partialDependence(predict, features, x, Random.of(1)).map(
      ({ points }) => points.map(({ value }) => value),
    );
    expect(amount).toHaveLength(20);
    const sorted = Array.from({ length: 2000 }, (_, row) => x.data[4 * row] as number).sort(
      (a, b) => a - b,
    );
    expect(Math.fround(Number(amount?.[0]))).toBe(sorted[99]);
    expect(Math.fround(Number(amount?.at(-1)))).toBe(sorted[1899]);
    expect(count).toEqual([0, 1, 2, 3, null]);
    expect(colour).toEqual(['red', 'green', 'blue']);
    expect(gaps).toEqual([0, 1, null]);
  });

  it('takes a seeded sample of 500 rows, and leaves the rows as they are', () => {
    const x = rowsOf(2000);
    const before = x.data.slice();
    const seen = new Set<number>();
    const counted = (rows: Float32Matrix): Float64Array => {
      seen.add(rows.rows);
      return predict(rows);
    };
    const first = partialDependence(counted, features, x, Random.of(2));
    expect([...seen]).toEqual([500]);
    expect(x.data).toEqual(before);
    expect(partialDependence(predict, features, x, Random.of(2))).toEqual(first);
    expect(partialDependence(predict, features, x, Random.of(3))).not.toEqual(first);
  });
});

describe('sampleRows', () => {
  it('takes each row once, rising, and all where there are few', () => {
    const rows = sampleRows(1000, 100, Random.of(1));
    expect(new Set(rows).size).toBe(100);
    expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
    expect([...sampleRows(3, 100, Random.of(1))]).toEqual([0, 1, 2]);
  });
});
