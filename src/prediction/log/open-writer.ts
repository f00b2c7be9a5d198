// Which writer the prediction log has, by the database of the settings, and by who may write to it.
import type { DataSource } from 'typeorm';
import type { Primary } from '../../common/siblings.ts';
import type { DatabaseConfig } from '../../config/load-config.ts';
import { PostgresPredictionWriter } from './postgres-prediction-writer.ts';
import type { PredictionWriter } from './prediction-writer.ts';
import { PrimaryPredictionWriter } from './primary-prediction-writer.ts';
import { SqlitePredictionWriter } from './sqlite-prediction-writer.ts';

/** How long a transaction waits for another process's before the predictions in it are refused. */
const BUSY_TIMEOUT_MS = 2000;

/** `primary` writes for this process, where it is one of several: SQLite takes one writer at a time. */
export function openWriter(
  database: DatabaseConfig,
  dataSource: DataSource,
  primary: Primary | null = null,
): PredictionWriter {
  switch (database.kind) {
    case 'sqlite':
      return primary === null ? openSqliteWriter(database) : new PrimaryPredictionWriter(primary);
    case 'postgres':
      return new PostgresPredictionWriter(dataSource);
  }
}

export const openSqliteWriter = ({
  path,
}: Extract<DatabaseConfig, { kind: 'sqlite' }>): SqlitePredictionWriter =>
  new SqlitePredictionWriter({ path, busyTimeoutMs: BUSY_TIMEOUT_MS });
