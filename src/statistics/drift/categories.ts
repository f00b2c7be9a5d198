// Samples of categories as counts, and the tests of two of them: goodness of fit, contingency and two proportions.
import { normalTail } from '../normal.ts';
import type { BinnedPair } from './binning.ts';
import { pooled, type NumericSample } from './numeric-sample.ts';
import { chiSquareTail } from './tails.ts';

export interface CategorySample {
  readonly rows: number;
  /** Rows of each category, none of them 0. */
  readonly counts: ReadonlyMap<string, number>;
}

/** null (missing) is dropped. */
export function categorySample(column: Iterable<string | null>): CategorySample {
  const counts = new Map<string, number>();
  let rows = 0;
  for (const category of column) {
    if (category === null) continue;
    counts.set(category, (counts.get(category) ?? 0) + 1);
    rows += 1;
  }
  return { rows, counts };
}

/** Counts of both in the categories of either, in the order of their names. */
export function categoryBins(reference: CategorySample, current: CategorySample): BinnedPair {
  const names = [...new Set([...reference.counts.keys(), ...current.counts.keys()])].sort();
  return {
    reference: names.map((name) => reference.counts.get(name) ?? 0),
    current: names.map((name) => current.counts.get(name) ?? 0),
  };
}

/** One bin for each distinct value of either. */
export function valueBins(reference: NumericSample, current: NumericSample): BinnedPair {
  const pool = pooled(reference, current);
  return { reference: Array.from(pool.reference), current: Array.from(pool.current) };
}

/**
 * Goodness of fit of the current counts to the shares of the reference, which are taken as known: with a reference of few rows it finds
 * drift too often. A category that is new makes the p-value 0. As Evidently calls scipy.stats.chisquare.
 */
export function chiSquareFit({ reference, current }: BinnedPair): number {
  const scale = sum(current) / sum(reference);
  const statistic = reference.reduce(
    (total, count, bin) => total + squaredGap(current[bin] as number, count * scale),
    0,
  );
  return chiSquareTail(statistic, reference.length - 1);
}

/** Fewer expected rows in a cell than this, and the distribution of the statistic is not that of chi-square (Cochran 1954). */
const LEAST_EXPECTED = 5;

/**
 * Whether both samples may come from one distribution: Pearson's chi-square of the 2 x k table, categories that are too rare for it counted
 * as one. Takes the chance of both samples into account. 1 where one category is left.
 */
export function contingencyTest(bins: BinnedPair): number {
  const { reference, current } = withoutRareBins(bins);
  const [n, m] = [sum(reference), sum(current)];
  const statistic = reference.reduce((total, count, bin) => {
    const other = current[bin] as number;
    const share = (count + other) / (n + m);
    return total + squaredGap(count, share * n) + squaredGap(other, share * m);
  }, 0);
  return reference.length < 2 ? 1 : chiSquareTail(statistic, reference.length - 1);
}

function withoutRareBins({ reference, current }: BinnedPair): BinnedPair {
  const [n, m] = [sum(reference), sum(current)];
  const isRare = (bin: number): boolean => {
    const rows = (reference[bin] as number) + (current[bin] as number);
    return (rows * Math.min(n, m)) / (n + m) < LEAST_EXPECTED;
  };
  const together = (counts: readonly number[]): readonly number[] => {
    const rare = sum(counts.filter((_, bin) => isRare(bin)));
    return [...counts.filter((_, bin) => !isRare(bin)), rare];
  };
  const pair = { reference: together(reference), current: together(current) };
  // What the rare ones make up may be too little again, or nothing: then it says nothing.
  const rest = (pair.reference.at(-1) as number) + (pair.current.at(-1) as number);
  if ((rest * Math.min(n, m)) / (n + m) >= LEAST_EXPECTED) return pair;
  return { reference: pair.reference.slice(0, -1), current: pair.current.slice(0, -1) };
}

/** (observed - expected)^2 / expected; infinite where something came that was not expected at all. */
const squaredGap = (observed: number, expected: number): number =>
  observed === expected ? 0 : (observed - expected) ** 2 / expected;

/**
 * Two-sided z test of two proportions with the pooled variance, of at most two bins. 1 where all rows are alike. The complement is rounded
 * before it is doubled, as Evidently does: beyond |z| = 8.3 it is 0.
 */
export function proportionsTest({ reference, current }: BinnedPair): number {
  const [n, m] = [sum(reference), sum(current)];
  const [a, b] = [(n - (reference[0] as number)) / n, (m - (current[0] as number)) / m];
  const share = (a * n + b * m) / (n + m);
  if (share === 0 || share === 1) return 1;
  const z = (a - b) / Math.sqrt(share * (1 - share) * (1 / n + 1 / m));
  return 2 * (1 - (1 - normalTail(Math.abs(z))));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, n) => total + n, 0);
