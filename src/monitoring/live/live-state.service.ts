// What the live view shows of a window, gathered from what the other parts of monitoring know.
import { Injectable } from '@nestjs/common';
import { toIso } from '../../database/epoch-ms.ts';
import { PredictionLogInstruments } from '../../metrics/instruments.ts';
import { Challenger } from '../../model/challenger.ts';
import { ModelSlot } from '../../model/model-slot.ts';
import { PredictionLog, type PredictionPage } from '../../prediction/prediction-log.ts';
import { DAY_MS, type Bounds } from '../../prediction/rollups/spans.ts';
import type { AnomalyResponse } from '../anomalies/anomalies.dto.ts';
import { AnomaliesService } from '../anomalies/anomalies.service.ts';
import { QualitySchedule } from '../quality/quality-schedule.ts';
import { SummaryService } from '../summary/summary.service.ts';
import { summarise, type Summary } from '../summary/summary.ts';
import { windowUntil } from '../window.ts';
import { Kept } from './kept.ts';
import { LatestDrift } from './latest-drift.ts';
import { liveSeries } from './live-series.ts';
import { tilesOf } from './live-tiles.ts';
import {
  MOST_ANOMALIES,
  MOST_RECENT,
  type LiveDrift,
  type LivePrediction,
  type LiveQuality,
  type LiveQuery,
  type LiveStateResponse,
} from './live.dto.ts';
import { tickSecondsOf } from './ticks.ts';

/** Found every ten seconds at most, and every minute. */
const ANOMALIES_MS = 10_000;
const DRIFT_MS = 30_000;

/** Makes the states of one window and version, one after the other. */
export type LiveStates = (now: number) => Promise<LiveStateResponse>;

/** The parts of a window that are not read at every tick. */
class RarelyRead {
  /** By where the window begins: until then all is stored that there will be. */
  readonly before = new Kept<Summary | null>();
  readonly driftBefore = new Kept<LiveDrift | null>();
  readonly drift = new Kept<LiveDrift | null>(DRIFT_MS);
  readonly anomalies = new Kept<readonly AnomalyResponse[]>(ANOMALIES_MS);
}

@Injectable()
export class LiveStateService {
  constructor(
    private readonly summary: SummaryService,
    private readonly drift: LatestDrift,
    private readonly quality: QualitySchedule,
    private readonly anomalies: AnomaliesService,
    private readonly log: PredictionLog,
    private readonly logInstruments: PredictionLogInstruments,
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
  ) {}

  /** Throws MODEL_NOT_FOUND for a version that is neither served nor in the log. */
  async expectKnown({ version }: LiveQuery): Promise<void> {
    if (version !== undefined) await this.summary.requireKnown(version);
  }

  statesOf(query: LiveQuery): LiveStates {
    const rarely = new RarelyRead();
    return (now) => this.read(query, now, rarely);
  }

  private async read(
    query: LiveQuery,
    now: number,
    rarely: RarelyRead,
  ): Promise<LiveStateResponse> {
    const { window: name, version } = query;
    const bounds = await this.summary.boundsOf(query, now);
    const { sums, facts } = await this.summary.partsOf(bounds, version);
    const summary = summarise(sums, facts);
    const before = await rarely.before.get(bounds.from, now, () => this.before(query, bounds));
    const drift = await rarely.drift.get(null, now, () => this.drift.before(now + 1, version));
    const driftBefore =
      name === 'all'
        ? null
        : await rarely.driftBefore.get(bounds.from, now, () =>
            this.drift.before(bounds.from, version),
          );
    const quality = this.qualityOf(version);
    const { edges, counts, reference } = summary.scores;
    return {
      at: toIso(now),
      tick_seconds: tickSecondsOf(name),
      window: { name, ...summary.window },
      version: version ?? null,
      step_seconds: summary.step_seconds,
      tiles: tilesOf({
        summary,
        before,
        driftShare: { value: drift?.share ?? null, before: driftBefore?.share ?? null },
        liveRocAuc: quality?.roc_auc?.value ?? null,
        logQueue: this.logInstruments.notStored,
      }),
      series: liveSeries(sums.points(), facts.hasActivity),
      scores: { edges, counts, reference, threshold: this.thresholdOf(version) },
      anomalies: await rarely.anomalies.get(null, now, () => this.anomaliesOf(query, now)),
      drift,
      quality,
      recent: await this.recent(version),
      versions: summary.versions.map(({ version: of, role }) => ({ version: of, role })),
    };
  }

  /** The window before, as long as this one; null where there is none. */
  private async before({ window, version }: LiveQuery, { from }: Bounds): Promise<Summary | null> {
    if (window === 'all') return null;
    // Without a series, buckets may be as long as they are kept.
    const { sums, facts } = await this.summary.partsOf(windowUntil(from, window), version, DAY_MS);
    return summarise(sums, facts);
  }

  private qualityOf(version: string | undefined): LiveQuality | null {
    const { latest } = this.quality;
    if (latest === null || (version !== undefined && latest.model.version !== version)) return null;
    const { at, labelled, coverage, roc_auc, estimated_roc_auc } = latest;
    return { at, labelled, coverage, roc_auc, estimated_roc_auc };
  }

  /** Of the version asked for, or else of the champion. */
  private thresholdOf(version: string | undefined): number | null {
    const served = [this.slot.peek(), this.challenger.current()];
    const model =
      version === undefined ? served[0] : served.find((each) => each?.version.version === version);
    return model?.bundle.report.threshold ?? null;
  }

  private async anomaliesOf(
    { window, version }: LiveQuery,
    now: number,
  ): Promise<readonly AnomalyResponse[]> {
    const { items } = await this.anomalies.list({ window }, now);
    const isShown = ({ model }: AnomalyResponse): boolean =>
      version === undefined || model.version === null || model.version === version;
    return items.filter(isShown).slice(0, MOST_ANOMALIES);
  }

  private async recent(version: string | undefined): Promise<readonly LivePrediction[]> {
    const filter = version === undefined ? {} : { version };
    return (await this.log.list(filter, MOST_RECENT)).items.map(toLive);
  }
}

const toLive = (row: PredictionPage['items'][number]): LivePrediction => ({
  id: row.id,
  created_at: toIso(row.createdAt),
  label: row.label,
  probability: row.probability,
  threshold: row.threshold,
  model: { name: row.modelName, version: row.modelVersion },
  duration_ms: row.durationMs,
  warnings: (JSON.parse(row.warnings) as readonly unknown[]).length,
  key: row.key,
});
