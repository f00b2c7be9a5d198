// Predictions that leave the log: with them goes what refers to them, and a block of the chain says how many went and why.
import type { DataSource } from 'typeorm';
import { INSERT_BLOCK, blockCells, toBlock, type StoredBlock } from './block-columns.ts';
import type { BlockContent, LogBlock, LogChain } from './log-chain.ts';
import { places, type LogStatements } from './log-transaction.ts';
import type { Cell } from './row-columns.ts';

/** Tables whose rows name a prediction in `prediction_id`. */
const DEPENDENTS = ['challenger_predictions', 'feedback', 'feedback_history'] as const;

export type RemovalReason = 'retention' | 'erasure';

/** What a removal's block says, JSON. */
export interface RemovalDetail {
  readonly reason: RemovalReason;
  /** ISO 8601. */
  readonly at: string;
  /** Who ordered it; retention nobody. */
  readonly by?: string;
  /** Of the rows that went, those from before the chain. */
  readonly unchained: number;
}

export const readDetail = ({ detail }: Pick<LogBlock, 'detail'>): RemovalDetail =>
  JSON.parse(detail) as RemovalDetail;

/** Those of them that the database has. */
export async function dependentTables(dataSource: DataSource): Promise<readonly string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const present: string[] = [];
    for (const table of DEPENDENTS) if (await runner.hasTable(table)) present.push(table);
    return present;
  } finally {
    await runner.release();
  }
}

/** Returns how many rows of each dependent table went with them. */
export async function deletePredictions(
  statements: LogStatements,
  ids: readonly string[],
  dependents: readonly string[],
): Promise<Record<string, number>> {
  const gone: Record<string, number> = {};
  for (const table of dependents)
    gone[table] = await statements.run(
      `DELETE FROM "${table}" WHERE prediction_id IN (${places(ids)})`,
      ids,
    );
  await statements.run(`DELETE FROM "predictions" WHERE id IN (${places(ids)})`, ids);
  return gone;
}

/** The blocks that rows say they are in; some may not be there. */
export async function blocksOf(
  statements: LogStatements,
  keys: readonly string[],
): Promise<LogBlock[]> {
  if (keys.length === 0) return [];
  const stored = await statements.all<StoredBlock>(
    `SELECT * FROM "log_blocks" WHERE ${keys.map(() => '(stream = ? AND sequence = ?)').join(' OR ')}`,
    keys.flatMap(cellsOfKey),
  );
  return stored.map(toBlock);
}

function cellsOfKey(key: string): Cell[] {
  const colon = key.lastIndexOf(':');
  const sequence = Number(key.slice(colon + 1));
  // What is no number is no block.
  return [key.slice(0, colon), Number.isSafeInteger(sequence) ? sequence : -1];
}

/** The next block of a removal's own stream, stored; kept by the chain when its transaction is. */
export async function storeRemoval(
  statements: LogStatements,
  chain: LogChain,
  content: Omit<BlockContent, 'kind' | 'detail'>,
  detail: RemovalDetail,
): Promise<LogBlock> {
  const block = chain.next({ ...content, kind: 'removal', detail: JSON.stringify(detail) });
  await statements.run(INSERT_BLOCK, blockCells(block));
  return block;
}
