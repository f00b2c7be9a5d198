// Against all orders of few rows, and against scipy 1.17.1.
import { numericSample, type NumericSample } from './numeric-sample.ts';
import { kolmogorovTail } from './kolmogorov.ts';
import { greatestGap } from './distances.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';

const lcg = (seed: number, rows: number): readonly number[] => {
  let state = seed;
  return Array.from({ length: rows }, () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};

const relative = (value: number, expected: number): number => Math.abs(value - expected) / expected;

/** The share of all ways to choose which n of the ranks are the reference's that part the two as far. */
function shareOfOrders(n: number, m: number, statistic: number): number {
  let [far, all] = [0, 0];
  for (let chosen = 0; chosen < 2 ** (n + m); chosen += 1) {
    const ranks = Array.from({ length: n + m }, (_, rank) => rank);
    const reference = ranks.filter((rank) => (chosen >> rank) % 2 === 1);
    if (reference.length !== n) continue;
    const current = ranks.filter((rank) => (chosen >> rank) % 2 === 0);
    all += 1;
    const gap = greatestGap(numericSample(reference), numericSample(current));
    if (gap > statistic - 1e-9) far += 1;
  }
  return far / all;
}

const pairOf = (n: number, m: number, seed: number): readonly [NumericSample, NumericSample] => [
  numericSample(lcg(seed, n)),
  numericSample(lcg(seed + 1, m).map((value) => value ** 0.7)),
];

describe('kolmogorovSmirnov', () => {
  it.each([
    [5, 5],
    [6, 4],
    [4, 7],
    [1, 9],
  ])('of %p rows against %p has the share of all orders', (n, m) => {
    for (const seed of [1, 5, 9]) {
      const { statistic, p_value } = kolmogorovSmirnov(...pairOf(n, m, seed), 'exact');
      expect(p_value).toBeCloseTo(shareOfOrders(n, m, statistic), 12);
    }
  });

  it.each([
    [10_000, 300, 0.0008637045820017466],
    [300, 300, 0.06580849821915531],
    [12_000, 300, 0.00087820523631967],
  ])('of %p rows against %p equals scipy to 1e-12', (n, m, expected) => {
    const reference = numericSample(lcg(1, n));
    const current = numericSample(lcg(2, m).map((value) => value ** 0.85));
    expect(relative(kolmogorovSmirnov(reference, current).p_value, expected)).toBeLessThan(1e-12);
  });

  it('of 40,000 rows against 30,000 equals scipy to 1e-11', () => {
    const reference = numericSample(lcg(3, 40_000));
    const current = numericSample(lcg(4, 30_000).map((value) => value * 1.02));
    const { p_value } = kolmogorovSmirnov(reference, current);
    expect(relative(p_value, 8.403827667486534e-7)).toBeLessThan(1e-11);
  });

  it('is 1 for the same rows, in every mode', () => {
    const sample = numericSample([1, 2, 2, 5]);
    for (const mode of ['auto', 'exact', 'asymptotic'] as const) {
      expect(kolmogorovSmirnov(sample, sample, mode)).toEqual({ statistic: 0, p_value: 1 });
    }
  });
});

describe('kolmogorovTail', () => {
  it.each([
    [1, 0.7, 0.6000000000000001],
    [10, 0.06, 0.9999999999628411],
    [10, 0.3, 0.27053557479999946],
    [10, 0.45, 0.022891810311718164],
    [140, 0.05, 0.8576480297656114],
    [140, 0.1, 0.11353657290090946],
    [141, 0.05, 0.854845693009663],
    [293, 0.02, 0.9996725299224284],
    [293, 0.11, 0.0015264460954078941],
    [500, 0.06, 0.05243463489026223],
    [5000, 0.011, 0.576731142062301],
    [50_000, 0.002, 0.9880386605338913],
    [50_000, 0.0061, 0.04822162207406855],
    [50_000, 0.02, 8.35587873542047e-18],
    [100_001, 0.003, 0.32845050055711633],
    [2_000_000, 0.001, 0.03660662431970485],
  ])('of %p values at %p equals scipy.stats.kstwo to 1e-11', (n, d, expected) => {
    expect(relative(kolmogorovTail(n, d), expected)).toBeLessThan(1e-11);
  });

  it('is 1 up to half a step and 0 from 1 on', () => {
    expect(kolmogorovTail(20, 0.025)).toBe(1);
    expect(kolmogorovTail(20, 1)).toBe(0);
  });
});
