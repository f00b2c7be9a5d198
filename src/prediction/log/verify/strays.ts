// Predictions that no block was stored with: put into the log by somebody else, or from before the chain.
import { blockKey } from '../log-chain.ts';
import type { LogStatements } from '../log-transaction.ts';
import { blocksOf } from '../removal.ts';
import { ofRow, type Finding } from './finding.ts';

const PAGE = 400;
const NO_BLOCK = 'it is in no block';

interface StrayRow {
  readonly id: string;
  /** PostgreSQL's is text. */
  readonly created_at: number | string;
  readonly block: string;
}

export interface StrayCheck {
  /** Rows that were found in their blocks. */
  readonly rows: number;
  /** When the oldest block stored its first row, epoch milliseconds. */
  readonly since: number;
  readonly found: (finding: Finding) => void;
}

/** Returns how many predictions are in no block. */
export async function findStrays(
  statements: LogStatements,
  { rows, since, found }: StrayCheck,
): Promise<number> {
  const [counts] = await statements.all<{ readonly all: number | string; in: number | string }>(
    'SELECT count(*) AS "all", count(block) AS "in" FROM "predictions"',
  );
  const chained = Number(counts?.in ?? 0);
  const unchained = Number(counts?.all ?? 0) - chained;
  if (chained !== rows) await nameStrays(statements, found);
  if (unchained > 0) await nameUnchained(statements, since, found);
  return unchained;
}

async function nameStrays(statements: LogStatements, found: StrayCheck['found']): Promise<void> {
  let after = '';
  for (;;) {
    const page = await statements.all<StrayRow>(
      `SELECT id, created_at, block FROM "predictions"
       WHERE id > ? AND block IS NOT NULL ORDER BY id LIMIT ${PAGE}`,
      [after],
    );
    const keys = [...new Set(page.map(({ block }) => block))];
    const blocks = new Map(
      (await blocksOf(statements, keys)).map((block) => [blockKey(block), block] as const),
    );
    for (const { id, created_at, block: key } of page) {
      const block = blocks.get(key);
      if (block === undefined) found(ofRow('inserted', id, null, NO_BLOCK));
      else if (Number(created_at) < block.firstAt || Number(created_at) > block.lastAt)
        found(ofRow('inserted', id, block, 'it is older or younger than the block'));
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}

async function nameUnchained(
  statements: LogStatements,
  since: number,
  found: StrayCheck['found'],
): Promise<void> {
  if (!Number.isFinite(since)) return;
  const rows = await statements.all<{ readonly id: string }>(
    'SELECT id FROM "predictions" WHERE block IS NULL AND created_at > ? ORDER BY created_at',
    [since],
  );
  for (const { id } of rows)
    found(ofRow('inserted', id, null, `${NO_BLOCK}, and younger than the first one`));
}
