// The roll-ups that one writer of the log keeps: in memory the buckets that rows still fall into, in the database the same, stored in the
// transaction of their rows. Nobody else writes them, so no lock is needed and no row is counted twice. With its rows only the minute is stored;
// once it has ended it is folded: added to the longer buckets, and marked as being in them.
import type { RollupUpsert } from './rollup-columns.ts';
import { Rollup, type RollupRow } from './rollup.ts';
import { LONGER_SPANS_MS, MINUTE_MS, startOf } from './spans.ts';

/** Buckets of each length and version that are kept: rows come in the order of time, but for some that waited. */
const OPEN_BUCKETS = 3;
/** How long after its end a minute is folded: for rows that waited. */
const GRACE_MS = MINUTE_MS;

interface Bucket {
  readonly spanMs: number;
  readonly startsAt: number;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly stream: string;
  readonly rollup: Rollup;
}

type BucketKey = Omit<Bucket, 'stream' | 'rollup'>;

export class RollupBook {
  /** Of one length and version, the newest last. Minutes leave when they are folded. */
  readonly #open = new Map<string, readonly Bucket[]>();
  /** By length and version, the start of the newest bucket that there ever was. */
  readonly #newest = new Map<string, number>();
  #touched = new Set<Bucket>();
  /** Number of the part of a bucket that was opened last. */
  #parts = 1;

  /** `stream`: an id that no other writer has, now or before. */
  constructor(private readonly stream: string) {}

  /** What to store with these rows, in their transaction. Tell what became of it before the next. */
  add(rows: readonly RollupRow[]): readonly RollupUpsert[] {
    this.#touched = new Set();
    let minute: Bucket | undefined;
    let newest = -Infinity;
    for (const row of rows) {
      const startsAt = startOf(row.createdAt, MINUTE_MS);
      if (minute === undefined || !isOf(minute, row, startsAt)) {
        const { modelName, modelVersion } = row;
        minute = this.#bucketOf({ spanMs: MINUTE_MS, startsAt, modelName, modelVersion });
        this.#touched.add(minute);
        newest = Math.max(newest, startsAt);
      }
      minute.rollup.add(row);
    }
    const folded = this.#fold(newest - GRACE_MS);
    return Array.from(this.#touched, (bucket) =>
      toUpsert(bucket, bucket.spanMs > MINUTE_MS || folded.has(bucket)),
    );
  }

  /** The last transaction was stored. */
  kept(): void {
    this.#touched = new Set();
  }

  /**
   * It was not, or nobody knows: its buckets stay in the database as they are there, with its rows or without them, folded or not, and further
   * rows open other parts of them.
   */
  dropped(): void {
    for (const bucket of this.#touched) this.#close(bucket);
    this.#touched = new Set();
  }

  /** Adds the minutes that began before the instant to the longer buckets. */
  #fold(before: number): ReadonlySet<Bucket> {
    const ended = Array.from(this.#open.values())
      .flat()
      .filter(({ spanMs, startsAt }) => spanMs === MINUTE_MS && startsAt < before);
    for (const minute of ended) {
      this.#close(minute);
      this.#touched.add(minute);
      for (const spanMs of LONGER_SPANS_MS) {
        const startsAt = startOf(minute.startsAt, spanMs);
        const longer = this.#bucketOf({ ...keyOf(minute), spanMs, startsAt });
        longer.rollup.merge(minute.rollup);
        this.#touched.add(longer);
      }
    }
    return new Set(ended);
  }

  #bucketOf(key: BucketKey): Bucket {
    const series = seriesOf(key);
    const open = this.#open.get(series) ?? [];
    const known = open.find(({ startsAt }) => startsAt === key.startsAt);
    if (known !== undefined) return known;
    const newest = this.#newest.get(series) ?? -Infinity;
    const bucket = {
      ...key,
      stream: this.#streamFrom(key.startsAt > newest),
      rollup: new Rollup(),
    };
    this.#newest.set(series, Math.max(newest, key.startsAt));
    const all = [...open, bucket];
    // Minutes leave by being folded.
    this.#open.set(series, key.spanMs === MINUTE_MS ? all : all.slice(-OPEN_BUCKETS));
    return bucket;
  }

  /** One that is not newer than all before it may be stored already. */
  #streamFrom(isNew: boolean): string {
    if (isNew) return this.stream;
    this.#parts += 1;
    return `${this.stream}.${this.#parts}`;
  }

  #close(bucket: Bucket): void {
    const series = seriesOf(bucket);
    const open = this.#open.get(series) ?? [];
    this.#open.set(
      series,
      open.filter((each) => each !== bucket),
    );
  }
}

const seriesOf = ({ spanMs, modelName, modelVersion }: BucketKey): string =>
  `${spanMs} ${modelVersion} ${modelName}`;

const keyOf = ({ modelName, modelVersion }: Bucket) => ({ modelName, modelVersion });

const isOf = (minute: Bucket, row: RollupRow, startsAt: number): boolean =>
  minute.startsAt === startsAt &&
  minute.modelVersion === row.modelVersion &&
  minute.modelName === row.modelName;

/** Member by member: to take the roll-up out of a bucket and to spread the rest takes 1.8 us more. */
const toUpsert = (bucket: Bucket, isFolded: boolean): RollupUpsert => ({
  spanMs: bucket.spanMs,
  startsAt: bucket.startsAt,
  modelName: bucket.modelName,
  modelVersion: bucket.modelVersion,
  stream: bucket.stream,
  rows: bucket.rollup.rows,
  folded: Number(isFolded),
  body: JSON.stringify(bucket.rollup),
});
