// Retention over both engines: what is too old goes, and of the rest the oldest where the log takes more room than it may.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter, Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { NoSiblings } from '../../src/common/siblings.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { PredictionLogInstruments } from '../../src/metrics/instruments.ts';
import { ChallengerPrediction } from '../../src/prediction/challenger-prediction.entity.ts';
import { logSizeOf } from '../../src/prediction/log/log-size.ts';
import { Retention } from '../../src/prediction/log/retention.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';
import { logRow } from './prediction-writer.contract.ts';

const MIB = 1_048_576;
const NOW = 1_764_000_000_000;
const DAY_MS = 86_400_000;
/** A row of some 1.3 kB. */
const INPUTS = JSON.stringify({ note: Array.from({ length: 30 }, () => randomUUID()).join() });

let folder: string;
let database: DataSource;
const predictions = () => database.getRepository(LoggedPrediction);
const comparisons = () => database.getRepository(ChallengerPrediction);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  const config = parseConfig({ VAR_DIR: folder, ...(await databaseSettings(folder)) });
  const options = dataSourceOptions(config.database);
  database = await openDatabase({ ...options, entities: [LoggedPrediction, ChallengerPrediction] });
});
afterEach(async () => {
  await database.destroy();
  rmSync(folder, { recursive: true });
});

/** What a retention with these settings leaves behind a gauge. */
function retention(settings: Record<string, string>): { retention: Retention; size: Gauge } {
  const metric = (name: string) => ({ name, help: 'test', registers: [] });
  const size = new Gauge(metric('size'));
  const instruments = new PredictionLogInstruments(
    new Counter(metric('writes')),
    new Counter(metric('failures')),
    new Counter(metric('drops')),
    new Gauge(metric('last')),
    new Gauge(metric('pending')),
    size,
  );
  const config = parseConfig(settings);
  return {
    retention: new Retention(config, predictions(), comparisons(), instruments, new NoSiblings()),
    size,
  };
}

/** Rows one second apart, the last of them now; every one with what a challenger said about it. */
async function fill(count: number): Promise<LoggedPrediction[]> {
  const rows = Array.from({ length: count }, (_, i) =>
    logRow({ id: randomUUID(), createdAt: NOW - (count - 1 - i) * 1000, inputs: INPUTS }),
  );
  for (let at = 0; at < count; at += 100) {
    const some = rows.slice(at, at + 100);
    await predictions().insert(some);
    await comparisons().insert(some.map(comparisonOf));
  }
  return rows;
}

const comparisonOf = ({ id, createdAt }: LoggedPrediction): ChallengerPrediction => ({
  predictionId: id,
  createdAt,
  mode: 'shadow',
  modelName: 'foretell',
  championVersion: '1',
  championProbability: 0.5,
  championLabel: 'good',
  championDurationMs: 1,
  version: '2',
  probability: 0.5,
  label: 'good',
  durationMs: 1,
  error: null,
});

const bytesNow = async (): Promise<number> => (await logSizeOf(database)).bytes;
const valueOf = async (gauge: Gauge): Promise<number> => (await gauge.get()).values[0]?.value ?? 0;

describe(`retention on ${ENGINE}`, () => {
  it('deletes the oldest rows, and only as many as it takes to stay within RETENTION_MB', async () => {
    const rows = await fill(3000);
    expect(await bytesNow()).toBeGreaterThan(3 * MIB);
    const { retention: bounded, size } = retention({ RETENTION_DAYS: '0', RETENTION_MB: '3' });
    const deleted = await bounded.run(NOW);

    const left = await predictions().find({ select: { id: true } });
    expect(left).toHaveLength(3000 - deleted);
    expect(new Set(left.map(({ id }) => id))).toEqual(
      new Set(rows.slice(deleted).map(({ id }) => id)),
    );
    // A step is 200 rows, some 0.4 MiB.
    const bytes = await bytesNow();
    expect(bytes).toBeLessThanOrEqual(3 * MIB);
    expect(bytes).toBeGreaterThan(2.5 * MIB);
    expect(await valueOf(size)).toBe(bytes);
    const compared = await comparisons().find({ select: { predictionId: true } });
    expect(new Set(compared.map((row) => row.predictionId))).toEqual(
      new Set(left.map(({ id }) => id)),
    );
  });

  it('counts room that deleted rows left free as free', async () => {
    await fill(2000);
    const full = await bytesNow();
    await predictions().createQueryBuilder().delete().execute();
    await comparisons().createQueryBuilder().delete().execute();
    expect(await bytesNow()).toBeLessThan(full / 10);
    const rows = await fill(200);
    await retention({ RETENTION_DAYS: '0', RETENTION_MB: '1' }).retention.run(NOW);
    expect(await predictions().count()).toBe(rows.length);
  });

  it('bounds comparisons whose predictions are not in the log', async () => {
    await fill(5000);
    await predictions().createQueryBuilder().delete().execute();
    await retention({ RETENTION_DAYS: '0', RETENTION_MB: '1' }).retention.run(NOW);
    expect(await bytesNow()).toBeLessThanOrEqual(MIB);
    expect(await comparisons().count()).toBeGreaterThan(500);
  });

  it('deletes by age alone where no size is set, and tells the size all the same', async () => {
    await fill(500);
    const { retention: aged, size } = retention({ RETENTION_DAYS: '1' });
    expect(await aged.run(NOW + DAY_MS - 99_500)).toBe(400);
    expect(await predictions().count()).toBe(100);
    expect(await comparisons().count()).toBe(100);
    expect(await valueOf(size)).toBe(await bytesNow());
  });

  it('keeps everything where neither is set', async () => {
    await fill(300);
    const { retention: off } = retention({ RETENTION_DAYS: '0' });
    expect(await off.run(NOW + 10_000 * DAY_MS)).toBe(0);
    expect(await predictions().count()).toBe(300);
  });
});
