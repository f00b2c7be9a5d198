// DeLong's covariance of ROC AUCs, by midranks in O(n log n): Sun and Xu, "Fast Implementation of DeLong's Algorithm", IEEE Signal
// Processing Letters 21(11), 2014. Pure.
import { normalQuantile, normalTail } from './normal.ts';

export interface AucEstimate {
  readonly auc: number;
  readonly standardError: number;
  /** Ends of the interval at the asked confidence, within [0, 1]. */
  readonly low: number;
  readonly high: number;
}

export interface AucDifference {
  /** AUC of `a` minus AUC of `b`, on the same rows. */
  readonly difference: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
  /** Two-sided; 1 where the scores rank the rows alike. */
  readonly pValue: number;
}

/** Ranks from 1, ties sharing their mean rank. */
function midranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Float64Array(values.length);
  let start = 0;
  while (start < order.length) {
    const value = values[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end += 1;
    for (let k = start; k < end; k += 1) ranks[order[k] ?? 0] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

interface Components {
  readonly auc: number;
  /** Structural components of the positives and of the negatives. */
  readonly v10: Float64Array;
  readonly v01: Float64Array;
}

function components(labels: Uint8Array, scores: ArrayLike<number>): Components {
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let i = 0; i < labels.length; i += 1)
    (labels[i] === 1 ? positives : negatives).push(scores[i] ?? 0);
  const m = positives.length;
  const n = negatives.length;
  if (m === 0 || n === 0) throw new RangeError('ROC AUC needs rows of both classes');
  const pooled = midranks(Float64Array.from([...positives, ...negatives]));
  const ownPositive = midranks(Float64Array.from(positives));
  const ownNegative = midranks(Float64Array.from(negatives));
  const v10 = ownPositive.map((own, i) => ((pooled[i] ?? 0) - own) / n);
  const v01 = ownNegative.map((own, j) => 1 - ((pooled[m + j] ?? 0) - own) / m);
  return { auc: mean(v10), v10, v01 };
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function covariance(a: Float64Array, b: Float64Array): number {
  if (a.length < 2) return 0;
  const meanA = mean(a);
  const meanB = mean(b);
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? 0) - meanA) * ((b[i] ?? 0) - meanB);
  return sum / (a.length - 1);
}

const covarianceOfAucs = (a: Components, b: Components): number =>
  covariance(a.v10, b.v10) / a.v10.length + covariance(a.v01, b.v01) / a.v01.length;

/** ROC AUC (ties count 1/2) with DeLong's interval. `labels` 0/1 and `scores` [rows]. Throws RangeError where a class is missing. */
export function rocAucInterval(
  labels: Uint8Array,
  scores: ArrayLike<number>,
  confidence = 0.95,
): AucEstimate {
  const parts = components(labels, scores);
  const standardError = Math.sqrt(Math.max(0, covarianceOfAucs(parts, parts)));
  const reach = normalQuantile((1 + confidence) / 2) * standardError;
  return {
    auc: parts.auc,
    standardError,
    low: Math.max(0, parts.auc - reach),
    high: Math.min(1, parts.auc + reach),
  };
}

/** The difference of two paired AUCs with DeLong's interval and test. Throws RangeError where a class is missing. */
export function rocAucDifference(
  labels: Uint8Array,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  confidence = 0.95,
): AucDifference {
  const first = components(labels, a);
  const second = components(labels, b);
  const variance =
    covarianceOfAucs(first, first) +
    covarianceOfAucs(second, second) -
    2 * covarianceOfAucs(first, second);
  const standardError = Math.sqrt(Math.max(0, variance));
  const difference = first.auc - second.auc;
  const reach = normalQuantile((1 + confidence) / 2) * standardError;
  const pValue =
    standardError === 0
      ? Number(difference === 0)
      : 2 * normalTail(Math.abs(difference) / standardError);
  return { difference, standardError, low: difference - reach, high: difference + reach, pValue };
}
