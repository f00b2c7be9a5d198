// Writes the prediction log to PostgreSQL: any number of rows, their block and their roll-ups in one statement and one round trip.
import type { DataSource } from 'typeorm';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { POSTGRES_ROLLUP_UPSERT, ROLLUP_COLUMNS } from '../rollups/rollup-columns.ts';
import { blockCells, BLOCK_COLUMN_LIST, BLOCK_COLUMNS } from './block-columns.ts';
import { blockKey } from './log-chain.ts';
import { LogStream } from './log-stream.ts';
import { PredictionWriter } from './prediction-writer.ts';
import { COLUMN_LIST, flatten, LOG_COLUMNS } from './row-columns.ts';

interface TypedColumn {
  readonly type: string;
}

/** One array a column: the statement is the same for any number of rows, and prepared once a connection. */
const arrays = (columns: readonly TypedColumn[], after: number): string =>
  columns.map(({ type }, i) => `$${i + after + 1}::${type}[]`).join(', ');

const BLOCK_KEY = ROLLUP_COLUMNS.length + 1;
const FIRST_OF_BLOCK = BLOCK_KEY + LOG_COLUMNS.length;

/** Roll-ups come first, for their statement numbers its own parameters. */
const INSERT = `WITH stored AS (
    INSERT INTO "predictions" (${COLUMN_LIST}, "block")
    SELECT *, $${BLOCK_KEY}::text FROM unnest(${arrays(LOG_COLUMNS, BLOCK_KEY)})
  ), chained AS (
    INSERT INTO "log_blocks" (${BLOCK_COLUMN_LIST})
    VALUES (${BLOCK_COLUMNS.map(({ type }, i) => `$${FIRST_OF_BLOCK + i + 1}::${type}`).join(', ')})
  ) ${POSTGRES_ROLLUP_UPSERT}`;

export class PostgresPredictionWriter extends PredictionWriter {
  private readonly stream = new LogStream();

  /** The pool is the data source's; it is not ours to close. */
  constructor(private readonly dataSource: DataSource) {
    super();
  }

  /** One at a time: the next one begins when this one has ended. */
  async write(rows: readonly LoggedPrediction[]): Promise<void> {
    if (rows.length === 0) return;
    try {
      const { block, rollups } = this.stream.add(flatten(rows));
      await this.dataSource.query(INSERT, [
        ...ROLLUP_COLUMNS.map(({ of }) => rollups.map(of)),
        blockKey(block),
        ...LOG_COLUMNS.map(({ of }) => rows.map(of)),
        ...blockCells(block),
      ]);
    } catch (error) {
      this.stream.dropped();
      throw error;
    }
    this.stream.kept();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
