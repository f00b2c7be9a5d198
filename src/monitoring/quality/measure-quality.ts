// Quality of a version in a window: by the labels that came, and by its scores alone; against what it reached on rows that training did not see.
import type { ReferencePerformance } from '../../model/drift-reference.ts';
import { calibrationOf, type Calibration } from '../../statistics/calibration-bins.ts';
import {
  BAND,
  ESTIMATED_METRICS,
  estimatePerformance,
  samplingErrors,
  standardError,
  type EstimatedMetric,
  type LabelledScores,
} from '../../statistics/cbpe.ts';
import {
  averagePrecision,
  brier,
  logLoss,
  type ConfusionMatrix,
} from '../../statistics/classification.ts';
import {
  CONCEPT_DRIFT_RULE,
  conceptDriftOf,
  type ConceptDrift,
} from '../../statistics/concept-drift.ts';
import { rocAucInterval } from '../../statistics/delong.ts';
import { wilson, type Rate } from '../../statistics/fairness.ts';
import { Random } from '../../statistics/random.ts';
import { mean, quantile } from '../../statistics/summary.ts';

/** Of the draws, so that the same rows give the same digits. */
const SEED = 1;
/** How many deviations of the chunks of the reference a metric may be from their mean. */
const ALERT_DEVIATIONS = 3;

/** The rows of a window. */
export interface QualityRows {
  /** Those whose label has come, the newest first. */
  readonly labelled: LabelledScores & {
    /** 1 where the answer was the positive label. */
    readonly predicted: Uint8Array;
    /** From the answer to its label. */
    readonly delaySeconds: Float64Array;
  };
  /** Scores of the answers, labelled or not. */
  readonly scores: Float64Array;
  /** Scores from here on are the positive label. */
  readonly threshold: number;
}

export interface QualityReference {
  /** Rows that training did not see, with their labels; null where the bundle has none. */
  readonly heldOut: LabelledScores | null;
  readonly performance: ReferencePerformance | null;
}

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
interface Bounds {
  readonly low: number;
  readonly high: number;
}
/** low and high are null where the bundle has no rows to tell chance by. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export type AlertBounds = Readonly<Record<string, Bounds>>;

export interface MeasuredQuality {
  /** Newest labels that the figures rest on. */
  readonly measured: number;
  /** Seconds from an answer to its label; null where no label has come. */
  readonly delay: { readonly mean: number; readonly p50: number; readonly p95: number } | null;
  readonly roc_auc: Interval | null;
  readonly average_precision: number | null;
  readonly log_loss: number | null;
  readonly brier: number | null;
  readonly calibration: Calibration;
  readonly confusion_matrix: ConfusionMatrix;
  readonly precision: Rate | null;
  readonly recall: Rate | null;
  readonly specificity: Rate | null;
  readonly accuracy: Rate | null;
  readonly f1: Rate | null;
  /** Answers that the estimates rest on. */
  readonly estimated_rows: number;
  readonly estimates: Readonly<Record<`estimated_${EstimatedMetric}`, Estimate | null>>;
  readonly reference: ReferencePerformance | null;
  readonly alert_bounds: AlertBounds | null;
  /** Metrics that lie outside their bounds. */
  readonly alerts: { readonly live: readonly string[]; readonly estimated: readonly string[] };
  readonly concept_drift: ConceptDrift;
}

export function measureQuality(rows: QualityRows, reference: QualityReference): MeasuredQuality {
  const live = liveFigures(rows.labelled);
  const estimates = estimatesOf(rows, reference.heldOut);
  const bounds = alertBoundsOf(reference.performance);
  const values = ESTIMATED_METRICS.map(
    (metric) => [metric, estimates[`estimated_${metric}`]?.value ?? null] as const,
  );
  return {
    ...live,
    estimated_rows: rows.scores.length,
    estimates,
    reference: reference.performance,
    alert_bounds: bounds,
    alerts: {
      live: outside(bounds, [
        ['roc_auc', live.roc_auc?.value ?? null],
        ['average_precision', live.average_precision],
        ...(['f1', 'precision', 'recall', 'accuracy'] as const).map(
          (metric) => [metric, live[metric]?.value ?? null] as const,
        ),
      ]),
      estimated: outside(bounds, values),
    },
    concept_drift: conceptDriftOf(newest(rows.labelled), Random.of(SEED, 1)),
  };
}

const newest = ({ y, p }: LabelledScores): LabelledScores => ({
  y: y.subarray(0, CONCEPT_DRIFT_RULE.most_rows),
  p: p.subarray(0, CONCEPT_DRIFT_RULE.most_rows),
});

function liveFigures(labelled: QualityRows['labelled']) {
  const { y, p, predicted, delaySeconds } = labelled;
  const positives = y.reduce((sum, label) => sum + label, 0);
  const hasBoth = positives > 0 && positives < y.length;
  const matrix = matrixOf(y, predicted);
  const { tn, fp, fn, tp } = matrix;
  return {
    measured: y.length,
    delay: delayOf(delaySeconds),
    roc_auc: hasBoth ? intervalOf(rocAucInterval(y, p)) : null,
    average_precision: hasBoth ? averagePrecision(y, p) : null,
    log_loss: y.length > 0 ? logLoss(y, p) : null,
    brier: y.length > 0 ? brier(y, p) : null,
    calibration: calibrationOf(labelled),
    confusion_matrix: matrix,
    precision: wilson(tp, tp + fp),
    recall: wilson(tp, tp + fn),
    specificity: wilson(tn, tn + fp),
    accuracy: wilson(tp + tn, y.length),
    f1: f1Of(matrix),
  };
}

const intervalOf = ({
  auc,
  low,
  high,
}: {
  readonly auc: number;
  readonly low: number;
  readonly high: number;
}): Interval => ({ value: auc, low, high });

/** By what was answered, which a change of the threshold does not rewrite. */
function matrixOf(y: Uint8Array, predicted: Uint8Array): ConfusionMatrix {
  const counts = { tn: 0, fp: 0, fn: 0, tp: 0 };
  y.forEach((label, i) => {
    if (label === 1) counts[predicted[i] === 1 ? 'tp' : 'fn'] += 1;
    else counts[predicted[i] === 1 ? 'fp' : 'tn'] += 1;
  });
  return counts;
}

/** F1 = 2 J / (1 + J) rises with J = tp / (tp + fp + fn), which is a share: its interval is J's, transformed. */
function f1Of({ fp, fn, tp }: ConfusionMatrix): Rate | null {
  const jaccard = wilson(tp, tp + fp + fn);
  if (jaccard === null) return null;
  const f1 = (share: number): number => (2 * share) / (1 + share);
  const { value, low, high, n } = jaccard;
  return { value: f1(value), low: f1(low), high: f1(high), n };
}

function delayOf(seconds: Float64Array): MeasuredQuality['delay'] {
  const values = Array.from(seconds);
  const average = mean(values);
  if (average === null) return null;
  return {
    mean: average,
    p50: quantile(values, 0.5) as number,
    p95: quantile(values, 0.95) as number,
  };
}

function estimatesOf(
  { scores, threshold }: QualityRows,
  heldOut: LabelledScores | null,
): MeasuredQuality['estimates'] {
  const values = estimatePerformance(scores, threshold);
  const errors = heldOut === null ? null : samplingErrors(heldOut, threshold, Random.of(SEED, 2));
  const estimateOf = (metric: EstimatedMetric): Estimate | null => {
    const value = values[metric];
    if (value === null) return null;
    const error = errors?.[metric] ?? null;
    if (error === null) return { value, low: null, high: null };
    const reach = BAND * standardError(error, scores.length);
    return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
  };
  return Object.fromEntries(
    ESTIMATED_METRICS.map((metric) => [`estimated_${metric}`, estimateOf(metric)]),
  ) as MeasuredQuality['estimates'];
}

function alertBoundsOf(performance: ReferencePerformance | null): AlertBounds | null {
  if (performance === null) return null;
  return Object.fromEntries(
    Object.entries(performance.metrics).map(([metric, { mean: centre, std }]) => [
      metric,
      {
        low: Math.max(0, centre - ALERT_DEVIATIONS * std),
        high: Math.min(1, centre + ALERT_DEVIATIONS * std),
      },
    ]),
  );
}

const outside = (
  bounds: AlertBounds | null,
  figures: readonly (readonly [string, number | null])[],
): readonly string[] =>
  figures.flatMap(([metric, value]) => {
    const bound = bounds?.[metric];
    if (bound === undefined || value === null) return [];
    return value < bound.low || value > bound.high ? [metric] : [];
  });
