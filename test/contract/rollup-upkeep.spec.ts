// How long roll-ups are kept, and how rows from before them come in: over SQLite, or over PostgreSQL where TEST_DATABASE_URL names a server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, Repository } from 'typeorm';
import { NoSiblings } from '../../src/common/siblings.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { PredictionLog } from '../../src/prediction/prediction-log.ts';
import { ActivityRollup } from '../../src/prediction/rollups/activity-rollup.entity.ts';
import { EarlierRows } from '../../src/prediction/rollups/earlier-rows.ts';
import { PredictionRollup } from '../../src/prediction/rollups/prediction-rollup.entity.ts';
import { RollupLog } from '../../src/prediction/rollups/rollup-log.ts';
import { RollupUpkeep } from '../../src/prediction/rollups/rollup-upkeep.ts';
import { Rollup } from '../../src/prediction/rollups/rollup.ts';
import {
  DAY_MS,
  FIVE_MINUTES_MS,
  HOUR_MS,
  MINUTE_MS,
  startOf,
} from '../../src/prediction/rollups/spans.ts';
import { rollupRows } from '../support/rollup-rows.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';

const MIDNIGHT = startOf(Date.now(), DAY_MS);
const NOW = MIDNIGHT + 13.7 * HOUR_MS + 7000;

describe(`the upkeep of roll-ups on ${ENGINE}`, () => {
  let folder: string;
  let database: DataSource;
  let rows: Repository<LoggedPrediction>;
  let rollups: Repository<PredictionRollup>;
  let activity: Repository<ActivityRollup>;
  let earlier: EarlierRows;
  let upkeep: RollupUpkeep;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rollup-upkeep-'));
    const { DATABASE_URL: url = '' } = await databaseSettings(folder);
    const options = dataSourceOptions(
      ENGINE === 'postgres'
        ? { kind: 'postgres', url }
        : { kind: 'sqlite', path: join(folder, 'log.db') },
    );
    const entities = [LoggedPrediction, PredictionRollup, ActivityRollup];
    database = await openDatabase({ ...options, entities });
    rows = database.getRepository(LoggedPrediction);
    rollups = database.getRepository(PredictionRollup);
    activity = database.getRepository(ActivityRollup);
    earlier = new EarlierRows(rows, rollups);
    const log = new PredictionLog(rows);
    upkeep = new RollupUpkeep(new NoSiblings(), log, earlier, rollups, activity);
  });

  afterEach(async () => {
    await database.destroy();
    rmSync(folder, { recursive: true });
  });

  const store = async (stored: readonly LoggedPrediction[]): Promise<void> => {
    for (let at = 0; at < stored.length; at += 500)
      await rows.insert([...stored.slice(at, at + 500)]);
  };

  /** Empty buckets of one length, from the instant on. */
  const bucketsOf = async (spanMs: number, from: number, count: number): Promise<void> => {
    const body = JSON.stringify(new Rollup());
    const all = Array.from({ length: count }, (_, i) => ({
      spanMs,
      startsAt: from + i * spanMs,
      stream: 'a',
      body,
    }));
    for (let at = 0; at < count; at += 1000) {
      const some = all.slice(at, at + 1000);
      await activity.insert(some);
      const model = { modelName: 'm', modelVersion: '1', rows: 0, folded: 1 };
      await rollups.insert(some.map((bucket) => ({ ...bucket, ...model })));
    }
  };
  const oldest = (spanMs: number): Promise<(number | null)[]> =>
    Promise.all([
      rollups.minimum('startsAt', { spanMs }),
      activity.minimum('startsAt', { spanMs }),
    ]);

  it('keeps minutes for two days', async () => {
    await store(rollupRows(1, { from: NOW - 20 * DAY_MS, withinMs: 1 }));
    await bucketsOf(MINUTE_MS, MIDNIGHT - 3 * DAY_MS, 3000);
    await bucketsOf(FIVE_MINUTES_MS, MIDNIGHT - 3 * DAY_MS, 600);
    await upkeep.run(NOW);
    const first = MIDNIGHT - 2 * DAY_MS + 13.7 * HOUR_MS;
    expect(await oldest(MINUTE_MS)).toEqual([first, first]);
    expect(await oldest(FIVE_MINUTES_MS)).toEqual(
      [first, first].map((at) => at - (at % FIVE_MINUTES_MS)),
    );
  });

  it('keeps a minute that no longer bucket holds as long as the log has its rows', async () => {
    const first = NOW - 20 * DAY_MS;
    await store(rollupRows(2, { from: first, withinMs: 1 }).map(chained));
    const rollup = new Rollup();
    for (const row of rollupRows(2, { from: first, withinMs: 1 })) rollup.add(row);
    const bucket = { spanMs: MINUTE_MS, modelName: 'm', modelVersion: '1', stream: 'a' };
    for (const startsAt of [first - MINUTE_MS, first].map((at) => startOf(at, MINUTE_MS)))
      await rollups.insert({
        ...bucket,
        startsAt,
        rows: 2,
        folded: 0,
        body: JSON.stringify(rollup),
      });
    await upkeep.run(NOW);
    const left = await new RollupLog(rollups).read({ from: 0, to: NOW });
    expect(left.map(({ startsAt, rollup: { rows: n } }) => [startsAt, n])).toEqual([
      [startOf(first, DAY_MS), 2],
    ]);
  });

  it('keeps hours and days as long as a row of theirs is in the log', async () => {
    await bucketsOf(HOUR_MS, MIDNIGHT - 20 * DAY_MS, 480);
    await bucketsOf(DAY_MS, MIDNIGHT - 100 * DAY_MS, 101);
    const first = NOW - 10 * DAY_MS;
    await store(rollupRows(2, { from: first, withinMs: DAY_MS }).map(chained));
    await upkeep.run(NOW);
    expect(await oldest(HOUR_MS)).toEqual([first, first].map((at) => at - (at % HOUR_MS)));
    expect(await oldest(DAY_MS)).toEqual([first, first].map((at) => at - (at % DAY_MS)));
  });

  it('keeps those that still run, and activity for eight days, where the log has no row', async () => {
    await bucketsOf(DAY_MS, MIDNIGHT - 100 * DAY_MS, 101);
    await upkeep.run(NOW);
    expect(await oldest(DAY_MS)).toEqual([MIDNIGHT, MIDNIGHT - 8 * DAY_MS]);
  });

  it('adds up rows from before there were roll-ups, once, and no row that its writer added up', async () => {
    const from = MIDNIGHT - 3.2 * DAY_MS;
    const old = rollupRows(1700, { from, withinMs: 2 * DAY_MS });
    const ofWriters = rollupRows(300, { from: from + 2 * DAY_MS, withinMs: DAY_MS, seed: 2 });
    await store([...old, ...ofWriters.map(chained)]);
    const never = (): boolean => false;
    expect(await earlier.addUp(never)).toBe(1700);
    const sums = async (longestMs: number): Promise<Rollup> => {
      const all = new Rollup();
      const filter = { from: from - DAY_MS, to: NOW, longestMs };
      for (const { rollup } of await new RollupLog(rollups).read(filter)) all.merge(rollup);
      return all;
    };
    const expected = new Rollup();
    for (const row of old) expected.add(row);
    for (const longestMs of [DAY_MS, HOUR_MS])
      expect(figuresOf(await sums(longestMs))).toEqual(figuresOf(expected));
    expect(await earlier.addUp(never)).toBe(0);
    expect((await sums(DAY_MS)).rows).toBe(1700);
  });

  it('adds a day up again that it could not end', async () => {
    await store(rollupRows(1200, { from: MIDNIGHT - DAY_MS, withinMs: HOUR_MS }));
    let pages = 0;
    expect(await earlier.addUp(() => (pages += 1) > 1)).toBe(0);
    expect(await rollups.count()).toBe(0);
    expect(await earlier.addUp(() => false)).toBe(1200);
  });
});

const figuresOf = ({ rows, positives, labels, scoreCounts, durationMs }: Rollup) => ({
  rows,
  positives,
  labels,
  scoreCounts,
  durationMs: [durationMs.sum, durationMs.quantile(0.95)],
});

const chained = (row: LoggedPrediction): LoggedPrediction =>
  Object.assign(row, { block: 'aaaaaaaaaaaa:1' });
