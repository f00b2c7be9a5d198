// Summarises a window from roll-ups and activity, however many rows the log has: no row is read.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { Challenger } from '../../model/challenger.ts';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { ActivityLog } from '../../prediction/rollups/activity-log.ts';
import { RollupLog } from '../../prediction/rollups/rollup-log.ts';
import { alignBounds, SPANS_MS, type Bounds } from '../../prediction/rollups/spans.ts';
import { windowUntil } from '../window.ts';
import { referenceScoresOf } from './figures.ts';
import type { SummaryQuery, SummaryResponse } from './summary.dto.ts';
import { SummarySums } from './summary-sums.ts';
import { summarise, type Role, type ServedVersion, type SummaryFacts } from './summary.ts';
import { longestWithin, stepOf } from './time-steps.ts';

/** What the figures of a window are made of. */
export interface SummaryParts {
  readonly sums: SummarySums;
  readonly facts: SummaryFacts;
}

/** Buckets that are added up in one turn of the event loop, in about a millisecond. */
const TURN = 200;

@Injectable()
export class SummaryService {
  constructor(
    private readonly slot: ModelSlot,
    private readonly challenger: Challenger,
    private readonly rollups: RollupLog,
    private readonly activity: ActivityLog,
  ) {}

  /** Throws MODEL_NOT_FOUND for a version that is neither served nor in the log. */
  async summarise(query: SummaryQuery, now = Date.now()): Promise<SummaryResponse> {
    const { version } = query;
    if (version !== undefined) await this.requireKnown(version);
    const { sums, facts } = await this.partsOf(await this.boundsOf(query, now), version);
    return summarise(sums, facts);
  }

  /** What a window that ends now is exact for. */
  async boundsOf({ window: name, version }: SummaryQuery, now: number): Promise<Bounds> {
    return name === 'all'
      ? { from: await this.firstAt(version, now), to: now }
      : { from: alignBounds(windowUntil(now, name)).from, to: now };
  }

  /** `stepMs`: of the series. */
  async partsOf(
    window: Bounds,
    version: string | undefined,
    stepMs = stepOf(window),
  ): Promise<SummaryParts> {
    const served = this.served();
    const sums = await this.sums(window, version, stepMs);
    return {
      sums,
      facts: { served, version: version ?? null, hasActivity: version === undefined },
    };
  }

  /** Throws MODEL_NOT_FOUND for a version that is neither served nor in the log. */
  async requireKnown(version: string): Promise<void> {
    if (this.served().some(({ modelVersion }) => modelVersion === version)) return;
    if ((await this.rollups.firstAt(version)) === null)
      throw new AppError(
        'MODEL_NOT_FOUND',
        'This version is neither served nor in the prediction log.',
      );
  }

  private async sums(
    window: Bounds,
    version: string | undefined,
    stepMs: number,
  ): Promise<SummarySums> {
    const sums = new SummarySums(window, stepMs);
    const filter = { ...window, longestMs: longestWithin(stepMs) };
    await inTurns(await this.rollups.read({ ...filter, version }), sums.add.bind(sums));
    // A request has no version before it is answered.
    if (version === undefined)
      await inTurns(await this.activity.read(filter), sums.addActivity.bind(sums));
    return sums;
  }

  /** The start of the first bucket that has anything, as narrow as it is kept; `now` where there is none. */
  private async firstAt(version: string | undefined, now: number): Promise<number> {
    const row = (await this.rollups.firstAt(version)) ?? now;
    return version === undefined ? this.firstRequestUntil(row) : row;
  }

  /** The same of requests, of which some may have been refused before the first row; `until` where there is none before it. */
  private async firstRequestUntil(until: number): Promise<number> {
    let bounds: Bounds = { from: 0, to: until };
    for (const longestMs of SPANS_MS) {
      const [bucket] = await this.activity.read({ ...bounds, longestMs });
      // Minutes of long ago are not kept.
      if (bucket === undefined) break;
      bounds = { from: bucket.startsAt, to: bucket.startsAt + bucket.spanMs };
    }
    return bounds.from === 0 ? until : Math.min(until, bounds.from);
  }

  private served(): readonly ServedVersion[] {
    return [
      ...servedAs('champion', this.slot.peek()),
      ...servedAs('challenger', this.challenger.current()),
    ];
  }
}

function servedAs(role: Role, model: LoadedModel | null): readonly ServedVersion[] {
  if (model === null) return [];
  const { name: modelName, version: modelVersion } = model.version;
  const referenceScores = referenceScoresOf(model.bundle.reference);
  return [{ role, modelName, modelVersion, referenceScores }];
}

/** Others have the event loop now and then. */
async function inTurns<T>(items: readonly T[], add: (item: T) => void): Promise<void> {
  for (const [i, item] of items.entries()) {
    add(item);
    if (i % TURN === TURN - 1) await turn();
  }
  await turn();
}
