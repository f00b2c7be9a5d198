// Every measure of drift under its name, with its threshold and on which side of it drift lies: those of Evidently 0.7 and the others that
// conventions name.
import { andersonDarling } from './anderson-darling.ts';
import { type BinnedPair, decileBins, doaneEdges, histogram, sturgesEdges } from './binning.ts';
import {
  categoryBins,
  type CategorySample,
  chiSquareFit,
  proportionsTest,
  valueBins,
} from './categories.ts';
import { energyDistance, normedWasserstein } from './distances.ts';
import {
  hellinger,
  jensenShannon,
  kullbackLeibler,
  smoothedStabilityIndex,
  stabilityIndex,
} from './divergences.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { type NumericSample, pooled, rangeOf } from './numeric-sample.ts';
import { cramerVonMises, mannWhitney, studentTest } from './rank-tests.ts';

export type NumericMeasure = (reference: NumericSample, current: NumericSample) => number | null;
export type CategoryMeasure = (reference: CategorySample, current: CategorySample) => number | null;

export interface DriftMethod {
  /** Whether a score is a p-value, of which small ones mean drift; else it is a distance. */
  readonly score: 'p_value' | 'distance';
  readonly threshold: number;
  /** Whether a score at the threshold itself is drift. */
  readonly atThreshold: boolean;
  /** Absent where the measure is not defined for such columns. Both samples have rows. */
  readonly numeric?: NumericMeasure;
  readonly categorical?: CategoryMeasure;
}

/** Up to so many distinct values in the reference each is a bin of its own. */
const MOST_VALUE_BINS = 20;

/** Evidently's bins: Sturges' rule on both samples together. */
function pooledBins(reference: NumericSample, current: NumericSample): BinnedPair {
  if (reference.values.length <= MOST_VALUE_BINS) return valueBins(reference, current);
  const edges = sturgesEdges(...rangeOf(reference, current), reference.rows + current.rows);
  return { reference: histogram(reference, edges), current: histogram(current, edges) };
}

/** Sturges' rule on the distinct values, each once. */
function distinctBins(reference: NumericSample, current: NumericSample): BinnedPair {
  const distinct = pooled(reference, current).values.length;
  const edges = sturgesEdges(...rangeOf(reference, current), distinct);
  return { reference: histogram(reference, edges), current: histogram(current, edges) };
}

/** NannyML's bins: Doane's rule on the reference alone, and one more for what lies outside of it. */
function referenceBins(reference: NumericSample, current: NumericSample): BinnedPair {
  const edges = doaneEdges(reference);
  return withOverflow(histogram(reference, edges), histogram(current, edges), current.rows);
}

function referenceCategories(reference: CategorySample, current: CategorySample): BinnedPair {
  const names = [...reference.counts.keys()];
  return withOverflow(
    names.map((name) => reference.counts.get(name) as number),
    names.map((name) => current.counts.get(name) ?? 0),
    current.rows,
  );
}

const withOverflow = (
  reference: readonly number[],
  current: readonly number[],
  rows: number,
): BinnedPair => ({
  reference: [...reference, 0],
  current: [...current, rows - current.reduce((sum, count) => sum + count, 0)],
});

type BinsOf = (reference: NumericSample, current: NumericSample) => BinnedPair;

/** A measure on bins, which are the categories where a column has them. */
const on = (numericBins: BinsOf, measure: (bins: BinnedPair) => number) => ({
  numeric: (reference: NumericSample, current: NumericSample) =>
    measure(numericBins(reference, current)),
  categorical: (reference: CategorySample, current: CategorySample) =>
    measure(categoryBins(reference, current)),
});

const distance = { score: 'distance', threshold: 0.1, atThreshold: true } as const;
const below = (threshold: number) => ({ score: 'p_value', threshold, atThreshold: false }) as const;
const atMost = (threshold: number) => ({ score: 'p_value', threshold, atThreshold: true }) as const;

/** Evidently 0.7, under its names. */
export const EVIDENTLY_METHODS = {
  psi: { ...distance, ...on(pooledBins, stabilityIndex) },
  kl_div: { ...distance, ...on(pooledBins, kullbackLeibler) },
  jensenshannon: { ...distance, ...on(pooledBins, (bins) => jensenShannon(bins)) },
  hellinger: { ...distance, ...on(distinctBins, hellinger) },
  wasserstein: { ...distance, numeric: normedWasserstein },
  ed: { ...distance, atThreshold: false, numeric: energyDistance },
  ks: {
    ...atMost(0.05),
    numeric: (reference, current) => kolmogorovSmirnov(reference, current).p_value,
  },
  chisquare: { ...below(0.05), ...on(valueBins, chiSquareFit) },
  z: { ...below(0.05), ...on(valueBins, proportionsTest) },
  t_test: { ...below(0.05), numeric: studentTest },
  mannw: { ...below(0.05), numeric: mannWhitney },
  anderson: { ...below(0.1), numeric: andersonDarling },
  cramer_von_mises: { ...atMost(0.1), numeric: cramerVonMises },
} as const satisfies Readonly<Record<string, DriftMethod>>;

/** NannyML 0.13; its thresholds come from chunks of the reference in time, so a fixed one stands here: the 0.1 of its documentation. */
export const NANNYML_METHODS = {
  jensen_shannon: {
    ...distance,
    atThreshold: false,
    numeric: (reference, current) => jensenShannon(referenceBins(reference, current), 2),
    categorical: (reference, current) => jensenShannon(referenceCategories(reference, current), 2),
  },
} as const satisfies Readonly<Record<string, DriftMethod>>;

/** The stability index of credit scoring: deciles of the reference, with empty bins filled or with one row more in each bin. */
export const DECILE_METHODS = {
  psi: { ...distance, ...on(decileBins, stabilityIndex) },
  psi_laplace: { ...distance, ...on(decileBins, smoothedStabilityIndex) },
} as const satisfies Readonly<Record<string, DriftMethod>>;

/** Whether a score lies on the side of drift. */
export function isDrift(method: DriftMethod, score: number, threshold = method.threshold): boolean {
  if (score === threshold) return method.atThreshold;
  return method.score === 'p_value' ? score < threshold : score > threshold;
}
