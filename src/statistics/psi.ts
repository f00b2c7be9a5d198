// Population stability index of binned counts, and how large chance alone makes it.
import { normalQuantile } from './normal.ts';

/** A share of zero is filled with the smallest share there is, divided by this, or with MOST_FILL if that is less. */
const FILL_DIVISOR = 1e6;
const MOST_FILL = 1e-4;

/**
 * sum over bins of (e - a) ln(e / a), where e and a are the shares of `expected` and `actual`, counts of the same bins. Zero shares are
 * filled, each side apart and without renormalising, as Evidently 0.7 does.
 */
export function populationStability(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): number {
  const e = filledShares(expected);
  const a = filledShares(actual);
  return e.reduce((sum, share, bin) => {
    const other = a[bin] as number;
    return sum + (share - other) * Math.log(share / other);
  }, 0);
}

function filledShares(counts: ArrayLike<number>): readonly number[] {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  const shares = Array.from(counts, (count) => count / total);
  const smallest = Math.min(...shares.filter((share) => share > 0));
  const fill = smallest <= MOST_FILL ? smallest / FILL_DIVISOR : MOST_FILL;
  return shares.map((share) => (share === 0 ? fill : share));
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
