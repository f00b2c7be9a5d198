// The points of a window as the live view draws them.
import { toIso } from '../../database/epoch-ms.ts';
import type { ActivityBucket } from '../../metrics/activity.ts';
import type { Rollup } from '../../prediction/rollups/rollup.ts';
import { Moments } from '../../statistics/moments.ts';
import { errorsOf, shareOf } from '../summary/figures.ts';
import { MOVING_AVERAGE_POINTS, rateOf } from '../summary/series.ts';
import { sumOf, type PointSums } from '../summary/summary-sums.ts';
import type { LiveAverages, LivePoint } from './live.dto.ts';

/** What a point adds up to. */
interface Sums {
  readonly rows: Rollup;
  /** null where requests are not known. */
  readonly activity: ActivityBucket | null;
  readonly cpuPercent: Moments;
  readonly memoryBytes: Moments;
}

/** `hasActivity`: requests were counted. What the process uses is then known second by second, else as rows found it. */
export function liveSeries(points: readonly PointSums[], hasActivity: boolean): LivePoint[] {
  const sums = points.map((point) => sumsOf(point, hasActivity));
  return points.map((point, i) => ({
    ...pointOf(point, sums[i] as Sums),
    moving_average: averagesOf(sums.slice(Math.max(0, i + 1 - MOVING_AVERAGE_POINTS), i + 1)),
  }));
}

function sumsOf({ versions, activity }: PointSums, hasActivity: boolean): Sums {
  const rows = sumOf(versions);
  const { cpuPercent, memoryBytes } = hasActivity ? activity : rows;
  return { rows, activity: hasActivity ? activity : null, cpuPercent, memoryBytes };
}

const pointOf = (
  point: PointSums,
  { rows, activity, cpuPercent, memoryBytes }: Sums,
): Omit<LivePoint, 'moving_average'> => ({
  at: toIso(point.from),
  requests_per_second: activity === null ? null : rateOf(activity.requests, point),
  error_rate: activity === null ? null : shareOf(errorsOf(activity), activity.requests),
  rows_per_second: rateOf(rows.rows, point),
  latency_ms:
    activity === null ? null : { mean: activity.http.mean, p95: activity.http.quantile(0.95) },
  cpu_percent: cpuPercent.mean,
  memory_bytes: memoryBytes.mean,
  event_loop_lag_ms: activity?.eventLoopLagMs.mean ?? null,
  mean_score: rows.score.mean,
  high_risk_rate: shareOf(rows.positives, rows.rows),
});

const averagesOf = (sums: readonly Sums[]): LiveAverages => ({
  latency_ms: meanOf(sums.flatMap(({ activity }) => activity?.http ?? [])),
  cpu_percent: meanOf(sums.map(({ cpuPercent }) => cpuPercent)),
  memory_bytes: meanOf(sums.map(({ memoryBytes }) => memoryBytes)),
  score: meanOf(sums.map(({ rows }) => rows.score)),
});

function meanOf(parts: readonly Moments[]): number | null {
  const moments = new Moments();
  for (const part of parts) moments.merge(part);
  return moments.mean;
}
