import { momentsOf, numericSample, pooled, quantilesOf, rangeOf } from './numeric-sample.ts';

describe('numericSample', () => {
  it('has each finite value once, rising, with its count; NaN and the infinities are dropped', () => {
    const sample = numericSample([3, NaN, -1, 3, Infinity, -Infinity, 0, -0, 3]);
    expect(sample.rows).toBe(6);
    expect([...sample.values]).toEqual([-1, 0, 3]);
    expect([...sample.counts]).toEqual([1, 2, 3]);
  });

  it('of no value has no rows', () => {
    for (const column of [[], [NaN, NaN], [-Infinity]]) {
      expect(numericSample(column)).toEqual({
        rows: 0,
        values: new Float64Array(0),
        counts: new Uint32Array(0),
      });
    }
  });

  it('takes the columns of typed arrays', () => {
    expect([...numericSample(Float32Array.of(0.5, 0.25)).values]).toEqual([0.25, 0.5]);
  });
});

it('momentsOf equals the moments of the rows', () => {
  const rows = [1, 1, 2, 5, 5, 5, 13];
  const mean = rows.reduce((a, b) => a + b) / 7;
  const central = (power: number): number =>
    rows.reduce((sum, value) => sum + (value - mean) ** power, 0) / 7;
  const moments = momentsOf(numericSample(rows));
  expect(moments.mean).toBeCloseTo(mean, 14);
  expect(moments.sd).toBeCloseTo(Math.sqrt(central(2)), 14);
  expect(moments.skewness).toBeCloseTo(central(3) / central(2) ** 1.5, 14);
  expect(momentsOf(numericSample([4, 4])).skewness).toBe(0);
});

it('quantilesOf is linear between order statistics', () => {
  const sample = numericSample([10, 1, 2, 2, 4]);
  expect(quantilesOf(sample, [0, 0.25, 0.5, 0.6, 0.875, 1])).toEqual([1, 2, 2, 2.8, 7, 10]);
});

it('pooled has the counts of both at the values of either', () => {
  const pair = [numericSample([1, 1, 3]), numericSample([2, 3, 9])] as const;
  const { values, reference, current } = pooled(...pair);
  expect([...values]).toEqual([1, 2, 3, 9]);
  expect([...reference]).toEqual([2, 0, 1, 0]);
  expect([...current]).toEqual([0, 1, 1, 1]);
  expect(rangeOf(...pair)).toEqual([1, 9]);
});
