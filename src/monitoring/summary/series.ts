// The summary over time: point by point, with averages that move along.
import { toIso } from '../../database/epoch-ms.ts';
import type { ActivityBucket } from '../../metrics/activity.ts';
import type { Rollup } from '../../prediction/rollups/rollup.ts';
import type { Bounds } from '../../prediction/rollups/spans.ts';
import { Moments } from '../../statistics/moments.ts';
import type { QuantileSketch } from '../../statistics/quantile-sketch.ts';
import { errorsOf, shareOf } from './figures.ts';
import { isSameVersion, sumOf, type PointSums, type VersionId } from './summary-sums.ts';

/** A point and those before it over which moving averages go. */
export const MOVING_AVERAGE_POINTS = 5;

export interface MeanAndP95 {
  readonly mean: number | null;
  readonly p95: number | null;
}

/** Means over the rows, or requests, of the last points together. */
export interface MovingAverages {
  readonly latency_ms: number | null;
  readonly row_latency_ms: number | null;
  readonly cpu_percent: number | null;
  readonly memory_bytes: number | null;
  readonly score: number | null;
}

/** Of one version; points without a row of it are left out. */
export interface VersionPoint {
  readonly at: string;
  readonly rows: number;
  readonly high_risk_rate: number | null;
  readonly mean_score: number | null;
  readonly row_latency_ms: MeanAndP95;
}

/** `requests`, `errors` and `latency_ms`: null where they are not known. */
export interface SummaryPoint extends VersionPoint {
  readonly requests: number | null;
  readonly errors: number | null;
  readonly rows_per_second: number | null;
  readonly latency_ms: MeanAndP95 | null;
  readonly cpu_percent: number | null;
  readonly memory_bytes: number | null;
  readonly moving_average: MovingAverages;
}

export function seriesOf(
  points: readonly PointSums[],
  hasActivity: boolean,
): readonly SummaryPoint[] {
  const rollups = points.map(({ versions }) => sumOf(versions));
  const moving = movingAverages({
    latency_ms: points.map(({ activity }) => activity.http),
    row_latency_ms: rollups.map(({ durationMs }) => durationMs),
    cpu_percent: rollups.map(({ cpuPercent }) => cpuPercent),
    memory_bytes: rollups.map(({ memoryBytes }) => memoryBytes),
    score: rollups.map(({ score }) => score),
  });
  return points.map((point, i) => {
    const rollup = rollups[i] as Rollup;
    return {
      ...rowsAt(point, rollup),
      ...requestsAt(hasActivity ? point.activity : null),
      rows_per_second: rateOf(rollup.rows, point),
      cpu_percent: rollup.cpuPercent.mean,
      memory_bytes: rollup.memoryBytes.mean,
      moving_average: moving[i] as MovingAverages,
    };
  });
}

export const versionSeriesOf = (
  points: readonly PointSums[],
  version: VersionId,
): readonly VersionPoint[] =>
  points.flatMap((point) => {
    const own = point.versions.find((each) => isSameVersion(each, version));
    return own === undefined ? [] : [rowsAt(point, own.rollup)];
  });

/** Each second; null where no time has passed. */
export const rateOf = (count: number, { from, to }: Bounds): number | null =>
  shareOf(count, Math.max(0, to - from) / 1000);

const rowsAt = ({ from }: PointSums, rollup: Rollup): VersionPoint => ({
  at: toIso(from),
  rows: rollup.rows,
  high_risk_rate: shareOf(rollup.positives, rollup.rows),
  mean_score: rollup.score.mean,
  row_latency_ms: meanAndP95(rollup.durationMs),
});

const requestsAt = (
  activity: ActivityBucket | null,
): Pick<SummaryPoint, 'requests' | 'errors' | 'latency_ms'> => ({
  requests: activity?.requests ?? null,
  errors: activity === null ? null : errorsOf(activity),
  latency_ms: activity === null ? null : meanAndP95(activity.http),
});

const meanAndP95 = (sketch: QuantileSketch): MeanAndP95 => ({
  mean: sketch.mean,
  p95: sketch.quantile(0.95),
});

/** Of each point, over the values of it and of those before it together. */
function movingAverages(
  values: Readonly<Record<keyof MovingAverages, readonly Moments[]>>,
): readonly MovingAverages[] {
  const { length } = values.score;
  const average = (of: readonly Moments[], end: number): number | null => {
    const moments = new Moments();
    for (const each of of.slice(Math.max(0, end - MOVING_AVERAGE_POINTS), end)) moments.merge(each);
    return moments.mean;
  };
  return Array.from({ length }, (_, i) => ({
    latency_ms: average(values.latency_ms, i + 1),
    row_latency_ms: average(values.row_latency_ms, i + 1),
    cpu_percent: average(values.cpu_percent, i + 1),
    memory_bytes: average(values.memory_bytes, i + 1),
    score: average(values.score, i + 1),
  }));
}
