import { correlation, mean, quantile } from './summary.ts';

describe('summaries', () => {
  it('have no value where there are no numbers', () => {
    expect([mean([]), quantile([], 0.95), correlation([], [])]).toEqual([null, null, null]);
  });

  it('take the mean, and quantiles by nearest rank in numeric order', () => {
    const values = [10, 9, 100, 1];
    expect(mean(values)).toBe(30);
    expect([0.01, 0.25, 0.5, 0.75, 0.95, 1].map((p) => quantile(values, p))).toEqual([
      1, 1, 9, 10, 100, 100,
    ]);
    expect(values).toEqual([10, 9, 100, 1]);
  });

  it('correlate: 1 along a line, -1 down a line, none without variation', () => {
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
    expect(correlation([0.1, 0.1, 0.1], [1, 2, 3])).toBeNull();
    expect(correlation([1, 2, 3], [0.1, 0.1, 0.1])).toBeNull();
  });

  it('correlate as worked out by hand', () => {
    // sxy = 5.75, sxx = 8.75, syy = 6.75.
    expect(correlation([1, 2, 3, 5], [2, 1, 4, 4])).toBeCloseTo(5.75 / Math.sqrt(8.75 * 6.75), 12);
  });

  it('keep their digits far from zero', () => {
    const [x, y] = [
      [1, 2, 3, 5],
      [2, 1, 4, 4],
    ].map((sample) => sample.map((value) => value + 1e9));
    expect(correlation(x ?? [], y ?? [])).toBeCloseTo(5.75 / Math.sqrt(8.75 * 6.75), 6);
  });
});
