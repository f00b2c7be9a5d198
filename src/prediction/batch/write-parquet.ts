// Scored blocks as Parquet with typed columns, encoded by a thread. A fault breaks it off: a file without its footer is no Parquet file.
import { encodeParquet, type ParquetCell } from '../export/parquet-encoder.ts';
import { RESULT_COLUMNS } from './result-columns.ts';
import type { ScoredBlock } from './scored-block.ts';

export const writeParquet = (
  scored: AsyncIterable<ScoredBlock>,
): AsyncGenerator<Uint8Array, void, undefined> =>
  encodeParquet({ name: 'results', columns: RESULT_COLUMNS }, cellsOf(scored));

async function* cellsOf(
  scored: AsyncIterable<ScoredBlock>,
): AsyncGenerator<readonly ParquetCell[], void, undefined> {
  for await (const block of scored) yield flatten(block);
}

/** Of a refused row: id, label, probability, warnings, explanation. */
const NOTHING = [null, null, null, null, null] as const;

/** In the order of the columns. */
function flatten(block: ScoredBlock): ParquetCell[] {
  const { first, count, labels, ids, probability, positive, refused } = block;
  const { warnings, explanations } = block;
  const cells: ParquetCell[] = [];
  let next = 0;
  for (let at = 0; at < count; at += 1) {
    const row = refused[next];
    if (row?.at === at) {
      next += 1;
      cells.push(first + at, ...NOTHING, row.line, JSON.stringify(row.errors));
      continue;
    }
    const label = positive[at] === 1 ? labels.positive : labels.negative;
    const warned = warnings.get(at);
    const more = warned === undefined ? null : JSON.stringify(warned);
    const explained = explanations?.[at] ?? null;
    cells.push(first + at, ids?.[at] ?? null, label, probability[at] ?? 0, more, explained);
    cells.push(null, null);
  }
  return cells;
}
