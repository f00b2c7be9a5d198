// The roll-ups of the log, read: what a window's rows add up to, without reading a row.
import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { MoreThanOrEqual, type Repository } from 'typeorm';
import { PredictionRollup } from './prediction-rollup.entity.ts';
import { Rollup } from './rollup.ts';
import {
  alignBounds,
  DAY_MS,
  narrowestFirst,
  startOf,
  stretchesOf,
  type Stretch,
} from './spans.ts';

export interface RollupFilter {
  /** Epoch milliseconds; the figures are exact for what alignBounds() makes of these. */
  readonly from: number;
  readonly to: number;
  readonly modelName?: string | undefined;
  readonly version?: string | undefined;
  /** No bucket longer than this: for a series of points. Minutes are kept for two days. */
  readonly longestMs?: number | undefined;
}

/** One bucket of one model version. */
export interface TimedRollup {
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly spanMs: number;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly rollup: Rollup;
}

/** Buckets of one statement, of each version and writer: SQLite is read on the event loop. */
const PAGE = 30;

/** As either driver gives it. */
interface StoredRollup extends Pick<PredictionRollup, 'modelName' | 'modelVersion' | 'body'> {
  readonly startsAt: number | string;
}

@Injectable()
export class RollupLog {
  constructor(
    @InjectRepository(PredictionRollup) private readonly rollups: Repository<PredictionRollup>,
  ) {}

  /** In the order of time. Buckets do not overlap, and together they hold every row of the bounds. */
  async read(filter: RollupFilter): Promise<readonly TimedRollup[]> {
    const read: TimedRollup[] = [];
    for (const stretch of stretchesOf(alignBounds(filter), filter.longestMs ?? DAY_MS)) {
      const { spanMs, to } = stretch;
      let from = Math.max(stretch.from, (await this.firstOf(spanMs, filter)) ?? to);
      for (; from < to; from += PAGE * spanMs) {
        const end = Math.min(to, from + PAGE * spanMs);
        const page = await this.page({ spanMs, from, to: end }, filter);
        read.push(...mergeStreams(spanMs, page));
        await turn();
      }
    }
    return read;
  }

  /** When the first bucket with rows of a version, or of any, begins: as narrow as it is kept. null where there is none. Reads no body. */
  firstAt(version?: string): Promise<number | null> {
    return narrowestFirst((spanMs, from) => this.firstOf(spanMs, { version }, from));
  }

  private async firstOf(
    spanMs: number,
    { modelName, version }: Partial<RollupFilter>,
    from = 0,
  ): Promise<number | null> {
    const which = {
      startsAt: MoreThanOrEqual(from),
      ...(modelName !== undefined && { modelName }),
      ...(version !== undefined && { modelVersion: version }),
    };
    const first = await this.rollups.minimum('startsAt', { spanMs, ...which });
    const unfolded = await this.rollups.minimum('startsAt', { folded: 0, ...which });
    if (unfolded === null) return first;
    return Math.min(first ?? Infinity, startOf(unfolded, spanMs));
  }

  /**
   * Cells rather than entities: thousands of them make a chart. Longer buckets and the minutes that they do not hold come by one statement: a minute
   * that is folded meanwhile is seen once.
   */
  private page(
    { spanMs, from, to }: Stretch,
    { modelName, version }: RollupFilter,
  ): Promise<StoredRollup[]> {
    const query = this.rollups
      .createQueryBuilder('r')
      .select('r.starts_at', 'startsAt')
      .addSelect('r.model_name', 'modelName')
      .addSelect('r.model_version', 'modelVersion')
      .addSelect('r.body', 'body')
      .where(
        '(r.span_ms = :spanMs AND r.starts_at >= :from AND r.starts_at < :to' +
          ' OR r.folded = 0 AND r.starts_at >= :from AND r.starts_at < :to)',
        { spanMs, from, to },
      )
      .orderBy('r.starts_at');
    if (modelName !== undefined) query.andWhere('r.model_name = :modelName', { modelName });
    if (version !== undefined) query.andWhere('r.model_version = :version', { version });
    return query.getRawMany<StoredRollup>();
  }
}

/** Of whole buckets, and of minutes that belong to them, in the order of time. */
function mergeStreams(spanMs: number, stored: readonly StoredRollup[]): TimedRollup[] {
  const merged: TimedRollup[] = [];
  for (const { modelName, modelVersion, body, ...bucket } of stored) {
    const startsAt = startOf(Number(bucket.startsAt), spanMs);
    const rollup = Rollup.from(JSON.parse(body));
    let known: TimedRollup | undefined;
    for (let i = merged.length - 1; merged[i]?.startsAt === startsAt; i -= 1)
      if (merged[i]?.modelVersion === modelVersion && merged[i]?.modelName === modelName)
        known = merged[i];
    if (known === undefined) merged.push({ startsAt, spanMs, modelName, modelVersion, rollup });
    else known.rollup.merge(rollup);
  }
  return merged;
}
