// Rows that are stored together, as a block of the chain.
import { digestOfRow, type BlockContent } from './log-chain.ts';
import { LOG_COLUMNS, type Cell } from './row-columns.ts';
import { byId, digestOfRows, marksOf, type RowDigest } from './row-marks.ts';

const WIDTH = LOG_COLUMNS.length;
const ID = LOG_COLUMNS.findIndex(({ name }) => name === 'id');
const CREATED_AT = LOG_COLUMNS.findIndex(({ name }) => name === 'created_at');

/** Of one row or more, their cells one after another. */
export function blockOfRows(cells: readonly Cell[]): BlockContent {
  const rows: RowDigest[] = [];
  let firstAt = Infinity;
  let lastAt = -Infinity;
  for (let at = 0; at < cells.length; at += WIDTH) {
    const createdAt = cells[at + CREATED_AT] as number;
    if (createdAt < firstAt) firstAt = createdAt;
    if (createdAt > lastAt) lastAt = createdAt;
    rows.push(digestOfCells(cells, at));
  }
  rows.sort(byId);
  return {
    kind: 'rows',
    firstAt,
    lastAt,
    rows: rows.length,
    digest: digestOfRows(rows),
    detail: marksOf(rows),
  };
}

/** Of the row whose cells begin at `at`. */
export const digestOfCells = (cells: readonly Cell[], at = 0): RowDigest => ({
  id: cells[at + ID] as string,
  digest: digestOfRow(cells, at, WIDTH),
});
