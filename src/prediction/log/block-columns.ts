// A block of the log's chain as its columns, in the order in which every writer binds them.
import type { BlockKind, LogBlock } from './log-chain.ts';
import type { Cell } from './row-columns.ts';

interface BlockColumn {
  readonly name: string;
  /** PostgreSQL's. */
  readonly type: 'text' | 'bigint';
  readonly of: (block: LogBlock) => Cell;
}

export const BLOCK_COLUMNS: readonly BlockColumn[] = [
  { name: 'stream', type: 'text', of: ({ stream }) => stream },
  { name: 'sequence', type: 'bigint', of: ({ sequence }) => sequence },
  { name: 'kind', type: 'text', of: ({ kind }) => kind },
  { name: 'first_at', type: 'bigint', of: ({ firstAt }) => firstAt },
  { name: 'last_at', type: 'bigint', of: ({ lastAt }) => lastAt },
  { name: 'rows', type: 'bigint', of: ({ rows }) => rows },
  { name: 'digest', type: 'text', of: ({ digest }) => digest },
  { name: 'previous', type: 'text', of: ({ previous }) => previous },
  { name: 'hash', type: 'text', of: ({ hash }) => hash },
  { name: 'detail', type: 'text', of: ({ detail }) => detail },
];

/** Quoted: `rows` is a word of SQL. */
export const BLOCK_COLUMN_LIST = BLOCK_COLUMNS.map(({ name }) => `"${name}"`).join(', ');
export const INSERT_BLOCK = `INSERT INTO "log_blocks" (${BLOCK_COLUMN_LIST}) VALUES (${BLOCK_COLUMNS.map(() => '?').join(', ')})`;

export const blockCells = (block: LogBlock): Cell[] => BLOCK_COLUMNS.map(({ of }) => of(block));

/** As either engine hands it over; PostgreSQL's bigints are text. */
export type StoredBlock = Readonly<
  Record<'sequence' | 'first_at' | 'last_at' | 'rows', number | string> &
    Record<'stream' | 'kind' | 'digest' | 'previous' | 'hash' | 'detail', string>
>;

export const toBlock = (stored: StoredBlock): LogBlock => ({
  stream: stored.stream,
  sequence: Number(stored.sequence),
  kind: stored.kind as BlockKind,
  firstAt: Number(stored.first_at),
  lastAt: Number(stored.last_at),
  rows: Number(stored.rows),
  digest: stored.digest,
  previous: stored.previous,
  hash: stored.hash,
  detail: stored.detail,
});
