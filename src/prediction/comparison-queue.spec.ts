import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { ComparisonInstruments } from '../metrics/instruments.ts';
import { ChallengerLog } from './challenger-log.ts';
import { ChallengerPrediction } from './challenger-prediction.entity.ts';
import { ComparisonQueue } from './comparison-queue.ts';
import { untilTrue } from '../../test/support/until.ts';

const CHALLENGER = { model: 'm', version: '2' };
const CAPACITY = 1000;
const FILTER = { modelName: 'm', championVersion: '1', version: '2', from: 0 };

const row = (changes: Partial<ChallengerPrediction> = {}): ChallengerPrediction => ({
  predictionId: randomUUID(),
  createdAt: 1000,
  mode: 'shadow',
  modelName: 'm',
  championVersion: '1',
  championProbability: 0.25,
  championLabel: 'no',
  championDurationMs: 0.5,
  version: '2',
  probability: 0.75,
  label: 'yes',
  durationMs: 0.125,
  error: null,
  ...changes,
});
const failed = (changes: Partial<ChallengerPrediction> = {}): ChallengerPrediction =>
  row({ probability: null, label: null, error: 'model_error', ...changes });

describe('ComparisonQueue', () => {
  let dir: string;
  let database: DataSource;
  let log: ChallengerLog;
  let drops: Counter<'model' | 'version' | 'reason'>;
  let queue: ComparisonQueue;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'comparison-queue-'));
    const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'log.db') });
    database = await openDatabase({ ...options, entities: [ChallengerPrediction] });
    log = new ChallengerLog(database.getRepository(ChallengerPrediction));
    const labelNames = ['model', 'version', 'reason'] as const;
    drops = new Counter({ name: 'drops', help: 'test', labelNames, registers: [] });
    queue = new ComparisonQueue(log, new ComparisonInstruments(drops));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    if (database.isInitialized) await database.destroy();
    rmSync(dir, { recursive: true });
  });

  const dropped = async (): Promise<unknown> =>
    (await drops.get()).values.map(({ labels, value }) => [labels.reason, value]);

  it('holds a bounded number of rows, and drops and counts what comes beyond them', async () => {
    const started: number[] = [];
    for (let i = 0; i < CAPACITY + 7; i += 1)
      queue.add(CHALLENGER, () => {
        started.push(i);
        return Promise.resolve(row());
      });
    expect(started).toEqual([]);
    expect(await dropped()).toEqual([['queue_full', 7]]);
    await queue.beforeApplicationShutdown();
    expect(started).toEqual(Array.from({ length: CAPACITY }, (_, i) => i));
    expect(await log.pairs(FILTER, 10_000)).toHaveLength(CAPACITY);
  });

  it('takes new rows once it has caught up', async () => {
    const stored = (): Promise<number> => database.getRepository(ChallengerPrediction).count();
    for (let wave = 1; wave <= 2; wave += 1) {
      queue.add(CHALLENGER, () => Promise.resolve(row()));
      await untilTrue(async () => (await stored()) >= wave, 20_000, 5);
      expect(await stored()).toBe(wave);
    }
  });

  it('finishes what waits when the server stops, and takes nothing after', async () => {
    const slow = (): Promise<ChallengerPrediction> =>
      new Promise((resolve) => setTimeout(resolve, 20, row()));
    for (let i = 0; i < 3; i += 1) queue.add(CHALLENGER, slow);
    await queue.beforeApplicationShutdown();
    queue.add(CHALLENGER, slow);
    expect(await log.pairs(FILTER, 10)).toHaveLength(3);
    expect(await dropped()).toEqual([['queue_full', 1]]);
  });

  it('stores nothing where there is nothing to compare any more', async () => {
    queue.add(CHALLENGER, () => Promise.resolve(null));
    await queue.beforeApplicationShutdown();
    expect(await log.pairs(FILTER, 10)).toEqual([]);
    expect(await dropped()).toEqual([]);
  });

  it('counts what cannot be stored, and says so once', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    await database.destroy();
    for (let i = 0; i < 40; i += 1) queue.add(CHALLENGER, () => Promise.resolve(row()));
    await queue.beforeApplicationShutdown();
    expect(await dropped()).toEqual([['not_stored', 40]]);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  describe('and the log that it fills', () => {
    it('gives pairs back to the last digit, and failures as a number', async () => {
      await log.store([row({ probability: 0.1 + 0.2 }), failed()]);
      expect(await log.pairs(FILTER, 10)).toEqual([
        {
          championProbability: 0.25,
          championLabel: 'no',
          championDurationMs: 0.5,
          probability: 0.1 + 0.2,
          label: 'yes',
          durationMs: 0.125,
        },
      ]);
      expect(await log.failures(FILTER, 'shadow')).toBe(1);
    });

    it('reads the newest rows of one champion, one challenger and one mode', async () => {
      await log.store([
        row({ createdAt: 3000, probability: 0.3 }),
        row({ createdAt: 1000, probability: 0.1 }),
        row({ createdAt: 2000, probability: 0.2 }),
        row({ version: '3' }),
        row({ championVersion: '0' }),
        row({ modelName: 'other' }),
        failed({ mode: 'canary' }),
      ]);
      const scores = async (from: number, limit: number): Promise<number[]> =>
        (await log.pairs({ ...FILTER, from }, limit)).map(({ probability }) => probability);
      expect(await scores(0, 10)).toEqual([0.3, 0.2, 0.1]);
      expect(await scores(0, 2)).toEqual([0.3, 0.2]);
      expect(await scores(2000, 10)).toEqual([0.3, 0.2]);
      expect(await log.failures(FILTER, 'shadow')).toBe(0);
      expect(await log.failures(FILTER, 'canary')).toBe(1);
    });
  });
});
