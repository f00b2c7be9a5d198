// Tests of two samples of numbers by ranks, and Student's: as scipy.stats and Evidently 0.7 have them, their asymptotic forms.
import { normalTail } from '../normal.ts';
import { limitTail } from './cramer-von-mises.ts';
import { momentsOf, type NumericSample } from './numeric-sample.ts';
import { studentTail } from './tails.ts';
import { forEachTie } from './ties.ts';

/** Student's t with equal variances, two-sided. */
export function studentTest(reference: NumericSample, current: NumericSample): number {
  const [a, b] = [momentsOf(reference), momentsOf(current)];
  const [n, m] = [reference.rows, current.rows];
  const variance = (n * a.sd ** 2 + m * b.sd ** 2) / (n + m - 2);
  return studentTail((a.mean - b.mean) / Math.sqrt(variance * (1 / n + 1 / m)), n + m - 2);
}

/**
 * Mann and Whitney's U with correction for ties and for continuity, against "the reference is below": a shift downwards is never
 * significant. scipy is exact where a sample has at most 8 rows and nothing ties.
 */
export function mannWhitney(reference: NumericSample, current: NumericSample): number {
  const [n, m] = [reference.rows, current.rows];
  const rows = n + m;
  let [ranks, ties] = [0, 0];
  forEachTie(reference, current, ({ rank, inReference, size }) => {
    ranks += rank * inReference;
    ties += size ** 3 - size;
  });
  const u = n * m - (ranks - (n * (n + 1)) / 2);
  const sd = Math.sqrt(((n * m) / 12) * (rows + 1 - ties / (rows * (rows - 1))));
  return normalTail((u - (n * m) / 2 - 0.5) / sd);
}

/**
 * Cramer and von Mises' test by its limit (Anderson 1962); null where a sample has a single row. Evidently is exact where neither has more
 * than 20.
 */
export function cramerVonMises(reference: NumericSample, current: NumericSample): number | null {
  const [n, m] = [reference.rows, current.rows];
  if (Math.min(n, m) < 2) return null;
  const [product, rows] = [n * m, n + m];
  let [u, seen, seenCurrent] = [0, 0, 0];
  forEachTie(reference, current, ({ rank, inReference, inCurrent }) => {
    u += n * squaresBelow(rank - seen, inReference);
    u += m * squaresBelow(rank - seenCurrent, inCurrent);
    seen += inReference;
    seenCurrent += inCurrent;
  });
  const statistic = u / (product * rows) - (4 * product - 1) / (6 * rows);
  const expected = (1 + 1 / rows) / 6;
  const variance =
    ((rows + 1) * (4 * product * rows - 3 * (n ** 2 + m ** 2) - 2 * product)) /
    (45 * rows ** 2 * 4 * product);
  return limitTail(1 / 6 + (statistic - expected) / Math.sqrt(45 * variance));
}

/** (distance - 1)^2 + ... + (distance - count)^2. */
const squaresBelow = (distance: number, count: number): number =>
  count * distance ** 2 -
  distance * count * (count + 1) +
  (count * (count + 1) * (2 * count + 1)) / 6;
