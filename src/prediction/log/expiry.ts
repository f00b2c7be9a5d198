// The oldest predictions, taken out of the log block by block: of a block that is gone as a whole nothing has to be kept.
import { blockKey, sha256, type LogBlock, type LogChain } from './log-chain.ts';
import { places, type LogStatements } from './log-transaction.ts';
import { blocksOf, deletePredictions, storeRemoval } from './removal.ts';

interface OldRow {
  readonly id: string;
  /** PostgreSQL's is text. */
  readonly created_at: number | string;
  readonly block: string | null;
}

export interface ExpiryStep {
  readonly chain: LogChain;
  /** Only rows from before this instant, epoch milliseconds; null: whichever are the oldest. */
  readonly before: number | null;
  /** Rows that should go; the last block goes as a whole. */
  readonly take: number;
  readonly dependents: readonly string[];
}

/** One transaction: rows that are in no block, and blocks whose last row is old enough. */
export async function expire(
  statements: LogStatements,
  { chain, before, take, dependents }: ExpiryStep,
): Promise<{ readonly rows: number; readonly removal: LogBlock | null }> {
  const oldest = await oldestRows(statements, before, take);
  const keys = [...new Set(oldest.flatMap(({ block }) => block ?? []))];
  const known = new Map(
    (await blocksOf(statements, keys)).map((block) => [blockKey(block), block] as const),
  );
  const single = oldest.filter(({ block }) => block === null || !known.has(block));
  const whole: LogBlock[] = [];
  let rows = single.length;
  for (const key of keys) {
    const block = known.get(key);
    if (block === undefined || (before !== null && block.lastAt >= before)) continue;
    if (whole.length > 0 && rows + block.rows > take) break;
    whole.push(block);
    rows += block.rows;
  }
  const ids = [...single.map(({ id }) => id), ...(await idsOf(statements, whole))];
  if (ids.length === 0) return { rows: 0, removal: null };
  await deletePredictions(statements, ids, dependents);
  const instants = single.map((row) => Number(row.created_at));
  const removal = await storeRemoval(
    statements,
    chain,
    {
      firstAt: Math.min(...instants, ...whole.map(({ firstAt }) => firstAt)),
      lastAt: Math.max(...instants, ...whole.map(({ lastAt }) => lastAt)),
      rows: ids.length,
      digest: sha256(whole.map(({ hash }) => hash).join('')),
    },
    { reason: 'retention', at: new Date().toISOString(), unchained: single.length },
  );
  return { rows: ids.length, removal };
}

const oldestRows = (
  statements: LogStatements,
  before: number | null,
  take: number,
): Promise<OldRow[]> =>
  statements.all<OldRow>(
    `SELECT id, created_at, block FROM "predictions" ${before === null ? '' : 'WHERE created_at < ?'}
     ORDER BY created_at LIMIT ${take}`,
    before === null ? [] : [before],
  );

async function idsOf(statements: LogStatements, blocks: readonly LogBlock[]): Promise<string[]> {
  if (blocks.length === 0) return [];
  const rows = await statements.all<{ readonly id: string }>(
    `SELECT id FROM "predictions" WHERE created_at BETWEEN ? AND ? AND block IN (${places(blocks)})`,
    [
      Math.min(...blocks.map(({ firstAt }) => firstAt)),
      Math.max(...blocks.map(({ lastAt }) => lastAt)),
      ...blocks.map(blockKey),
    ],
  );
  return rows.map(({ id }) => id);
}
