// The activity of several processes on one database: over SQLite, or over PostgreSQL where TEST_DATABASE_URL names a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { Activity, type ActivityBucket } from '../../src/metrics/activity.ts';
import { ActivityLog } from '../../src/prediction/rollups/activity-log.ts';
import { ActivityRollup } from '../../src/prediction/rollups/activity-rollup.entity.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SPANS_MS } from '../../src/prediction/rollups/spans.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';

const START = Date.UTC(2026, 4, 17, 23, 58, 10);
const SECOND_MS = 1000;

/** One process: what it does, and its log. */
interface Process {
  readonly activity: Activity;
  readonly log: ActivityLog;
}

describe(`the activity log on ${ENGINE}`, () => {
  let folder: string;
  let database: DataSource;
  const processes: Process[] = [];

  const started = (): Process => {
    const activity = new Activity();
    const log = new ActivityLog(activity, database.getRepository(ActivityRollup));
    activity.onApplicationBootstrap();
    log.onApplicationBootstrap();
    processes.push({ activity, log });
    return { activity, log };
  };
  const answer = ({ activity }: Process, times: number): void => {
    for (let i = 0; i < times; i += 1) activity.requested(2, i % 4 === 3 ? 'overloaded' : null);
  };
  const window = () => ({ from: Date.now() - HOUR_MS, to: Date.now() });
  const requests = (buckets: readonly ActivityBucket[]): number =>
    buckets.reduce((sum, bucket) => sum + requestsOf(bucket), 0);
  const read = async ({ log }: Process): Promise<number[]> =>
    Promise.all(
      SPANS_MS.map(async (longestMs) =>
        requests(await log.read({ ...window(), from: START - 3 * DAY_MS, longestMs })),
      ),
    );

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'activity-'));
    const { DATABASE_URL: url = '' } = await databaseSettings(folder);
    const options = dataSourceOptions(
      ENGINE === 'postgres'
        ? { kind: 'postgres', url }
        : { kind: 'sqlite', path: join(folder, 'log.db') },
    );
    database = await openDatabase({ ...options, entities: [ActivityRollup] });
    // The clock and what waits for it; the database's sockets live on.
    jest.useFakeTimers({
      now: START,
      doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'],
    });
  });

  afterEach(async () => {
    for (const { activity, log } of processes.splice(0)) {
      activity.onModuleDestroy();
      await log.onApplicationShutdown();
    }
    jest.useRealTimers();
    jest.restoreAllMocks();
    await database.destroy();
    rmSync(folder, { recursive: true });
  });

  it('knows what its own process does at once, and what others do once they have stored it', async () => {
    const [one, other] = [started(), started()];
    expect(await one.log.firstAt()).toBe(START - 10 * SECOND_MS);
    answer(one, 5);
    answer(other, 7);
    expect(await read(one)).toEqual([5, 5, 5, 5]);
    await other.log.flush();
    expect(await read(one)).toEqual([12, 12, 12, 12]);
    expect(await read(other)).toEqual([7, 7, 7, 7]);
    await one.log.flush();
    for (const each of [one, other]) expect(await read(each)).toEqual([12, 12, 12, 12]);
  });

  it('counts nothing twice and loses nothing over minutes and midnight', async () => {
    const [one, other] = [started(), started()];
    let sum = 0;
    for (let second = 0; second < 200; second += 10) {
      answer(one, 3);
      answer(other, 2);
      sum += 5;
      jest.advanceTimersByTime(10 * SECOND_MS);
      if (second % 30 === 0) await one.log.flush();
      await other.log.flush();
      expect(await read(one)).toEqual([sum, sum, sum, sum]);
    }
    const minutes = await one.log.read({ ...window(), longestMs: MINUTE_MS });
    expect(minutes.map(requestsOf)).toEqual([25, 30, 30, 15]);
    expect(await other.log.firstAt()).toBe(START - 10 * SECOND_MS);
    const days = await one.log.read({ from: START - DAY_MS, to: START + 2 * DAY_MS });
    expect(days.map(({ spanMs }) => spanMs)).toContain(DAY_MS);
  });

  it('keeps what its process did after the end of it', async () => {
    const one = started();
    answer(one, 9);
    one.activity.onModuleDestroy();
    await one.log.onApplicationShutdown();
    const [bucket] = await started().log.read(window());
    expect(bucket).toMatchObject({ requests: 9, errors: { overloaded: 2, model_error: 0 } });
    expect(bucket?.http.mean).toBe(2);
  });

  it('stores with what comes what could not be stored, and reads it meanwhile', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const one = started();
    const reader = started();
    answer(one, 4);
    await database.query('ALTER TABLE "activity_rollups" RENAME TO "away"');
    await one.log.flush();
    jest.advanceTimersByTime(2 * MINUTE_MS);
    answer(one, 1);
    await one.log.flush();
    await database.query('ALTER TABLE "away" RENAME TO "activity_rollups"');
    expect(await read(one)).toEqual([5, 5, 5, 5]);
    await one.log.flush();
    expect(await read(reader)).toEqual([5, 5, 5, 5]);
  });

  it('writes once a minute while nothing is asked', async () => {
    const one = started();
    answer(one, 1);
    await one.log.flush();
    const bodies = async (): Promise<string> =>
      JSON.stringify(await database.query('SELECT body FROM "activity_rollups"'));
    const before = await bodies();
    jest.advanceTimersByTime(20 * SECOND_MS);
    await one.log.flush();
    expect(await bodies()).toBe(before);
    for (let minute = 0, last = before; minute < 3; minute += 1) {
      jest.advanceTimersByTime(MINUTE_MS);
      await one.log.flush();
      const now = await bodies();
      expect(now).not.toBe(last);
      last = now;
    }
  });
});

const requestsOf = (bucket: ActivityBucket): number => bucket.requests;
