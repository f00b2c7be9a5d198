// The whole log against its chain: every block, every row, and nothing beside them.
import { toBlock, type StoredBlock } from '../block-columns.ts';
import type { LogStatements } from '../log-transaction.ts';
import { streamAfter } from '../pruning.ts';
import { isRetention } from './check-link.ts';
import type { Finding } from './finding.ts';
import { checkHeads, type Heads } from './heads.ts';
import { findStrays } from './strays.ts';
import { verifyStream } from './verify-stream.ts';

export interface Verification {
  /** Kept outside from an earlier one. */
  readonly heads: Heads | null;
  readonly found: (finding: Finding) => void;
  /** So many rows more were looked at. */
  readonly looked?: (rows: number) => void;
}

export interface Verified {
  readonly rows: number;
  readonly blocks: number;
  readonly streams: number;
  readonly erased: number;
  /** Predictions in no block. */
  readonly unchained: number;
  /** Retention removed what is older, epoch milliseconds; null: nothing. */
  readonly goneBefore: number | null;
  readonly heads: Heads;
}

/** Reads one state of the log: in one transaction. */
export async function verifyLog(
  statements: LogStatements,
  { heads, found, looked = () => {} }: Verification,
): Promise<Verified> {
  const goneBefore = await retainedFrom(statements);
  const sums = { rows: 0, blocks: 0, streams: 0, erased: 0 };
  const streams: Heads['streams'] = {};
  let since = Infinity;
  let stream = await streamAfter(statements, '');
  for (; stream !== null; stream = await streamAfter(statements, stream)) {
    const checked = await verifyStream(statements, { stream, goneBefore, found, looked });
    const { head } = checked;
    streams[stream] = { sequence: head.sequence, hash: head.hash, last_at: head.lastAt };
    since = Math.min(since, checked.firstAt);
    sums.streams += 1;
    sums.rows += checked.rows;
    sums.blocks += checked.blocks;
    sums.erased += checked.erased;
  }
  const unchained = await findStrays(statements, { rows: sums.rows, since, found });
  if (heads !== null) await checkHeads(statements, heads, { unchained, goneBefore, found });
  return {
    ...sums,
    unchained,
    goneBefore: Number.isFinite(goneBefore) ? goneBefore : null,
    heads: { unchained, streams },
  };
}

/** From when on all rows are there, epoch milliseconds; -Infinity where retention removed none. */
async function retainedFrom(statements: LogStatements): Promise<number> {
  const removals = await statements.all<StoredBlock>(
    `SELECT * FROM "log_blocks" WHERE kind = 'removal'`,
  );
  const ends = removals
    .map(toBlock)
    .filter(isRetention)
    .map(({ lastAt }) => lastAt + 1);
  return ends.reduce((latest, end) => Math.max(latest, end), -Infinity);
}
