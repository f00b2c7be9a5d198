// Rows of a log in any order, added up in buckets of time as small as a window needs, so that memory does not grow with the rows.
import { Rollup, type RollupRow } from '../../prediction/rollups/rollup.ts';
import type { TimedRollup } from '../../prediction/rollups/rollup-log.ts';
import {
  alignBounds,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  startOf,
  type Bounds,
} from '../../prediction/rollups/spans.ts';
import { windowUntil, type WindowName } from '../window.ts';
import { SummarySums } from './summary-sums.ts';
import { stepOf } from './time-steps.ts';

/** Buckets above which those of a window without bounds get longer. */
const MOST_BUCKETS = 2000;

export class RowBuckets {
  #spanMs: number = MINUTE_MS;
  #buckets = new Map<string, TimedRollup>();
  /** Rows come in runs. */
  #last: TimedRollup | null = null;
  #newest = -Infinity;
  /** In no bucket before this is anything of the window. */
  #from = -Infinity;

  /** `until`: epoch milliseconds where the window ends; null: with the newest row. */
  constructor(
    readonly window: WindowName,
    readonly until: number | null,
  ) {}

  /** Where the window begins, epoch milliseconds; null where only the newest row will tell, or nothing bounds it. */
  get from(): number | null {
    return this.until === null || this.window === 'all' ? null : this.#bounds().from;
  }

  add(row: RollupRow): void {
    const { createdAt, modelName, modelVersion } = row;
    if (createdAt > this.#newest) this.#advance(createdAt);
    const startsAt = startOf(createdAt, this.#spanMs);
    if (startsAt < this.#from || createdAt >= (this.until ?? Infinity)) return;
    if (this.#last === null || !isOf(this.#last, startsAt, row))
      this.#last = this.#bucketOf({ startsAt, modelName, modelVersion });
    this.#last.rollup.add(row);
    if (this.window === 'all' && this.#buckets.size > MOST_BUCKETS) this.#lengthen();
  }

  /** null where no row lies in the window. */
  sums(): SummarySums | null {
    const buckets = this.#inWindow();
    if (buckets.length === 0) return null;
    const first = Math.min(...buckets.map(({ startsAt }) => startsAt));
    const { from, to } = this.#bounds();
    const window = { from: this.window === 'all' ? first : from, to };
    const sums = new SummarySums(window, Math.max(stepOf(window), this.#spanMs));
    for (const bucket of buckets) sums.add(bucket);
    return sums;
  }

  #advance(newest: number): void {
    const minute = startOf(newest, MINUTE_MS);
    const hasMoved = minute !== startOf(this.#newest, MINUTE_MS);
    this.#newest = newest;
    if (!hasMoved || this.window === 'all') return;
    this.#from = this.#bounds().from;
    for (const [key, { startsAt }] of this.#buckets)
      if (startsAt < this.#from) this.#buckets.delete(key);
  }

  #bounds(): Bounds {
    const to = this.until ?? this.#newest + 1;
    return { from: alignBounds(windowUntil(to, this.window)).from, to };
  }

  #inWindow(): readonly TimedRollup[] {
    const { from } = this.#bounds();
    return [...this.#buckets.values()].filter(({ startsAt }) => startsAt >= from);
  }

  #bucketOf(of: Omit<TimedRollup, 'spanMs' | 'rollup'>): TimedRollup {
    const key = JSON.stringify([of.startsAt, of.modelName, of.modelVersion]);
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { ...of, spanMs: this.#spanMs, rollup: new Rollup() };
      this.#buckets.set(key, bucket);
    }
    return bucket;
  }

  /** Days are the longest: of a century with ten versions there are as many as memory holds with ease. */
  #lengthen(): void {
    if (this.#spanMs === DAY_MS) return;
    const short = this.#buckets;
    this.#spanMs = this.#spanMs === MINUTE_MS ? HOUR_MS : DAY_MS;
    this.#buckets = new Map();
    this.#last = null;
    for (const { startsAt, modelName, modelVersion, rollup } of short.values()) {
      const start = startOf(startsAt, this.#spanMs);
      this.#bucketOf({ startsAt: start, modelName, modelVersion }).rollup.merge(rollup);
    }
  }
}

const isOf = (bucket: TimedRollup, startsAt: number, row: RollupRow): boolean =>
  bucket.startsAt === startsAt &&
  bucket.modelVersion === row.modelVersion &&
  bucket.modelName === row.modelName;
