// Keeps the chain from growing for ever: blocks whose rows are all gone are dropped from the beginning of their streams. The last of them stays as the
// anchor of those that follow; a stream that has ended, and has no rows any more, goes as a whole.
import { toBlock, type StoredBlock } from './block-columns.ts';
import { blockKey, type LogBlock } from './log-chain.ts';
import { SILENCE_MS } from './log-stream.ts';
import type { LogStatements } from './log-transaction.ts';
import { readDetail } from './removal.ts';

/** Blocks of one statement. */
const STEP = 1000;

export interface Pruning {
  /** The last removal, which says up to where rows are gone; older ones need not say so any more. */
  readonly removal: LogBlock;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One transaction on one stream. Returns how many blocks went: with 0 it is done. */
export async function pruneStream(
  statements: LogStatements,
  stream: string,
  { removal, now }: Pruning,
): Promise<number> {
  const first = await blockAt(statements, stream, 'ASC');
  const last = await blockAt(statements, stream, 'DESC');
  if (first === null || last === null) return 0;
  const goneBefore = await rowsGoneBefore(statements, removal);
  if (first.lastAt >= goneBefore) return 0;
  if (first.kind === 'rows') {
    const live = await firstLive(statements, stream, goneBefore);
    const ended = last.lastAt < now - 2 * SILENCE_MS;
    const keep = live === null ? last.sequence + (ended ? 1 : 0) : live - 1;
    return dropBefore(statements, stream, Math.min(keep, first.sequence + STEP));
  }
  if (readDetail(first).reason === 'retention') {
    const keep = stream === removal.stream ? removal.sequence : last.sequence + 1;
    return dropBefore(statements, stream, Math.min(keep, first.sequence + STEP));
  }
  return pruneErasure(statements, first, last, goneBefore, now);
}

/** The stream after `after` in the order of the database; null after the last. */
export async function streamAfter(
  statements: LogStatements,
  after: string,
): Promise<string | null> {
  const [row] = await statements.all<{ readonly stream: string | null }>(
    'SELECT min(stream) AS stream FROM "log_blocks" WHERE stream > ?',
    [after],
  );
  return row?.stream ?? null;
}

/** No row is older than this, and no block that is has any. */
async function rowsGoneBefore(statements: LogStatements, removal: LogBlock): Promise<number> {
  const [row] = await statements.all<{ readonly oldest: number | string | null }>(
    'SELECT min(created_at) AS oldest FROM "predictions"',
  );
  const oldest = row?.oldest ?? null;
  return Math.min(removal.lastAt + 1, oldest === null ? Infinity : Number(oldest));
}

async function blockAt(
  statements: LogStatements,
  stream: string,
  end: 'ASC' | 'DESC',
): Promise<LogBlock | null> {
  const [stored] = await statements.all<StoredBlock>(
    `SELECT * FROM "log_blocks" WHERE stream = ? ORDER BY sequence ${end} LIMIT 1`,
    [stream],
  );
  return stored === undefined ? null : toBlock(stored);
}

async function firstLive(
  statements: LogStatements,
  stream: string,
  goneBefore: number,
): Promise<number | null> {
  const [row] = await statements.all<{ readonly sequence: number | string }>(
    'SELECT sequence FROM "log_blocks" WHERE stream = ? AND last_at >= ? ORDER BY sequence LIMIT 1',
    [stream, goneBefore],
  );
  return row === undefined ? null : Number(row.sequence);
}

const dropBefore = (statements: LogStatements, stream: string, sequence: number): Promise<number> =>
  statements.run('DELETE FROM "log_blocks" WHERE stream = ? AND sequence < ?', [stream, sequence]);

/** What was erased is vouched for as long as its blocks are there; an erasure of today may still go on. */
async function pruneErasure(
  statements: LogStatements,
  first: LogBlock,
  last: LogBlock,
  goneBefore: number,
  now: number,
): Promise<number> {
  const { stream } = first;
  if (Date.parse(readDetail(last).at) > now - SILENCE_MS) return 0;
  if ((await firstLive(statements, stream, goneBefore)) !== null) return 0;
  for (let sequence = first.sequence; sequence <= last.sequence; sequence++)
    await statements.run('DELETE FROM "removed_predictions" WHERE removal = ?', [
      blockKey({ stream, sequence }),
    ]);
  return dropBefore(statements, stream, last.sequence + 1);
}
