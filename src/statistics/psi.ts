// Population stability index of binned counts, and how large chance alone makes it.
import { filledShares } from './drift/shares.ts';
import { normalQuantile } from './normal.ts';

/**
 * sum over bins of (e - a) ln(e / a), where e and a are the shares of `expected` and `actual`, counts of the same bins. Zero shares are
 * filled, each side apart and without renormalising, as Evidently 0.7 does.
 */
export function populationStability(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): number {
  const e = filledShares(Array.from(expected));
  const a = filledShares(Array.from(actual));
  return e.reduce((sum, share, bin) => {
    const other = a[bin] as number;
    return sum + (share - other) * Math.log(share / other);
  }, 0);
}

/**
 * What the index of two samples of one distribution, n and m rows in so many bins, exceeds with the probability `alpha`: the quantile of
 * chi-square with bins - 1 degrees of freedom, times 1/n + 1/m (Yurdakul 2018, "Statistical properties of population stability index");
 * the quantile by Wilson and Hilferty 1931, within 1 % from two degrees on.
 */
export function stabilityByChance(bins: number, n: number, m: number, alpha: number): number {
  const degrees = Math.max(1, bins - 1);
  const spread = 2 / (9 * degrees);
  const chiSquare = degrees * (1 - spread + normalQuantile(1 - alpha) * Math.sqrt(spread)) ** 3;
  return chiSquare * (1 / n + 1 / m);
}
