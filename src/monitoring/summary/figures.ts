// What accumulated rows say: means, extremes, percentiles, shares. A figure that rests on nothing is null.
import type { ActivityBucket } from '../../metrics/activity.ts';
import { SCORE_BINS, type Rollup } from '../../prediction/rollups/rollup.ts';
import type { Moments } from '../../statistics/moments.ts';
import type { QuantileSketch } from '../../statistics/quantile-sketch.ts';

export interface Spread {
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

export interface Percentiles extends Spread {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface LabelShare {
  readonly label: string;
  readonly rows: number;
  readonly share: number;
}

export interface ScoreFigures extends Spread {
  /** Bounds of the bins, 0 to 1; a bin includes its lower bound, the last one also 1. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Rows of training in the same bins, scored by the same version; null where its bundle is not at hand. */
  readonly reference: readonly number[] | null;
}

/** Of any number of logged rows. */
export interface RowFigures {
  readonly rows: number;
  readonly high_risk_rate: number | null;
  /** Of rows with a value outside what training saw. */
  readonly warning_rate: number | null;
  readonly labels: readonly LabelShare[];
  readonly scores: ScoreFigures;
  readonly row_latency_ms: Percentiles;
  readonly cpu_percent: Spread;
  readonly memory_bytes: Spread;
}

export const SCORE_EDGES: readonly number[] = Array.from(
  { length: SCORE_BINS + 1 },
  (_, i) => i / SCORE_BINS,
);

/** The training rows of a bundle by score, where they are counted in the bins of the roll-ups. */
export const referenceScoresOf = (
  reference: { readonly score: { readonly counts: readonly number[] } } | null,
): readonly number[] | null =>
  reference?.score.counts.length === SCORE_BINS ? reference.score.counts : null;

export const spreadOf = ({ mean, min, max }: Moments | QuantileSketch): Spread => ({
  mean,
  min,
  max,
});

export const percentilesOf = (sketch: QuantileSketch): Percentiles => ({
  ...spreadOf(sketch),
  p50: sketch.quantile(0.5),
  p95: sketch.quantile(0.95),
  p99: sketch.quantile(0.99),
});

export const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : part / whole;

export const errorsOf = ({ errors }: ActivityBucket): number =>
  Object.values(errors).reduce((sum, count) => sum + count, 0);

export function rowFiguresOf(rollup: Rollup, reference: readonly number[] | null): RowFigures {
  const { rows, positives, warnings } = rollup;
  return {
    rows,
    high_risk_rate: shareOf(positives, rows),
    warning_rate: shareOf(warnings, rows),
    labels: labelShares(rollup),
    scores: {
      ...spreadOf(rollup.score),
      edges: SCORE_EDGES,
      counts: [...rollup.scoreCounts],
      reference,
    },
    row_latency_ms: percentilesOf(rollup.durationMs),
    cpu_percent: spreadOf(rollup.cpuPercent),
    memory_bytes: spreadOf(rollup.memoryBytes),
  };
}

/** The most frequent first. */
const labelShares = ({ labels, rows }: Rollup): readonly LabelShare[] =>
  Object.entries(labels)
    .map(([label, count]) => ({ label, rows: count, share: count / rows }))
    .sort((a, b) => b.rows - a.rows || (a.label < b.label ? -1 : 1));
