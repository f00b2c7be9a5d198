// Which writer the prediction log has, by the database of the settings.
import type { DataSource } from 'typeorm';
import type { DatabaseConfig } from '../../config/load-config.ts';
import { PostgresPredictionWriter } from './postgres-prediction-writer.ts';
import type { PredictionWriter } from './prediction-writer.ts';
import { SqlitePredictionWriter } from './sqlite-prediction-writer.ts';

/** How long a transaction waits for another process's before the predictions in it are refused. */
const BUSY_TIMEOUT_MS = 2000;

export function openWriter(database: DatabaseConfig, dataSource: DataSource): PredictionWriter {
  switch (database.kind) {
    case 'sqlite':
      return new SqlitePredictionWriter({ path: database.path, busyTimeoutMs: BUSY_TIMEOUT_MS });
    case 'postgres':
      return new PostgresPredictionWriter(dataSource);
  }
}
