// One stream of the chain from its first block to its head, with the rows of each block.
import { digestOfCells } from '../block-of-rows.ts';
import { toBlock, type StoredBlock } from '../block-columns.ts';
import { blockKey, type LogBlock } from '../log-chain.ts';
import { places, type LogStatements } from '../log-transaction.ts';
import { cellsOf, COLUMN_LIST, type Cell } from '../row-columns.ts';
import type { RowDigest } from '../row-marks.ts';
import { toTombstone, type StoredTombstone, type Tombstone } from '../tombstone.ts';
import { checkLink, isRetention } from './check-link.ts';
import { checkErasure, checkRows } from './check-rows.ts';
import type { Finding } from './finding.ts';

/** Blocks, and rows, that are read at a time. */
const PAGE = 500;
const PAGE_ROWS = 5000;

export interface StreamCheck {
  readonly stream: string;
  /** Retention removed what is older, epoch milliseconds. */
  readonly goneBefore: number;
  readonly found: (finding: Finding) => void;
  /** So many rows more were looked at. */
  readonly looked: (rows: number) => void;
}

export interface VerifiedStream {
  readonly head: LogBlock;
  readonly firstAt: number;
  readonly blocks: number;
  readonly rows: number;
  readonly erased: number;
}

/** Of a stream that has blocks. */
export async function verifyStream(
  statements: LogStatements,
  check: StreamCheck,
): Promise<VerifiedStream> {
  let head: LogBlock | null = null;
  let firstAt = Infinity;
  const sums = { blocks: 0, rows: 0, erased: 0 };
  for (;;) {
    const page: LogBlock[] = await blocksAfter(statements, check.stream, head?.sequence ?? -1);
    for (const block of page) {
      checkLink(block, head, check.goneBefore).forEach(check.found);
      if (block.kind === 'rows') firstAt = Math.min(firstAt, block.firstAt);
      head = block;
    }
    for (const group of groupsOf(page)) {
      const { rows, erased } = await verifyGroup(statements, group, check);
      sums.rows += rows;
      sums.erased += erased;
      check.looked(rows);
    }
    sums.blocks += page.length;
    if (page.length < PAGE) break;
  }
  if (head === null) throw new Error('a stream has a block');
  return { head, firstAt, ...sums };
}

async function blocksAfter(
  statements: LogStatements,
  stream: string,
  sequence: number,
): Promise<LogBlock[]> {
  const stored = await statements.all<StoredBlock>(
    `SELECT * FROM "log_blocks" WHERE stream = ? AND sequence > ? ORDER BY sequence LIMIT ${PAGE}`,
    [stream, sequence],
  );
  return stored.map(toBlock);
}

/** Of some thousand rows each, for they are held in memory. */
function groupsOf(blocks: readonly LogBlock[]): LogBlock[][] {
  const groups: LogBlock[][] = [];
  let rows = Infinity;
  for (const block of blocks) {
    const last = groups.at(-1);
    if (last === undefined || rows + block.rows > PAGE_ROWS) {
      groups.push([block]);
      rows = block.rows;
    } else {
      last.push(block);
      rows += block.rows;
    }
  }
  return groups;
}

async function verifyGroup(
  statements: LogStatements,
  blocks: readonly LogBlock[],
  { goneBefore, found }: StreamCheck,
): Promise<{ readonly rows: number; readonly erased: number }> {
  const stored = blocks.filter(({ kind }) => kind === 'rows');
  const live = await liveRows(statements, stored);
  const erased = await tombstones(statements, 'block', stored);
  for (const block of stored) {
    const key = blockKey(block);
    const rows = { live: live.get(key) ?? [], erased: erased.get(key) ?? [] };
    checkRows(block, rows, goneBefore).forEach(found);
  }
  const erasures = blocks.filter((block) => block.kind === 'removal' && !isRetention(block));
  const vouched = await tombstones(statements, 'removal', erasures);
  for (const block of erasures)
    checkErasure(block, vouched.get(blockKey(block)) ?? []).forEach(found);
  return { rows: countOf(live), erased: countOf(vouched) };
}

const countOf = (groups: ReadonlyMap<string, readonly unknown[]>): number =>
  [...groups.values()].reduce((sum, { length }) => sum + length, 0);

/** By block; found by their instants, for which there is an index. */
async function liveRows(
  statements: LogStatements,
  blocks: readonly LogBlock[],
): Promise<Map<string, RowDigest[]>> {
  const byBlock = new Map<string, RowDigest[]>();
  if (blocks.length === 0) return byBlock;
  const rows = await statements.all<Readonly<Record<string, Cell>>>(
    `SELECT ${COLUMN_LIST}, "block" FROM "predictions"
     WHERE created_at BETWEEN ? AND ? AND block IN (${places(blocks)})`,
    [
      Math.min(...blocks.map(({ firstAt }) => firstAt)),
      Math.max(...blocks.map(({ lastAt }) => lastAt)),
      ...blocks.map(blockKey),
    ],
  );
  for (const row of rows) put(byBlock, String(row['block']), digestOfCells(cellsOf(row)));
  return byBlock;
}

async function tombstones(
  statements: LogStatements,
  by: 'block' | 'removal',
  blocks: readonly LogBlock[],
): Promise<Map<string, Tombstone[]>> {
  const byBlock = new Map<string, Tombstone[]>();
  if (blocks.length === 0) return byBlock;
  const stored = await statements.all<StoredTombstone>(
    `SELECT * FROM "removed_predictions" WHERE ${by} IN (${places(blocks)})`,
    blocks.map(blockKey),
  );
  for (const each of stored) put(byBlock, each[by], toTombstone(each));
  return byBlock;
}

function put<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
