// The summary of a window: what was asked, what was answered and how fast, over the whole of it, over time and by model version.
import { toIso } from '../../database/epoch-ms.ts';
import { ActivityBucket, STAGES, type ActivityError, type Stage } from '../../metrics/activity.ts';
import { Rollup } from '../../prediction/rollups/rollup.ts';
import type { Bounds } from '../../prediction/rollups/spans.ts';
import { SKETCH_ERROR } from '../../statistics/quantile-sketch.ts';
import {
  errorsOf,
  percentilesOf,
  rowFiguresOf,
  shareOf,
  spreadOf,
  type Percentiles,
  type RowFigures,
  type Spread,
} from './figures.ts';
import {
  MOVING_AVERAGE_POINTS,
  rateOf,
  seriesOf,
  versionSeriesOf,
  type SummaryPoint,
  type VersionPoint,
} from './series.ts';
import {
  byVersion,
  isSameVersion,
  sumOf,
  type PointSums,
  type SummarySums,
  type VersionId,
  type VersionRollup,
} from './summary-sums.ts';

export const PERCENTILES = `sketched within ${100 * SKETCH_ERROR} %`;

export const ROLES = ['champion', 'challenger'] as const;
export type Role = (typeof ROLES)[number];

/** A version that is served now. */
export interface ServedVersion extends VersionId {
  readonly role: Role;
  /** Its training rows by score, in the bins of the roll-ups; null where its bundle does not tell. */
  readonly referenceScores: readonly number[] | null;
}

export interface SummaryFacts {
  /** The champion first. */
  readonly served: readonly ServedVersion[];
  /** That was asked for: its rows alone were added. */
  readonly version: string | null;
  /** false: requests were not counted, as in a log file, or not by version. */
  readonly hasActivity: boolean;
}

export interface VersionSummary extends RowFigures {
  readonly model: string;
  readonly version: string;
  /** null: it is not served now. */
  readonly role: Role | null;
  readonly rows_per_second: number | null;
  readonly series: readonly VersionPoint[];
}

export interface ErrorFigures {
  readonly total: number;
  /** Of the requests. */
  readonly rate: number | null;
  readonly by_kind: Readonly<Record<ActivityError, number>>;
}

export interface Throughput {
  readonly rows_per_second: number | null;
  readonly requests_per_second: number | null;
  /** Of the busiest point of the series. */
  readonly peak_rows_per_second: number | null;
}

export interface LatencyFigures extends Percentiles {
  readonly stages: Readonly<Record<Stage, Percentiles>>;
}

/** Of a process, one value a second of each. */
export interface ProcessFigures {
  /** Of one core. */
  readonly cpu_percent: Spread;
  readonly memory_bytes: Spread;
  readonly event_loop_lag_ms: Spread;
}

/** What is counted by request or by second, and so by no version. */
interface ActivityFigures {
  readonly requests: number | null;
  readonly errors: ErrorFigures | null;
  readonly latency_ms: LatencyFigures | null;
  readonly process: ProcessFigures | null;
}

export interface Summary extends RowFigures, ActivityFigures {
  readonly window: { readonly from: string; readonly to: string };
  readonly version: string | null;
  readonly percentiles: string;
  readonly throughput: Throughput;
  readonly step_seconds: number;
  readonly moving_average_points: number;
  readonly series: readonly SummaryPoint[];
  readonly versions: readonly VersionSummary[];
}

export function summarise(sums: SummarySums, facts: SummaryFacts): Summary {
  const { window, stepMs } = sums;
  const points = sums.points();
  const versions = byVersion(points);
  const rows = sumOf(versions);
  const activity = facts.hasActivity ? activityOf(points) : null;
  const series = seriesOf(points, facts.hasActivity);
  return {
    window: { from: toIso(window.from), to: toIso(window.to) },
    version: facts.version,
    percentiles: PERCENTILES,
    ...activityFigures(activity),
    throughput: {
      rows_per_second: rateOf(rows.rows, window),
      requests_per_second: activity === null ? null : rateOf(activity.requests, window),
      peak_rows_per_second: highest(series.map((point) => point.rows_per_second)),
    },
    ...rowFiguresOf(rows, referenceOf(facts)),
    step_seconds: stepMs / 1000,
    moving_average_points: MOVING_AVERAGE_POINTS,
    series,
    versions: withServed(versions, facts).map((version) =>
      versionSummary(version, points, window, facts),
    ),
  };
}

function activityOf(points: readonly PointSums[]): ActivityBucket {
  const sum = new ActivityBucket(0, 0);
  for (const { activity } of points) sum.merge(activity);
  return sum;
}

function activityFigures(activity: ActivityBucket | null): ActivityFigures {
  if (activity === null) return { requests: null, errors: null, latency_ms: null, process: null };
  const { requests, errors, http, stages } = activity;
  const total = errorsOf(activity);
  const byStage = Object.fromEntries(
    STAGES.map((stage) => [stage, percentilesOf(stages[stage])]),
  ) as Record<Stage, Percentiles>;
  return {
    requests,
    errors: { total, rate: shareOf(total, requests), by_kind: { ...errors } },
    latency_ms: { ...percentilesOf(http), stages: byStage },
    process: {
      cpu_percent: spreadOf(activity.cpuPercent),
      memory_bytes: spreadOf(activity.memoryBytes),
      event_loop_lag_ms: spreadOf(activity.eventLoopLagMs),
    },
  };
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

/** Of the version asked for, or else of the champion. */
function referenceOf({ served, version }: SummaryFacts): readonly number[] | null {
  const of =
    version === null
      ? served.find(({ role }) => role === 'champion')
      : served.find(({ modelVersion }) => modelVersion === version);
  return of?.referenceScores ?? null;
}

/** Served versions first, also those without a row; then the others, that with the most rows first. */
function withServed(
  versions: readonly VersionRollup[],
  { served, version }: SummaryFacts,
): readonly VersionRollup[] {
  const rollupOf = (id: VersionId): Rollup =>
    versions.find((each) => isSameVersion(each, id))?.rollup ?? new Rollup();
  const wanted = served.filter(({ modelVersion }) => version === null || modelVersion === version);
  return [
    ...wanted.map(({ modelName, modelVersion }) => {
      const id = { modelName, modelVersion };
      return { ...id, rollup: rollupOf(id) };
    }),
    ...versions
      .filter((each) => !wanted.some((of) => isSameVersion(of, each)))
      .sort((a, b) => b.rollup.rows - a.rollup.rows),
  ];
}

function versionSummary(
  { rollup, ...id }: VersionRollup,
  points: readonly PointSums[],
  window: Bounds,
  { served }: SummaryFacts,
): VersionSummary {
  const live = served.find((each) => isSameVersion(each, id));
  return {
    model: id.modelName,
    version: id.modelVersion,
    role: live?.role ?? null,
    rows_per_second: rateOf(rollup.rows, window),
    ...rowFiguresOf(rollup, live?.referenceScores ?? null),
    series: versionSeriesOf(points, id),
  };
}
