// The writers of the prediction log: over SQLite, by the process itself or by its primary, and over PostgreSQL where TEST_DATABASE_URL names a server.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { PostgresPredictionWriter } from '../../src/prediction/log/postgres-prediction-writer.ts';
import { PrimaryPredictionWriter } from '../../src/prediction/log/primary-prediction-writer.ts';
import { SqlitePredictionWriter } from '../../src/prediction/log/sqlite-prediction-writer.ts';
import { SharedLog } from '../../src/workers/shared-log.ts';
import { linkPeers } from '../support/linked-workers.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';
import { untilTrue } from '../support/until.ts';
import { url as dyingThread } from '../support/dying-fold-thread.ts';
import { describeWriter, logRow } from './prediction-writer.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'prediction-writer-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function migrated(name: string): Promise<string> {
  const path = join(folder, name);
  await (await openDatabase(dataSourceOptions({ kind: 'sqlite', path }))).destroy();
  return path;
}

function rowsOf(path: string): Record<string, unknown>[] {
  const database = new Database(path);
  const rows = database.prepare('SELECT * FROM predictions').all();
  database.close();
  return rows as Record<string, unknown>[];
}

describeWriter('SqlitePredictionWriter', async () => {
  const path = await migrated('contract.db');
  return {
    writer: new SqlitePredictionWriter({ path, busyTimeoutMs: 500 }),
    stored: () => Promise.resolve(rowsOf(path)),
  };
});

describeWriter('PrimaryPredictionWriter', async () => {
  const path = await migrated('shared.db');
  const { primary, worker, cut } = linkPeers();
  const log = new SharedLog({ kind: 'sqlite', path });
  log.serve(primary);
  return {
    writer: new PrimaryPredictionWriter(worker),
    stored: () => Promise.resolve(rowsOf(path)),
    close: async () => {
      await log.close();
      cut();
    },
  };
});

if (ENGINE === 'postgres')
  describeWriter('PostgresPredictionWriter', async () => {
    const { DATABASE_URL: url = '' } = await databaseSettings(folder);
    const dataSource = await openDatabase(dataSourceOptions({ kind: 'postgres', url }));
    return {
      writer: new PostgresPredictionWriter(dataSource),
      stored: () => dataSource.query<Record<string, unknown>[]>('SELECT * FROM predictions'),
      close: () => dataSource.destroy(),
    };
  });

describe('SqlitePredictionWriter', () => {
  it('fails while another process holds the file, and writes again when it is free', async () => {
    const path = await migrated('locked.db');
    const writer = new SqlitePredictionWriter({ path, busyTimeoutMs: 50 });
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(writer.write([logRow()])).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    other.exec('ROLLBACK');
    await writer.write([logRow()]);
    expect(other.prepare('SELECT count(*) AS n FROM predictions').get()).toEqual({ n: 1 });
    other.close();
    await writer.close();
  });

  it('fails where the file is not there, without making another one, and writes once it is', async () => {
    const path = join(folder, 'later.db');
    const writer = new SqlitePredictionWriter({ path, busyTimeoutMs: 50 });
    await expect(writer.write([logRow()])).rejects.toThrow();
    await migrated('later.db');
    await writer.write([logRow()]);
    await writer.close();
  });

  it('answers for a thread that dies, and starts another one', async () => {
    const path = await migrated('dying.db');

    const writer = new SqlitePredictionWriter({ path, busyTimeoutMs: 50 }, dyingThread);
    for (let i = 0; i < 2; i++)
      await expect(writer.write([logRow()])).rejects.toMatchObject({ code: 'THREAD_DIED' });
    await writer.close();
  });

  it('copies what is committed into the file without being closed, and keeps all of it', async () => {
    const path = await migrated('copied.db');
    const empty = statSync(path).size;
    const writer = new SqlitePredictionWriter({ path, busyTimeoutMs: 50 });
    const rows = Array.from({ length: 40 * 64 }, () => logRow());
    for (let i = 0; i < rows.length; i += 64) await writer.write(rows.slice(i, i + 64));
    await untilTrue(() => Promise.resolve(statSync(path).size > 2 * empty), 5000);
    expect(rowsOf(path)).toHaveLength(rows.length);
    await writer.close();
  });

  it('can be closed and closed again, and before it has written', async () => {
    const writer = new SqlitePredictionWriter({
      path: await migrated('idle.db'),
      busyTimeoutMs: 50,
    });
    await writer.close();
    await writer.write([logRow()]);
    await writer.close();
    await writer.close();
  });
});

describe('PrimaryPredictionWriter', () => {
  it('shares a transaction with other workers, and each hears of its own rows', async () => {
    const path = await migrated('two-workers.db');
    const log = new SharedLog({ kind: 'sqlite', path });
    const links = [linkPeers(), linkPeers()];
    for (const { primary } of links) log.serve(primary);
    const writers = links.map(({ worker }) => new PrimaryPredictionWriter(worker));
    const batches = Array.from({ length: 40 }, (_, i) => Array.from({ length: i }, () => logRow()));
    await Promise.all(
      writers.flatMap((writer, worker) =>
        batches.filter((_, i) => i % 2 === worker).map((rows) => writer.write(rows)),
      ),
    );
    expect(new Set(rowsOf(path).map(({ id }) => id))).toEqual(
      new Set(batches.flat().map(({ id }) => id)),
    );
    await log.close();
    for (const { cut } of links) cut();
  });

  it('fails where the primary is gone, also for rows that are on their way', async () => {
    const { primary, worker, cut } = linkPeers();
    primary.answer('write', () => new Promise(() => {}));
    const writer = new PrimaryPredictionWriter(worker);
    const underWay = writer.write([logRow()]);
    cut();
    await expect(underWay).rejects.toMatchObject({ code: 'EPIPE' });
    await expect(writer.write([logRow()])).rejects.toMatchObject({ code: 'EPIPE' });
    await writer.close();
  });
});
