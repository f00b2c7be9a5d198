// A roll-up of the log as its columns, and the statements that store it beside the rows that it adds up.

/** One bucket of one model version as one writer's life has it so far: it replaces what that writer stored of it before. */
export interface RollupUpsert {
  readonly spanMs: number;
  /** Epoch milliseconds. */
  readonly startsAt: number;
  readonly modelName: string;
  readonly modelVersion: string;
  /** Who writes it, and nobody else. */
  readonly stream: string;
  readonly rows: number;
  /** 0: a minute that the longer buckets do not hold. */
  readonly folded: number;
  /** The roll-up, JSON. */
  readonly body: string;
}

interface RollupColumn {
  readonly name: string;
  /** PostgreSQL's. */
  readonly type: 'text' | 'bigint' | 'integer';
  readonly of: (upsert: RollupUpsert) => string | number;
}

/** In the order in which every writer binds them. */
export const ROLLUP_COLUMNS: readonly RollupColumn[] = [
  { name: 'span_ms', type: 'integer', of: ({ spanMs }) => spanMs },
  { name: 'starts_at', type: 'bigint', of: ({ startsAt }) => startsAt },
  { name: 'model_name', type: 'text', of: ({ modelName }) => modelName },
  { name: 'model_version', type: 'text', of: ({ modelVersion }) => modelVersion },
  { name: 'stream', type: 'text', of: ({ stream }) => stream },
  { name: 'rows', type: 'bigint', of: ({ rows }) => rows },
  { name: 'folded', type: 'integer', of: ({ folded }) => folded },
  { name: 'body', type: 'text', of: ({ body }) => body },
];

const NAMES = ROLLUP_COLUMNS.map(({ name }) => `"${name}"`).join(', ');
const INTO = `INSERT INTO "prediction_rollups" (${NAMES})`;
const REPLACE_OPEN =
  'ON CONFLICT ("span_ms", "starts_at", "model_name", "model_version", "stream") ' +
  'DO UPDATE SET "rows" = excluded."rows", "body" = excluded."body"';
const REPLACE = `${REPLACE_OPEN}, "folded" = excluded."folded"`;
const VALUES = `VALUES (${ROLLUP_COLUMNS.map(() => '?').join(', ')})`;

/** One roll-up: its cells in the order of ROLLUP_COLUMNS. */
export const SQLITE_ROLLUP_UPSERT = `${INTO} ${VALUES} ${REPLACE}`;

/**
 * The same for a minute that is not folded, and so was not before. SQLite writes the index of those anew wherever `folded` is set, be it to what it
 * was: a page of each transaction, 2.6 us.
 */
export const SQLITE_OPEN_ROLLUP_UPSERT = `${INTO} ${VALUES} ${REPLACE_OPEN}`;

/** Any number of roll-ups: one array a column. */
export const POSTGRES_ROLLUP_UPSERT = `${INTO} SELECT * FROM unnest(${ROLLUP_COLUMNS.map(
  ({ type }, i) => `$${i + 1}::${type}[]`,
).join(', ')}) ${REPLACE}`;

export const rollupCells = (upsert: RollupUpsert): (string | number)[] =>
  ROLLUP_COLUMNS.map(({ of }) => of(upsert));
