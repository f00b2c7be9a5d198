// The rows of a block, live and erased: whether they are those that it was made of, and which are not.
import type { LogBlock } from '../log-chain.ts';
import {
  byId,
  digestOfRows,
  isMarkOf,
  isMarkOfId,
  readMarks,
  type RowDigest,
} from '../row-marks.ts';
import { digestOfTombstones, type Tombstone } from '../tombstone.ts';
import { ofBlock, ofRow, type Finding } from './finding.ts';

export interface RowsOfBlock {
  readonly live: readonly RowDigest[];
  /** That it stored, and that were erased. */
  readonly erased: readonly Tombstone[];
}

/** `goneBefore`: retention removed what is older, epoch milliseconds; it takes blocks as a whole. */
export function checkRows(
  block: LogBlock,
  { live, erased }: RowsOfBlock,
  goneBefore: number,
): Finding[] {
  if (live.length === 0 && block.lastAt < goneBefore) return [];
  const rows: RowDigest[] = [...live, ...erased].sort(byId);
  if (rows.length === block.rows && digestOfRows(rows) === block.digest) return [];
  const named = nameRows(block, rows);
  return named.length > 0
    ? named
    : [ofBlock('edited', block, 'its rows are not those that its digest says')];
}

/** By the marks that the block keeps of its rows. */
function nameRows(block: LogBlock, rows: readonly RowDigest[]): Finding[] {
  let marks = readMarks(block.detail);
  const changed = rows.filter((row) => {
    const mark = marks.find((each) => isMarkOf(each, row));
    marks = marks.filter((each) => each !== mark);
    return mark === undefined;
  });
  const findings = changed.map((row) => {
    const mark = marks.find((each) => isMarkOfId(each, row));
    marks = marks.filter((each) => each !== mark);
    return mark === undefined
      ? ofRow('inserted', row.id, block, 'the block was stored without it')
      : ofRow('edited', row.id, block, 'it is not what was stored');
  });
  return [
    ...findings,
    ...marks.map(({ id }) =>
      ofRow('deleted', `whose id ends in ${id}`, block, 'the block was stored with it'),
    ),
  ];
}

/** What an erasure says that it took away. */
export function checkErasure(block: LogBlock, tombstones: readonly Tombstone[]): Finding[] {
  if (tombstones.length === block.rows && digestOfTombstones(tombstones) === block.digest)
    return [];
  return [
    ofBlock('edited', block, 'what is kept of the predictions that it erased is not what it says'),
  ];
}
