// The roll-ups of the log's writers: over SQLite, by the process itself or by its primary, and over PostgreSQL where TEST_DATABASE_URL names a server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataSource } from 'typeorm';
import { parseConfig, type DatabaseConfig } from '../../src/config/load-config.ts';
import { dataSourceOptions, openDatabase } from '../../src/database/data-source.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { PostgresPredictionWriter } from '../../src/prediction/log/postgres-prediction-writer.ts';
import { PrimaryPredictionWriter } from '../../src/prediction/log/primary-prediction-writer.ts';
import { SqlitePredictionWriter } from '../../src/prediction/log/sqlite-prediction-writer.ts';
import { PredictionRollup } from '../../src/prediction/rollups/prediction-rollup.entity.ts';
import { DAY_MS } from '../../src/prediction/rollups/spans.ts';
import { SharedLog } from '../../src/workers/shared-log.ts';
import { linkPeers, type LinkedPeers } from '../support/linked-workers.ts';
import { untilTrue } from '../support/until.ts';
import { databaseSettings, ENGINE } from '../support/test-database.ts';
import { describeRollups, expectRollUpsOfRows } from './rollups.contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollups-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let opened = 0;
const freshName = (): string => join(folder, `log-${(opened += 1)}.db`);

const openWith = (database: DatabaseConfig): Promise<DataSource> =>
  openDatabase({ ...dataSourceOptions(database), entities: [LoggedPrediction, PredictionRollup] });

describeRollups('SqlitePredictionWriter', async () => {
  const path = freshName();
  const database = await openWith({ kind: 'sqlite', path });
  return {
    database,
    writer: () => new SqlitePredictionWriter({ path, busyTimeoutMs: 2000 }),
    close: () => database.destroy(),
  };
});

describeRollups('PrimaryPredictionWriter', async () => {
  const path = freshName();
  const database = await openWith({ kind: 'sqlite', path });
  // Each with a primary of its own, as servers that share a file have.
  const links: (LinkedPeers & { readonly log: SharedLog })[] = [];
  return {
    database,
    writer: () => {
      const link = { ...linkPeers(), log: new SharedLog({ kind: 'sqlite', path }) };
      link.log.serve(link.primary);
      links.push(link);
      return new PrimaryPredictionWriter(link.worker);
    },
    close: async () => {
      for (const { log, cut } of links) {
        await log.close();
        cut();
      }
      await database.destroy();
    },
  };
});

if (ENGINE === 'postgres')
  describeRollups('PostgresPredictionWriter', async () => {
    const { DATABASE_URL: url = '' } = await databaseSettings(freshName());
    const database = await openWith({ kind: 'postgres', url });
    return {
      database,
      writer: () => new PostgresPredictionWriter(database),
      close: () => database.destroy(),
    };
  });

describe('a killed writer', () => {
  /** PostgreSQL may be at the last statement still. */
  async function settled(database: DataSource): Promise<void> {
    if (ENGINE === 'sqlite') return;
    const others = `SELECT count(*) AS n FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;
    const none = async (): Promise<boolean> => {
      const [row] = await database.query<{ n: string }[]>(others);
      return row?.n === '0';
    };
    await untilTrue(none, 30_000);
  }

  async function killedWhileWriting(settings: Record<string, string>, seed: number): Promise<void> {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'test/support/endless-writer.ts', String(seed)],
      { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let stored = 0;
    for await (const line of createInterface(child.stdout)) {
      if (line !== 'stored' || (stored += 1) < 20) continue;
      child.kill('SIGKILL');
      break;
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  it('leaves the roll-ups of the rows that it leaves, and the next goes on beside them', async () => {
    const varDir = mkdtempSync(join(folder, 'killed-'));
    const settings = { VAR_DIR: varDir, ...(await databaseSettings(varDir)) };
    const database = await openWith(parseConfig(settings).database);
    const bounds = { from: Date.now() - DAY_MS, to: Date.now() + DAY_MS };
    for (const seed of [1000, 2000]) {
      await killedWhileWriting(settings, seed);
      await settled(database);
      await expectRollUpsOfRows(database, bounds);
    }
    expect(await database.getRepository(LoggedPrediction).count()).toBeGreaterThanOrEqual(40 * 37);
    await database.destroy();
  });
});
