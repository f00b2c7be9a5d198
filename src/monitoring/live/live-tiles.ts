// The tiles of the live view: a figure of the window beside that of the window before.
import type { Summary } from '../summary/summary.ts';
import type { TileResponse, TilesResponse } from './live.dto.ts';

export interface TileFacts {
  readonly summary: Summary;
  /** null: there is no window before. */
  readonly before: Summary | null;
  readonly driftShare: TileResponse;
  readonly liveRocAuc: number | null;
  readonly logQueue: number;
}

export function tilesOf({
  summary,
  before,
  driftShare,
  liveRocAuc,
  logQueue,
}: TileFacts): TilesResponse {
  const both = (figure: (of: Summary) => number | null | undefined): TileResponse => ({
    value: figure(summary) ?? null,
    before: before === null ? null : (figure(before) ?? null),
  });
  return {
    requests_per_second: both(({ throughput }) => throughput.requests_per_second),
    error_rate: both(({ errors }) => errors?.rate),
    latency_p50_ms: both(({ latency_ms }) => latency_ms?.p50),
    latency_p95_ms: both(({ latency_ms }) => latency_ms?.p95),
    latency_p99_ms: both(({ latency_ms }) => latency_ms?.p99),
    high_risk_rate: both(({ high_risk_rate }) => high_risk_rate),
    drift_share: driftShare,
    live_roc_auc: { value: liveRocAuc, before: null },
    log_queue: { value: logQueue, before: null },
  };
}
