// Confidence-based performance estimation: what a classifier reaches on rows whose labels nobody knows yet, from its own probabilities. By
// NannyML 0.13.1 (performance_estimation/confidence_based, sampling_error/binary_classification), but null where it gives 0 for a share of
// nothing. Holds as far as the probabilities are calibrated, the rows are of a kind that training saw, and what makes a row positive is
// still the same. Pure.
import { averagePrecision, confusionMatrix, type ConfusionMatrix } from './classification.ts';
import type { Random } from './random.ts';

export const ESTIMATED_METRICS = [
  'roc_auc',
  'average_precision',
  'f1',
  'precision',
  'recall',
  'specificity',
  'accuracy',
] as const;
export type EstimatedMetric = (typeof ESTIMATED_METRICS)[number];
export type Estimates = Readonly<Record<EstimatedMetric, number | null>>;

/** `p` [N] is P(positive); rows from `threshold` on are called positive. */
export function estimatePerformance(p: Float64Array, threshold: number): Estimates {
  const falling = p.toSorted().reverse();
  const expected = expectedMatrix(p, threshold);
  return {
    roc_auc: estimateRocAuc(falling),
    average_precision: estimateAveragePrecision(falling),
    ...matrixMetrics(expected),
  };
}

/** Each row counts as positive with its probability and as negative with the rest. */
export function expectedMatrix(p: Float64Array, threshold: number): ConfusionMatrix {
  const expected = { tn: 0, fp: 0, fn: 0, tp: 0 };
  for (const probability of p) {
    const called = probability >= threshold;
    expected[called ? 'tp' : 'fn'] += probability;
    expected[called ? 'fp' : 'tn'] += 1 - probability;
  }
  return expected;
}

function matrixMetrics({
  tn,
  fp,
  fn,
  tp,
}: ConfusionMatrix): Omit<Estimates, 'roc_auc' | 'average_precision'> {
  return {
    f1: share(tp, tp + (fp + fn) / 2),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    specificity: share(tn, tn + fp),
    accuracy: share(tp + tn, tp + tn + fp + fn),
  };
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Sums to five decimals, halves to even, as NannyML rounds them with numpy. */
function round5(value: number): number {
  const scaled = value * 1e5;
  const below = Math.floor(scaled);
  const isHalf = scaled - below === 0.5;
  return (isHalf && below % 2 === 0 ? below : Math.round(scaled)) / 1e5;
}

/** Trapezoids under the expected ROC curve, row by row: ties are not merged. `falling` from the largest. */
function estimateRocAuc(falling: Float64Array): number | null {
  let [positives, twice] = [0, 0];
  let [tps, fps] = [0, 0];
  falling.forEach((probability, i) => {
    positives += probability;
    const [nextTps, nextFps] = [round5(positives), round5(i + 1 - positives)];
    twice += (nextFps - fps) * (tps + nextTps);
    [tps, fps] = [nextTps, nextFps];
  });
  return tps <= 0 || fps <= 0 ? null : twice / (2 * tps * fps);
}

function estimateAveragePrecision(falling: Float64Array): number | null {
  let [positives, tps, area] = [0, 0, 0];
  falling.forEach((probability, i) => {
    positives += probability;
    const next = round5(positives);
    area += (next - tps) * (next / (i + 1));
    tps = next;
  });
  return tps <= 0 ? null : area / tps;
}

/** Rows whose labels are known. `y` [N] is 1 for the positive class. */
export interface LabelledScores {
  readonly y: Uint8Array;
  readonly p: Float64Array;
}

/** How far a metric of n rows is from its expectation by chance: sd / sqrt(n * share). */
export interface SamplingError {
  readonly sd: number;
  /** Of the rows, those that the metric is a mean over. */
  readonly share: number;
}
export type SamplingErrors = Readonly<Record<EstimatedMetric, SamplingError | null>>;

/** A band reaches so many standard errors to either side. */
export const BAND = 3;

/** One standard error of a metric over n rows. */
export const standardError = ({ sd, share: counted }: SamplingError, n: number): number =>
  sd / Math.sqrt(n * counted);

/** From rows of a reference; null where it has none of what a metric counts. `random` resamples for average precision. */
export function samplingErrors(
  reference: LabelledScores,
  threshold: number,
  random: Random,
): SamplingErrors {
  const matrix = confusionMatrix(reference.y, reference.p, threshold);
  const { tn, fp, fn, tp } = matrix;
  const n = tn + fp + fn + tp;
  const isOneClass = tp + fn === 0 || tn + fp === 0;
  return {
    roc_auc: isOneClass ? null : rocAucError(reference),
    average_precision: isOneClass ? null : averagePrecisionError(reference, random),
    f1: f1Error(matrix, n),
    precision: shareError(tp, tp + fp, n),
    recall: shareError(tp, tp + fn, n),
    specificity: shareError(tn, tn + fp, n),
    accuracy: shareError(tp + tn, n, n),
  };
}

/** Of a mean over `counted` rows that are 1 `hits` times and else 0. */
function shareError(hits: number, counted: number, n: number): SamplingError | null {
  if (counted === 0) return null;
  const rate = hits / counted;
  return { sd: Math.sqrt(rate * (1 - rate)), share: counted / n };
}

/** F1 as a mean over the rows that it counts, each worth `factor` where it is a hit. */
function f1Error(matrix: ConfusionMatrix, n: number): SamplingError | null {
  const { fp, fn, tp } = matrix;
  const counted = shareError(tp, tp + fp + fn, n);
  const factor = (tp + fp + fn) / (tp + (fp + fn) / 2);
  return counted === null ? null : { sd: counted.sd * factor, share: counted.share };
}

/** Spread of the shares of negatives that lie below each positive (Mann-Whitney); of the rarer class, whichever it is. */
function rocAucError({ y, p }: LabelledScores): SamplingError {
  const positives = y.reduce((sum, label) => sum + label, 0);
  const flipped = positives * 2 > y.length;
  const rare = flipped ? 0 : 1;
  const order = Int32Array.from(y.keys()).sort(
    (a, b) => ((p[a] as number) - (p[b] as number)) * (flipped ? -1 : 1),
  );
  const below: number[] = [];
  order.forEach((row, rank) => {
    // A rare row that ranks below all others is left out and counted among the others, as NannyML has it.
    if (y[row] === rare && rank > 0) below.push(rank - below.length);
  });
  const negatives = flipped ? positives : y.length - positives;
  const shares = below.map((count) => count / negatives);
  return { sd: deviation(shares), share: (y.length - negatives) / y.length };
}

const EXPERIMENTS = 50;
const MOST_RESAMPLED = 50_000;

function averagePrecisionError({ y, p }: LabelledScores, random: Random): SamplingError | null {
  const size = Math.min(y.length >> 1, MOST_RESAMPLED);
  const results: number[] = [];
  for (let i = 0; i < EXPERIMENTS; i += 1) {
    const rows = Int32Array.from({ length: size }, () => random.nextInt(y.length));
    const labels = Uint8Array.from(rows, (row) => y[row] as number);
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (positives === 0 || positives === size) continue;
    results.push(
      averagePrecision(
        labels,
        Float64Array.from(rows, (row) => p[row] as number),
      ),
    );
  }
  return results.length < 2 ? null : { sd: deviation(results), share: 1 / size };
}

/** Divided by n. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
