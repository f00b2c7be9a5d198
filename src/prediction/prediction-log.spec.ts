import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { dataSourceOptions, openDatabase } from '../database/data-source.ts';
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
  explanation: null,
  block: null,
  ...changes,
});

const ascending = (a: string | null, b: string | null): number => ((a ?? '') < (b ?? '') ? -1 : 1);

describe('PredictionLog', () => {
  let dir: string;
  let database: DataSource;
  let log: PredictionLog;
  const put = (row: LoggedPrediction) => database.getRepository(LoggedPrediction).insert(row);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'prediction-log-'));
    const options = dataSourceOptions({ kind: 'sqlite', path: join(dir, 'log.db') });
    database = await openDatabase({ ...options, entities: [LoggedPrediction] });
    log = new PredictionLog(database.getRepository(LoggedPrediction));
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
    await put(row);
    expect(await log.get(row.id)).toEqual(row);
  });

  it('pages newest first without losing or repeating rows of one millisecond', async () => {
    const rows = Array.from({ length: 25 }, (_, i) => rowAt(1000 + Math.floor(i / 10)));
    for (const row of rows) await put(row);
    const seen: LoggedPrediction[] = [];
    let cursor: string | undefined;
    do {
      const page = await log.list({}, 4, cursor);
      seen.push(...page.items);
      cursor = page.nextCursor ?? undefined;
      // A row that arrives meanwhile shifts nothing.
      await put(rowAt(5000));
    } while (cursor !== undefined);
    expect(seen.map(({ id }) => id).sort(ascending)).toEqual(
      rows.map(({ id }) => id).sort(ascending),
    );
    expect(seen.map(({ createdAt }) => createdAt)).toEqual(
      rows.map(({ createdAt }) => createdAt).reverse(),
    );
  });

  it('says that a page which holds the last row is the last', async () => {
    await put(rowAt(1));
    await put(rowAt(2));
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
    await put(rowAt(1000, { key: 'a', userId: 'user-2' }));
    await put(rowAt(2000, { key: 'b', label: 'malignant' }));
    await put(rowAt(3000, { key: 'c', modelVersion: '2' }));
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
});
