// What the processes behind this database did, kept: this one's is stored every few seconds and when it ends, and read with that of the others.
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { And, LessThan, MoreThanOrEqual, type Repository } from 'typeorm';
import { messageOf } from '../../common/errors.ts';
import { Activity, ActivityBucket } from '../../metrics/activity.ts';
import { ActivityRollup } from './activity-rollup.entity.ts';
import {
  alignBounds,
  DAY_MS,
  MINUTE_MS,
  narrowestFirst,
  SPANS_MS,
  startOf,
  stretchesOf,
  type Stretch,
} from './spans.ts';

export interface ActivityFilter {
  /** Epoch milliseconds; the figures are exact for what alignBounds() makes of these. */
  readonly from: number;
  readonly to: number;
  /** No bucket longer than this: for a series of points. Minutes are kept for two days. */
  readonly longestMs?: number | undefined;
}

const FLUSH_MS = 5000;
/** Buckets of one statement, of each process: SQLite is read on the event loop. */
const PAGE = 30;
/** Minutes that could not be stored and are tried again: the hours and days that they belong to know them in any case. */
const MOST_MINUTES = 60;

@Injectable()
export class ActivityLog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Activity');
  private readonly stream = randomBytes(9).toString('base64url');
  /** What minutes that have ended add up to, of every length, until it has ended and is stored. */
  private open: readonly ActivityBucket[] = [];
  /** How much of which minute was stored last. */
  private stored: { readonly startsAt: number; readonly requests: number } | null = null;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  private isFailing = false;

  constructor(
    private readonly activity: Activity,
    @InjectRepository(ActivityRollup) private readonly rollups: Repository<ActivityRollup>,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** After the last answer, while the database is still there. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  /** Stores what came since the last time; what cannot be stored now is stored with what comes. One after the other. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() => this.store());
    return this.flushing;
  }

  /** In the order of time, of all processes together; of others, what they have stored. */
  async read(filter: ActivityFilter): Promise<readonly ActivityBucket[]> {
    this.take(this.activity.takeEnded());
    const own = this.inMemory();
    const merged = new Map<string, ActivityBucket>();
    for (const stretch of stretchesOf(alignBounds(filter), filter.longestMs ?? DAY_MS)) {
      for await (const stored of this.pages(stretch, own)) mergeInto(merged, stored);
      for (const bucket of own) {
        const { spanMs, startsAt } = bucket;
        if (spanMs === stretch.spanMs && startsAt >= stretch.from && startsAt < stretch.to)
          mergeInto(merged, bucket);
      }
    }
    return Array.from(merged.values()).sort((a, b) => a.startsAt - b.startsAt);
  }

  /** When the first bucket begins, as narrow as it is kept. */
  async firstAt(): Promise<number> {
    const stored = await narrowestFirst((spanMs, from) => this.firstOf(spanMs, from));
    return Math.min(
      stored ?? Infinity,
      ...[this.activity.current, ...this.open].filter(isMinute).map(({ startsAt }) => startsAt),
    );
  }

  private firstOf(spanMs: number, from: number): Promise<number | null> {
    return this.rollups.minimum('startsAt', { spanMs, startsAt: MoreThanOrEqual(from) });
  }

  /** Without what memory has newer. */
  private async *pages(
    { spanMs, ...stretch }: Stretch,
    own: readonly ActivityBucket[],
  ): AsyncGenerator<ActivityBucket> {
    const held = new Set(own.map(keyOf));
    const first = await this.firstOf(spanMs, stretch.from);
    for (let from = first ?? stretch.to; from < stretch.to; from += PAGE * spanMs) {
      const to = Math.min(stretch.to, from + PAGE * spanMs);
      const startsAt = And(MoreThanOrEqual(from), LessThan(to));
      for (const row of await this.rollups.findBy({ spanMs, startsAt }))
        if (row.stream !== this.stream || !held.has(keyOf(row)))
          yield ActivityBucket.from(row.startsAt, spanMs, JSON.parse(row.body));
      await turn();
    }
  }

  private async store(): Promise<void> {
    const { current } = this.activity;
    this.take(this.activity.takeEnded());
    const { startsAt, requests } = current;
    // Without requests once a minute is enough.
    if (this.stored?.startsAt === startsAt && this.stored.requests === requests) return;
    const rows = this.inMemory().map((bucket) => ({
      spanMs: bucket.spanMs,
      startsAt: bucket.startsAt,
      stream: this.stream,
      body: JSON.stringify(bucket),
    }));
    try {
      await this.upsert(rows);
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`Activity is not stored: ${messageOf(error)}`);
      this.isFailing = true;
      return;
    }
    this.isFailing = false;
    this.stored = { startsAt, requests };
    // What ended while it was being stored stays: it was stored without its end.
    this.open = this.open.filter((bucket) => bucket.startsAt + bucket.spanMs > startsAt);
  }

  private async upsert(rows: readonly ActivityRollup[]): Promise<void> {
    await this.rollups
      .createQueryBuilder()
      .insert()
      .values([...rows])
      .orUpdate(['body'], ['span_ms', 'starts_at', 'stream'])
      .updateEntity(false)
      .execute();
  }

  private take(ended: readonly ActivityBucket[]): void {
    if (ended.length === 0) return;
    const open = new Map(this.open.map((bucket) => [keyOf(bucket), bucket]));
    for (const minute of ended) for (const part of spansOf(minute)) mergeInto(open, part);
    const all = Array.from(open.values());
    this.open = [
      ...all.filter((bucket) => !isMinute(bucket)),
      ...all.filter(isMinute).slice(-MOST_MINUTES),
    ];
  }

  /** Copies: what ended and is not stored for good, and what runs. */
  private inMemory(): readonly ActivityBucket[] {
    const all = new Map<string, ActivityBucket>();
    for (const bucket of [...this.open, ...spansOf(this.activity.current)]) mergeInto(all, bucket);
    return Array.from(all.values());
  }
}

const isMinute = ({ spanMs }: ActivityBucket): boolean => spanMs === MINUTE_MS;

const keyOf = ({ spanMs, startsAt }: Pick<ActivityBucket, 'spanMs' | 'startsAt'>): string =>
  `${spanMs}:${startsAt}`;

/** The same as part of the bucket of every length. */
const spansOf = (minute: ActivityBucket): ActivityBucket[] =>
  SPANS_MS.map((spanMs) => {
    const part = new ActivityBucket(startOf(minute.startsAt, spanMs), spanMs);
    part.merge(minute);
    return part;
  });

/** Takes over what is not there yet as a copy. */
function mergeInto(merged: Map<string, ActivityBucket>, bucket: ActivityBucket): void {
  const key = keyOf(bucket);
  let known = merged.get(key);
  if (known === undefined) {
    known = new ActivityBucket(bucket.startsAt, bucket.spanMs);
    merged.set(key, known);
  }
  known.merge(bucket);
}
