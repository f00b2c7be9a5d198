// What each encoding makes of numbers, categories and missing values. (That the graph makes the same of them: test/parity.)
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { deriveFeature } from './derived.ts';
import { medianOf } from './imputation.ts';
import { fitPreprocessing } from './preprocessing.ts';

const features: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'age', nullable: true },
  {
    kind: 'categorical',
    name: 'purpose',
    nullable: true,
    categories: ['car', 'house', 'school', 'boat'],
  },
  { kind: 'numeric', name: 'debt', nullable: false },
];
const derived = [deriveFeature('ratio', 'debt / age', features)];

// age, purpose, debt; nobody has a "house".
const rows = matrixOf(
  Float32Array.from([20, 0, 10, 0, 2, 30, NaN, NaN, 7, 40, 3, 10, 60, 0, 10]),
  3,
);

describe('medianOf', () => {
  it('is the middle value, or the mean of the two middle ones rounded to float32', () => {
    expect(medianOf(Float32Array.of(3, 1, 2))).toBe(2);
    expect(medianOf(Float32Array.of(1, 4, 3, 2))).toBe(2.5);
    expect(medianOf(Float32Array.of(1, 1 + 2 ** -23))).toBe(1);
  });

  it('leaves out NaN and infinities, and is 0 where nothing is left', () => {
    expect(medianOf(Float32Array.of(NaN, 5, Infinity, -Infinity, 7))).toBe(6);
    expect(medianOf(Float32Array.of(NaN, Infinity))).toBe(0);
  });
});

describe('fitPreprocessing for trees', () => {
  const encoding = fitPreprocessing('tree', features, derived, rows);

  it('imputes numbers by the median, gives missing categories the code -1, and derives columns', () => {
    expect(encoding.columns.map(({ name }) => name)).toEqual(['age', 'purpose', 'debt', 'ratio']);
    const { data, columns } = encoding.transform(rows);
    expect(columns).toBe(4);
    expect(data).toBeInstanceOf(Float32Array);
    // ratio: 0.5, 30/0 and 7/NaN missing, 0.25, 1/6: median 0.25. age: 0, 20, 40, 60: median 30.
    const expected = [20, 0, 10, 0.5, 0, 2, 30, 0.25, 30, -1, 7, 0.25, 40, 3, 10, 0.25, 60, 0, 10];
    expect(Array.from(data)).toEqual([...expected, Math.fround(10 / 60)]);
  });

  it('imputes rows to come by the medians of the training rows', () => {
    const { data } = encoding.transform(matrixOf(Float32Array.of(NaN, 1, Infinity), 3));
    expect(Array.from(data)).toEqual([30, 1, 10, 0.25]);
  });
});

describe('fitPreprocessing for linear models', () => {
  const encoding = fitPreprocessing('linear', features, derived, rows);

  it('puts numbers first, then a column for each category seen in training', () => {
    expect(encoding.columns.map(({ name }) => name)).toEqual([
      'age',
      'debt',
      'ratio',
      'purpose=car',
      'purpose=school',
      'purpose=boat',
    ]);
  });

  it('standardises the imputed numbers by the population standard deviation', () => {
    const { data, columns } = encoding.transform(rows);
    const ages = [20, 0, 30, 40, 60].map((age) => (age - 30) / 20);
    expect(data).toBeInstanceOf(Float64Array);
    for (const [row, age] of ages.entries()) expect(data[row * columns]).toBeCloseTo(age, 14);
    const debts = [0, 1, 2, 3, 4].map((row) => data[row * columns + 1] as number);
    expect(debts.reduce((sum, z) => sum + z, 0)).toBeCloseTo(0, 14);
    expect(debts.reduce((sum, z) => sum + z * z, 0) / 5).toBeCloseTo(1, 14);
  });

  it('encodes a missing category and one never seen in training as all zeros', () => {
    const { data, columns } = encoding.transform(
      matrixOf(Float32Array.of(30, 2, 10, 30, NaN, 10, 30, 1, 10), 3),
    );
    const oneHot = [0, 1, 2].map((row) => Array.from(data.slice(row * columns + 3, (row + 1) * 6)));
    expect(oneHot).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  it('does not scale a constant column, whatever its mean rounds to', () => {
    const constant = matrixOf(new Float32Array(7).fill(0.1), 1);
    const [age] = features;
    const encoding = fitPreprocessing('linear', [age as FeatureSpec], [], constant);
    const [z] = encoding.transform(matrixOf(Float32Array.of(1.1), 1)).data;
    expect(z).toBeCloseTo(1, 6);
  });
});
