// A database that holds what ten million rows of 180 days add up to, of two versions and two writers, and none of the rows.
import Database from 'better-sqlite3';
import { ActivityBucket } from '../../../src/metrics/activity.ts';
import {
  rollupCells,
  SQLITE_ROLLUP_UPSERT,
} from '../../../src/prediction/rollups/rollup-columns.ts';
import { Rollup, type RollupRow } from '../../../src/prediction/rollups/rollup.ts';
import {
  DAY_MS,
  FIVE_MINUTES_MS,
  HOUR_MS,
  MINUTE_MS,
  MINUTES_KEPT_MS,
  startOf,
} from '../../../src/prediction/rollups/spans.ts';
import { Random } from '../../../src/statistics/random.ts';

export const ROWS = 10_000_000;
const DAYS = 180;
export const VERSIONS = ['1', '2'] as const;
const STREAMS = ['first', 'other'] as const;
/** Of one writer and version. */
const ROWS_AN_HOUR = Math.ceil(ROWS / (DAYS * 24 * VERSIONS.length * STREAMS.length));
const SAMPLES_AN_HOUR = 60;

const INSERT_ACTIVITY =
  'INSERT INTO "activity_rollups" ("span_ms", "starts_at", "stream", "body") VALUES (?, ?, ?, ?)';

const random = Random.of(9);
const uniform = (): number => random.next() / 2 ** 32;

/** Stores everything up to `now`; returns how many rows it stands for. */
export function fillRolledUpLog(path: string, now: number): number {
  const database = new Database(path);
  database.pragma('synchronous = OFF');
  const insert = new RollupInserts(database);
  const fill = database.transaction(() => {
    for (const stream of STREAMS) {
      for (const version of VERSIONS) fillRollups(insert, { stream, version, now });
      fillActivity(insert, stream, now);
    }
  });
  fill();
  database.close();
  return insert.rows;
}

class RollupInserts {
  rows = 0;
  private readonly rollup: Database.Statement;
  private readonly activity: Database.Statement;

  constructor(database: Database.Database) {
    this.rollup = database.prepare(SQLITE_ROLLUP_UPSERT);
    this.activity = database.prepare(INSERT_ACTIVITY);
  }

  addRollup(of: Stream, spanMs: number, startsAt: number, rollup: Rollup): void {
    const { rows } = rollup;
    if (rows === 0) return;
    if (spanMs === DAY_MS) this.rows += rows;
    const body = JSON.stringify(rollup);
    const { stream, version: modelVersion } = of;
    const upsert = {
      spanMs,
      startsAt,
      modelName: 'foretell',
      modelVersion,
      stream,
      rows,
      folded: 1,
      body,
    };
    this.rollup.run(rollupCells(upsert));
  }

  addActivity(stream: string, bucket: ActivityBucket): void {
    this.activity.run(bucket.spanMs, bucket.startsAt, stream, JSON.stringify(bucket));
  }
}

interface Stream {
  readonly stream: string;
  readonly version: string;
  readonly now: number;
}

function fillRollups(insert: RollupInserts, of: Stream): void {
  const today = startOf(of.now, DAY_MS);
  for (let day = today - (DAYS - 1) * DAY_MS; day <= today; day += DAY_MS) {
    const ofDay = new Rollup();
    for (let hour = day; hour < Math.min(day + DAY_MS, of.now); hour += HOUR_MS) {
      const ofHour = rollUpHour(insert, of, hour);
      insert.addRollup(of, HOUR_MS, hour, ofHour);
      ofDay.merge(ofHour);
    }
    insert.addRollup(of, DAY_MS, day, ofDay);
  }
}

/** Row by row into minutes, which are stored while they are kept. */
function rollUpHour(insert: RollupInserts, of: Stream, hour: number): Rollup {
  const ofHour = new Rollup();
  let ofFive = new Rollup();
  for (let minute = hour; minute < Math.min(hour + HOUR_MS, of.now); minute += MINUTE_MS) {
    const ofMinute = new Rollup();
    const end = Math.floor(((minute - hour) / MINUTE_MS + 1) * (ROWS_AN_HOUR / 60));
    while (ofHour.rows + ofMinute.rows < end) ofMinute.add(rowOf(minute, of.version));
    ofHour.merge(ofMinute);
    ofFive.merge(ofMinute);
    if (minute < of.now - MINUTES_KEPT_MS) continue;
    insert.addRollup(of, MINUTE_MS, minute, ofMinute);
    const five = startOf(minute, FIVE_MINUTES_MS);
    insert.addRollup(of, FIVE_MINUTES_MS, five, ofFive);
    if (five !== startOf(minute + MINUTE_MS, FIVE_MINUTES_MS)) ofFive = new Rollup();
  }
  return ofHour;
}

const rowOf = (createdAt: number, modelVersion: string): RollupRow => {
  const probability = uniform() ** 2;
  return {
    createdAt,
    modelName: 'foretell',
    modelVersion,
    probability,
    label: probability >= 0.4 ? 'bad' : 'good',
    threshold: 0.4,
    warnings: '[]',
    durationMs: milliseconds(0.05),
    cpuPercent: 100 * uniform(),
    memoryBytes: 2e8 + 5e7 * uniform(),
  };
};

function fillActivity(insert: RollupInserts, stream: string, now: number): void {
  const today = startOf(now, DAY_MS);
  for (let day = today - (DAYS - 1) * DAY_MS; day <= today; day += DAY_MS) {
    const ofDay = new ActivityBucket(day, DAY_MS);
    for (let hour = day; hour < Math.min(day + DAY_MS, now); hour += HOUR_MS) {
      const ofHour = activityOf(hour, HOUR_MS);
      for (const spanMs of [MINUTE_MS, FIVE_MINUTES_MS])
        for (let at = hour; at < Math.min(hour + HOUR_MS, now); at += spanMs)
          if (at >= now - MINUTES_KEPT_MS) insert.addActivity(stream, activityOf(at, spanMs));
      insert.addActivity(stream, ofHour);
      ofDay.merge(ofHour);
    }
    insert.addActivity(stream, ofDay);
  }
}

function activityOf(startsAt: number, spanMs: number): ActivityBucket {
  const bucket = new ActivityBucket(startsAt, spanMs);
  const requests = Math.round((VERSIONS.length * ROWS_AN_HOUR * spanMs) / HOUR_MS);
  bucket.requests = requests;
  for (let i = 0; i < requests; i += 1) {
    bucket.http.add(milliseconds(0.5));
    for (const stage of ['validate', 'infer', 'log'] as const)
      bucket.stages[stage].add(milliseconds(0.02));
  }
  for (let i = 0; i < SAMPLES_AN_HOUR; i += 1) {
    bucket.cpuPercent.add(100 * uniform());
    bucket.memoryBytes.add(2e8 + 5e7 * uniform());
    bucket.eventLoopLagMs.add(milliseconds(0.1));
  }
  return bucket;
}

/** With a long tail, as latencies have. */
const milliseconds = (least: number): number => least * (uniform() + 1e-6) ** -0.7;
