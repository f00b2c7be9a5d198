// A row of the prediction log as its columns, in the order in which every writer binds them.
import type { LoggedPrediction } from '../logged-prediction.entity.ts';

export type Cell = string | number | null;

interface LogColumn {
  /** In the database. */
  readonly name: string;
  /** PostgreSQL's. */
  readonly type: 'text' | 'bigint' | 'double precision';
  /** May be NULL. */
  readonly nullable?: true;
  readonly of: (row: LoggedPrediction) => Cell;
}

export const LOG_COLUMNS: readonly LogColumn[] = [
  { name: 'id', type: 'text', of: ({ id }) => id },
  { name: 'created_at', type: 'bigint', of: ({ createdAt }) => createdAt },
  { name: 'user_id', type: 'text', of: ({ userId }) => userId },
  { name: 'credential', type: 'text', of: ({ credential }) => credential },
  { name: 'key', type: 'text', nullable: true, of: ({ key }) => key },
  { name: 'model_name', type: 'text', of: ({ modelName }) => modelName },
  { name: 'model_version', type: 'text', of: ({ modelVersion }) => modelVersion },
  { name: 'inputs', type: 'text', of: ({ inputs }) => inputs },
  { name: 'probability', type: 'double precision', of: ({ probability }) => probability },
  { name: 'label', type: 'text', of: ({ label }) => label },
  { name: 'threshold', type: 'double precision', of: ({ threshold }) => threshold },
  { name: 'warnings', type: 'text', of: ({ warnings }) => warnings },
  { name: 'duration_ms', type: 'double precision', of: ({ durationMs }) => durationMs },
  { name: 'cpu_percent', type: 'double precision', of: ({ cpuPercent }) => cpuPercent },
  { name: 'memory_bytes', type: 'bigint', of: ({ memoryBytes }) => memoryBytes },
  { name: 'explanation', type: 'text', nullable: true, of: ({ explanation }) => explanation },
];

/** Column names for a statement, quoted: `key` is a word of SQL. */
export const COLUMN_LIST = LOG_COLUMNS.map(({ name }) => `"${name}"`).join(', ');

/** All cells of all rows, row by row: one flat array crosses to a thread for a fraction of what as many objects cost. */
export function flatten(rows: readonly LoggedPrediction[]): Cell[] {
  const cells: Cell[] = [];
  for (const row of rows) for (const { of } of LOG_COLUMNS) cells.push(of(row));
  return cells;
}

/** The other way round: the cells of each row. */
export function splitRows(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const width = LOG_COLUMNS.length;
  return Array.from({ length: cells.length / width }, (_, i) =>
    cells.slice(i * width, (i + 1) * width),
  );
}

/** The cells of a row as either engine hands it over, by column name; PostgreSQL's bigints are text. */
export const cellsOf = (stored: Readonly<Record<string, Cell>>): Cell[] =>
  LOG_COLUMNS.map(({ name, type }) => {
    const cell = stored[name] ?? null;
    return type === 'text' || cell === null ? cell : Number(cell);
  });
