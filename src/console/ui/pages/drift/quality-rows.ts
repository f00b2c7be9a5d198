// Live quality metric by metric: by labels, estimated without them, and within which bounds training leads to expect it.
import type { Quality } from './drift-data.ts';

const METRICS = [
  'roc_auc',
  'average_precision',
  'f1',
  'accuracy',
  'precision',
  'recall',
  'specificity',
] as const;
export type Metric = (typeof METRICS)[number];

export interface Interval {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface MetricRow {
  readonly metric: Metric;
  readonly live: Interval | null;
  readonly estimated: Interval | null;
  readonly expected: { readonly low: number; readonly high: number } | null;
  /** Outside of what is expected: by labels, by the estimate. */
  readonly alerts: { readonly live: boolean; readonly estimated: boolean };
}

export const metricRows = (quality: Quality): readonly MetricRow[] =>
  METRICS.map((metric) => ({
    metric,
    live: intervalOf(quality[metric]),
    estimated: quality[`estimated_${metric}`],
    expected: boundsOf(quality.alert_bounds?.[metric]),
    alerts: {
      live: quality.alerts.live.includes(metric),
      estimated: quality.alerts.estimated.includes(metric),
    },
  }));

const intervalOf = (figure: Interval | number | null): Interval | null =>
  typeof figure === 'number' ? { value: figure, low: null, high: null } : figure;

const boundsOf = (
  bounds: { readonly low?: number; readonly high?: number } | undefined,
): MetricRow['expected'] =>
  bounds?.low === undefined || bounds.high === undefined
    ? null
    : { low: bounds.low, high: bounds.high };
