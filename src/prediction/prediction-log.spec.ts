import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counter, Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { AppError } from '../common/errors.ts';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
import { PredictionLogInstruments } from '../metrics/instruments.ts';
import { LoggedPrediction } from './logged-prediction.entity.ts';
import { PredictionLog } from './prediction-log.ts';

const rowAt = (createdAt: number, changes: Partial<LoggedPrediction> = {}): LoggedPrediction => ({
  id: randomUUID(),
  createdAt,
  userId: 'user-1',
  credential: 'token:session-1',
  key: null,
  modelName: 'm',
  modelVersion: '1',
  inputs: '{"a":1.5}',
  probability: 0.1 + 0.2,
  label: 'benign',
  threshold: 0.5,
  warnings: '[]',
  durationMs: 0.75,
  cpuPercent: 12.5,
  memoryBytes: 3_000_000_000,
  ...changes,
});

const ascending = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : 1);

describe('PredictionLog', () => {
  let dir: string;
  let database: DataSource;
  let log: PredictionLog;
  let writes: Counter;
  let failures: Counter;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'prediction-log-'));
    const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'log.db') });
    database = await openDatabase({ ...options, entities: [LoggedPrediction] });
    const metric = { help: 'test', registers: [] };
    writes = new Counter({ name: 'writes', ...metric });
    failures = new Counter({ name: 'failures', ...metric });
    const instruments = new PredictionLogInstruments(
      writes,
      failures,
      new Gauge({ name: 'last', ...metric }),
    );
    log = new PredictionLog(database.getRepository(LoggedPrediction), instruments);
  });

  afterEach(async () => {
    if (database.isInitialized) await database.destroy();
    rmSync(dir, { recursive: true });
  });

  it('gives back what was stored, to the last digit', async () => {
    const row = rowAt(1_764_000_000_123, {
      key: 'row-7',
      warnings: '[{"feature":"a","code":"x"}]',
    });
    await log.store(row);
    expect(await log.get(row.id)).toEqual(row);
    expect((await writes.get()).values[0]?.value).toBe(1);
  });

  it('pages newest first without losing or repeating rows of one millisecond', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => rowAt(1000 + Math.floor(i / 10)));
    for (const row of rows) await log.store(row);
    const seen: LoggedPrediction[] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list({}, 4, cursor);
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
      // A row that arrives meanwhile shifts nothing.
      await log.store(rowAt(5000));
    } while (cursor !== undefined);
    expect(seen.map(({ id }) => id).sort(ascending)).toEqual(
      rows.map(({ id }) => id).sort(ascending),
    );
    expect(seen.map(({ createdAt }) => createdAt)).toEqual(
      rows.map(({ createdAt }) => createdAt).reverse(),
    );
  });

  it('stores more rows than one statement takes, and counts each', async () => {
    const rows = Array.from({ length: 1100 }, (_, i) => rowAt(i));
    await log.storeAll(rows);
    expect((await writes.get()).values[0]?.value).toBe(1100);
    expect((await log.list({}, 2000)).items).toEqual(rows.toReversed());
  });

  it('stores nothing of a statement with a row that cannot be stored', async () => {
    const [first, second] = [rowAt(1), rowAt(2)];
    await log.store(first);
    await expect(log.storeAll([second, first])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await log.list({}, 10)).items).toEqual([first]);
    expect((await failures.get()).values[0]?.value).toBe(2);
  });

  it('says that a page which holds the last row is the last', async () => {
    await log.store(rowAt(1));
    await log.store(rowAt(2));
    expect((await log.list({}, 2)).nextCursor).toBeNull();
  });

  it.each([
    [{ from: 2000 }, ['b', 'c']],
    [{ to: 2000 }, ['a']],
    [{ version: '2' }, ['c']],
    [{ label: 'malignant' }, ['b']],
    [{ userId: 'user-2' }, ['a']],
    [{ from: 1500, to: 2500, version: '1' }, ['b']],
  ])('filters by %p', async (filter, expected) => {
    await log.store(rowAt(1000, { key: 'a', userId: 'user-2' }));
    await log.store(rowAt(2000, { key: 'b', label: 'malignant' }));
    await log.store(rowAt(3000, { key: 'c', modelVersion: '2' }));
    const { items } = await log.list(filter, 10);
    expect(items.map(({ key }) => key).sort(ascending)).toEqual(expected);
  });

  it.each(['nonsense', Buffer.from('1.2').toString('base64url')])(
    'refuses the cursor %p',
    async (cursor) => {
      await expect(log.list({}, 10, cursor)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    },
  );

  it('answers NOT_FOUND for an id that is not there', async () => {
    await expect(log.get(randomUUID())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses with UNAVAILABLE and a time to retry where the row cannot be stored', async () => {
    await database.destroy();
    const refusal = await log.store(rowAt(1)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AppError);
    expect(refusal).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 });
    expect((await failures.get()).values[0]?.value).toBe(1);
  });
});
