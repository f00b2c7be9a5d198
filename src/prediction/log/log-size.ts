// How much room the prediction log takes, as what a new row would not find free: rows that were deleted leave pages that are filled again,
// though neither engine gives them back to the disk by itself.
import type { DataSource } from 'typeorm';

export interface LogSize {
  readonly bytes: number;
  /** How many of the oldest predictions should go before the next look, so that the log takes no more than `limit` bytes; 0: it does not. */
  readonly excess: (limit: number) => number;
}

/** Rows of one step where a look costs nothing: SQLite keeps its page counts in the first page of the file. */
const LOOK_AGAIN_AFTER = 200;
/** Rows whose width is averaged. */
const SAMPLE = 1000;
/**
 * Of one row in PostgreSQL beside its columns and header: its entries in the indexes, and what it leaves empty in its page. Measured over 200,000
 * rows on PostgreSQL 15: 159 bytes with 5 features, 193 with 30.
 */
const ROW_OVERHEAD = 175;

/** Looks at the size now. */
export function logSizeOf(dataSource: DataSource): Promise<LogSize> {
  return dataSource.options.type === 'postgres'
    ? sizeOnPostgres(dataSource)
    : sizeOnSqlite(dataSource);
}

/** The pages of the whole file that are in use: all but some kilobytes of them are the log's. */
async function sizeOnSqlite(dataSource: DataSource): Promise<LogSize> {
  const [row] = await dataSource.query<[{ bytes: number }]>(
    `SELECT (page_count - freelist_count) * page_size AS bytes
     FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`,
  );
  const { bytes } = row;
  return { bytes, excess: (limit) => (bytes > limit ? LOOK_AGAIN_AFTER : 0) };
}

/** Rows times their average width: PostgreSQL's own figures count what deleted rows leave behind, before and after a vacuum. */
async function sizeOnPostgres(dataSource: DataSource): Promise<LogSize> {
  const predictions = await tableOnPostgres(dataSource, 'predictions');
  const comparisons = await tableOnPostgres(dataSource, 'challenger_predictions');
  const blocks = await tableOnPostgres(dataSource, 'log_blocks');
  const bytes = predictions.bytes + comparisons.bytes + blocks.bytes;
  const rows = Math.max(1, predictions.rows);
  return {
    bytes,
    // A prediction takes its comparison along, and its block.
    excess: (limit) => (bytes > limit ? Math.ceil(((bytes - limit) * rows) / bytes) : 0),
  };
}

async function tableOnPostgres(
  dataSource: DataSource,
  table: string,
): Promise<{ readonly rows: number; readonly bytes: number }> {
  const [{ count }] = await dataSource.query<[{ count: string }]>(
    `SELECT count(*) AS count FROM "${table}"`,
  );
  const rows = Number(count);
  const percent = Math.min(100, (100 * SAMPLE) / Math.max(1, rows));
  const [{ width }] = await dataSource.query<[{ width: string }]>(
    `SELECT coalesce(avg(pg_column_size(t)), 0) AS width FROM "${table}" t TABLESAMPLE SYSTEM (${percent})`,
  );
  return { rows, bytes: rows * (Number(width) + ROW_OVERHEAD) };
}
