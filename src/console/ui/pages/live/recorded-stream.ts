// A recorded start of the stream, for specs: a snapshot of a small server.
import type { Anomaly, LivePoint, LiveState, RecentPrediction } from './live-data.ts';

const START = Date.parse('2026-03-01T12:00:00.000Z');
export const STEP_SECONDS = 10;

export const instantOf = (step: number): string =>
  new Date(START + step * STEP_SECONDS * 1000).toISOString();

export const pointAt = (step: number, more: Partial<LivePoint> = {}): LivePoint => ({
  at: instantOf(step),
  requests_per_second: 2,
  error_rate: 0,
  rows_per_second: 4,
  latency_ms: { mean: 1.5, p95: 3 },
  cpu_percent: 12,
  memory_bytes: 150_000_000,
  event_loop_lag_ms: 1,
  mean_score: 0.4,
  high_risk_rate: 0.35,
  moving_average: { latency_ms: 1.4, cpu_percent: 11, memory_bytes: 149_000_000, score: 0.41 },
  ...more,
});

export const predictionAt = (
  step: number,
  more: Partial<RecentPrediction> = {},
): RecentPrediction => ({
  id: `019a3f0a-0000-7000-8000-${step.toString().padStart(12, '0')}`,
  created_at: instantOf(step),
  label: 'benign',
  probability: 0.12,
  threshold: 0.5,
  model: { name: 'foretell', version: '1' },
  duration_ms: 1.2,
  warnings: 0,
  key: null,
  ...more,
});

export const anomalyAt = (step: number, more: Partial<Anomaly> = {}): Anomaly => {
  const id = `019a3f0a-0000-7000-9000-${step.toString().padStart(12, '0')}`;
  const kind = more.kind ?? 'latency';
  return {
    id,
    at: instantOf(step),
    ended_at: instantOf(step + 1),
    ongoing: false,
    kind,
    model: { name: 'foretell', version: '1' },
    feature: null,
    value: 40,
    expected: 2,
    evidence: { method: 'adwin', score: 0.5, threshold: 0.1, rows: 500 },
    prediction_ids: [],
    acknowledged_at: null,
    acknowledged_by: null,
    note: null,
    first: { id, kind, at: instantOf(step) },
    ...more,
  };
};

const tile = (value: number | null, before: number | null) => ({ value, before });

export const recordedState = (steps = 3): LiveState => ({
  at: instantOf(steps),
  tick_seconds: 2,
  window: { name: '15m', from: instantOf(0), to: instantOf(steps) },
  version: null,
  step_seconds: STEP_SECONDS,
  tiles: {
    requests_per_second: tile(2, 1),
    error_rate: tile(0, 0),
    latency_p50_ms: tile(1.5, 1.4),
    latency_p95_ms: tile(3, 3),
    latency_p99_ms: tile(4, 5),
    high_risk_rate: tile(0.35, 0.3),
    drift_share: tile(null, null),
    live_roc_auc: tile(null, null),
    log_queue: tile(0, null),
  },
  series: Array.from({ length: steps }, (_, step) => pointAt(step)),
  scores: {
    edges: Array.from({ length: 21 }, (_, edge) => edge / 20),
    counts: Array.from({ length: 20 }, () => 1),
    reference: null,
    threshold: 0.5,
  },
  anomalies: [],
  drift: null,
  quality: null,
  recent: [predictionAt(2), predictionAt(1)],
  versions: [{ version: '1', role: 'champion' }],
});
