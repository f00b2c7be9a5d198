// Writes the prediction log to PostgreSQL: any number of rows in one statement and one round trip.
import type { DataSource } from 'typeorm';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionWriter } from './prediction-writer.ts';
import { COLUMN_LIST, LOG_COLUMNS } from './row-columns.ts';

/** One array a column: the statement is the same for any number of rows, and prepared once a connection. */
const INSERT = `INSERT INTO "predictions" (${COLUMN_LIST}) SELECT * FROM unnest(${LOG_COLUMNS.map(
  ({ type }, i) => `$${i + 1}::${type}[]`,
).join(', ')})`;

export class PostgresPredictionWriter extends PredictionWriter {
  /** The pool is the data source's; it is not ours to close. */
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  async write(rows: readonly LoggedPrediction[]): Promise<void> {
    await this.dataSource.query(
      INSERT,
      LOG_COLUMNS.map(({ of }) => rows.map(of)),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
