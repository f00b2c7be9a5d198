// Which thread does which rows: fixed blocks dealt out in turn, so that sorted data burden no thread more than another.
import type { Team } from '../../threads/team.ts';

/** Rows a block. What is summed in floating point is summed block by block and then over the blocks in order: the same for any team. */
export const BLOCK = 2048;

export const blockCount = (rows: number): number => Math.ceil(rows / BLOCK);

/** Calls `work` with each block [from, to) of this thread, ascending. */
export function ownBlocks(
  { rank, size }: Team,
  rows: number,
  work: (from: number, to: number, block: number) => void,
): void {
  for (let block = rank; block * BLOCK < rows; block += size)
    work(block * BLOCK, Math.min(rows, (block + 1) * BLOCK), block);
}

/** How many rows are this thread's. */
export function ownRows(team: Team, rows: number): number {
  let count = 0;
  ownBlocks(team, rows, (from, to) => {
    count += to - from;
  });
  return count;
}
