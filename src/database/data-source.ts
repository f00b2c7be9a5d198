// Opens the database: the engine's options from the settings, and the migrations, run once however many servers start together.
import { DataSource, type DataSourceOptions } from 'typeorm';
import { messageOf } from '../common/errors.ts';
import type { DatabaseConfig } from '../config/load-config.ts';
import { limitPageCache } from './open-sqlite.ts';
import { postgresConnection } from './postgres-connection.ts';
import { CreateAccounts1764000000000 } from './migrations/1764000000000-create-accounts.ts';
import { CreatePredictions1764000000001 } from './migrations/1764000000001-create-predictions.ts';
import { CreateModelEvents1764000000002 } from './migrations/1764000000002-create-model-events.ts';
import { CreateChallengerPredictions1764000000003 } from './migrations/1764000000003-create-challenger-predictions.ts';
import { AddExplanations1764000000004 } from './migrations/1764000000004-add-explanations.ts';
import { CreateJobs1764000000005 } from './migrations/1764000000005-create-jobs.ts';
import { AddLogChain1764000000006 } from './migrations/1764000000006-add-log-chain.ts';
import { CreateRollups1764000000007 } from './migrations/1764000000007-create-rollups.ts';
import { CreateDriftEvaluations1764000000008 } from './migrations/1764000000008-create-drift-evaluations.ts';
import { CreateFeedback1764000000009 } from './migrations/1764000000009-create-feedback.ts';
import { CreateAnomalies1764000000010 } from './migrations/1764000000010-create-anomalies.ts';
import { CreateAuditEvents1764000000011 } from './migrations/1764000000011-create-audit-events.ts';

/** How long SQLite waits for another process's write before SQLITE_BUSY: at the start for a migration; afterwards the event loop waits too. */
const MIGRATION_TIMEOUT_MS = 5000;
const BUSY_TIMEOUT_MS = 300;
/** How long a request waits for PostgreSQL before it is an outage: for a connection, and for the answer to one statement. */
const CONNECT_TIMEOUT_MS = 5000;
const ANSWER_TIMEOUT_MS = 30_000;
/** PostgreSQL's advisory lock that a migrating server holds; any number that nothing else in the database uses. */
const MIGRATION_LOCK = 0x666f7265;

/** A database that cannot be opened or migrated; the message says what to do, in one line. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

export function dataSourceOptions(database: DatabaseConfig): DataSourceOptions {
  const shared = {
    migrations: [
      CreateAccounts1764000000000,
      CreatePredictions1764000000001,
      CreateModelEvents1764000000002,
      CreateChallengerPredictions1764000000003,
      AddExplanations1764000000004,
      CreateJobs1764000000005,
      AddLogChain1764000000006,
      CreateRollups1764000000007,
      CreateDriftEvaluations1764000000008,
      CreateFeedback1764000000009,
      CreateAnomalies1764000000010,
      CreateAuditEvents1764000000011,
    ],
    migrationsTableName: 'migrations',
    synchronize: false,
  };
  return database.kind === 'sqlite'
    ? {
        ...shared,
        type: 'better-sqlite3',
        database: database.path,
        enableWAL: true, // foreign_keys = ON is the driver's own doing
        timeout: MIGRATION_TIMEOUT_MS,
        prepareDatabase: limitPageCache,
      }
    : {
        ...shared,
        type: 'postgres',
        connectTimeoutMS: CONNECT_TIMEOUT_MS,
        extra: {
          ...postgresConnection(database),
          query_timeout: ANSWER_TIMEOUT_MS,
          // Idle connections keep no process alive whose start failed elsewhere.
          allowExitOnIdle: true,
        },
      };
}

/** An open data source whose schema is the newest. Throws DatabaseError. */
export async function openDatabase(options: DataSourceOptions): Promise<DataSource> {
  const dataSource = new DataSource(options);
  try {
    if (options.type === 'postgres') await migratePostgres(options);
    await dataSource.initialize();
    if (options.type !== 'postgres') await migrateSqlite(dataSource);
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) await dataSource.destroy();
    throw new DatabaseError(adviceOn(options, error), { cause: error });
  }
}

/**
 * Runs what is pending while every other server that wants to do the same waits. All or nothing. On connections of its own: a migration,
 * or the wait for another's, may take longer than a request may.
 */
async function migratePostgres(options: DataSourceOptions): Promise<void> {
  const patient = await new DataSource({
    ...options,
    extra: { ...(options.extra as object), query_timeout: 0 },
  }).initialize();
  try {
    // The lock lives in a transaction of its own, so that it goes with this process if it dies, behind a pooler too.
    await patient.transaction(async (lock) => {
      await lock.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
      await patient.runMigrations({ transaction: 'all' });
    });
  } finally {
    await patient.destroy();
  }
}

/** The same on SQLite: its one connection runs the migrations inside this transaction, which holds the file's write lock. */
async function migrateSqlite(dataSource: DataSource): Promise<void> {
  await dataSource.query('BEGIN IMMEDIATE');
  try {
    await dataSource.runMigrations({ transaction: 'none' });
    await dataSource.query('COMMIT');
    await dataSource.query(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  } catch (error) {
    await dataSource.query('ROLLBACK');
    throw error;
  }
}

function adviceOn(options: DataSourceOptions, error: unknown): string {
  const reason = reasonOf(error);
  return options.type === 'better-sqlite3'
    ? `the database file ${options.database} cannot be opened for writing (${reason}); make its folder writable, or set VAR_DIR or DATABASE_URL`
    : `the PostgreSQL database cannot be used (${reason}); start it, or correct DATABASE_URL`;
}

/** The driver's message in one line; a refused connection to a name with several addresses has a code and no message. */
function reasonOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  const message = messageOf(error).split('\n', 1)[0] ?? '';
  return message === '' ? String(code) : message;
}
