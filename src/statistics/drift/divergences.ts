// Divergences of binned counts: Jensen-Shannon, Kullback-Leibler, Hellinger and the population stability index.
import { populationStability } from '../psi.ts';
import type { BinnedPair } from './binning.ts';
import { filledShares, sharesOf } from './shares.ts';

/**
 * The distance of Jensen and Shannon, the square root of their divergence: at most sqrt(ln 2 / ln base). Shares of 0 stay 0. Base e as
 * scipy.spatial.distance.jensenshannon by default.
 */
export function jensenShannon({ reference, current }: BinnedPair, base = Math.E): number {
  const p = sharesOf(reference);
  const q = sharesOf(current);
  let sum = 0;
  p.forEach((a, bin) => {
    const b = q[bin] as number;
    const middle = (a + b) / 2;
    sum += relativeEntropy(a, middle) + relativeEntropy(b, middle);
  });
  // Rounding may leave a sum of 0 just below it.
  return Math.sqrt(Math.max(0, sum) / (2 * Math.log(base)));
}

const relativeEntropy = (share: number, of: number): number =>
  share === 0 ? 0 : share * Math.log(share / of);

/** sum p ln(p / q), zero shares filled as for the stability index and both sides brought to 1 again: scipy.stats.entropy(p, q). */
export function kullbackLeibler({ reference, current }: BinnedPair): number {
  const p = sharesOf(filledShares(reference));
  const q = sharesOf(filledShares(current));
  return p.reduce((sum, share, bin) => sum + relativeEntropy(share, q[bin] as number), 0);
}

/** sqrt(1 - sum sqrt(p q)), at most 1. */
export function hellinger({ reference, current }: BinnedPair): number {
  const p = sharesOf(reference);
  const q = sharesOf(current);
  const overlap = p.reduce((sum, share, bin) => sum + Math.sqrt(share * (q[bin] as number)), 0);
  return Math.sqrt(1 - Math.min(1, overlap));
}

/** Shares of 0 filled as Evidently does: see ../psi.ts. */
export const stabilityIndex = ({ reference, current }: BinnedPair): number =>
  populationStability(reference, current);

/** Each bin counts one row more on either side (Laplace), so that no share is 0: Phoenix. */
export const smoothedStabilityIndex = ({ reference, current }: BinnedPair): number =>
  populationStability(
    reference.map((count) => count + 1),
    current.map((count) => count + 1),
  );
