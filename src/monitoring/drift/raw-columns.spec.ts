// Raw rows become columns as the reference has them: values as the model sees them, what is missing as such.
import type { ServedFeature } from '../../features/feature-spec.ts';
import { RawColumns, sampleOf } from './raw-columns.ts';

const FEATURES: readonly ServedFeature[] = [
  { name: 'size', kind: 'numeric', nullable: true, training: null },
  {
    name: 'constructor',
    kind: 'categorical',
    nullable: true,
    categories: ['a', '1'],
    training: { mode: 'a' },
  },
];

const designOf = (rows: readonly Readonly<Record<string, unknown>>[], capacity = rows.length) => {
  const columns = new RawColumns(FEATURES, capacity);
  for (const row of rows) columns.add(row);
  return columns.design;
};

describe('RawColumns', () => {
  it('holds numbers as the shortest decimals of their float32, and categories as text', () => {
    const { rows, columns } = designOf([
      { size: 0.1, constructor: 'a' },
      { size: Math.fround(0.1), constructor: 1 },
      { size: -2.5, constructor: '1' },
    ]);
    expect(rows).toBe(3);
    expect(columns).toEqual([
      { name: 'size', kind: 'numeric', values: Float64Array.of(0.1, 0.1, -2.5) },
      {
        name: 'constructor',
        kind: 'categorical',
        codes: Int32Array.of(0, 1, 1),
        categories: ['a', '1'],
      },
    ]);
  });

  it('takes null and what did not come for missing, whatever an object has by itself', () => {
    const { columns } = designOf([{ size: null, constructor: null }, {}]);
    expect(columns).toMatchObject([
      { values: Float64Array.of(Number.NaN, Number.NaN) },
      { codes: Int32Array.of(-1, -1), categories: [] },
    ]);
  });

  it('has as many rows as came where fewer came than were told', () => {
    const { rows, columns } = designOf([{ size: 1, constructor: 'a' }], 5);
    expect(rows).toBe(1);
    expect(columns).toMatchObject([{ values: Float64Array.of(1) }, { codes: Int32Array.of(0) }]);
  });
});

describe('sampleOf', () => {
  it('counts the values that there are', () => {
    const { columns } = designOf([
      { size: 2, constructor: 'a' },
      { size: null, constructor: '1' },
      { size: 2, constructor: null },
      { size: 1, constructor: 'a' },
    ]);
    const [size, category] = columns.map(sampleOf);
    expect(size).toEqual({
      kind: 'numeric',
      sample: { rows: 3, values: Float64Array.of(1, 2), counts: Uint32Array.of(1, 2) },
    });
    expect(category).toEqual({
      kind: 'categorical',
      sample: {
        rows: 3,
        counts: new Map([
          ['a', 2],
          ['1', 1],
        ]),
      },
    });
  });
});
