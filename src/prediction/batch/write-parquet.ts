// Scored blocks as Parquet with typed columns, encoded by a thread. A fault breaks it off: a file without its footer is no Parquet file.
import {
  encodeParquet,
  type ParquetCell,
  type ParquetCells,
  type ParquetRows,
  type ParquetTable,
} from '../export/parquet-encoder.ts';
import { RESULT_COLUMNS } from './result-columns.ts';
import type { ScoredBlock } from './scored-block.ts';

const TABLE: ParquetTable = { name: 'results', columns: RESULT_COLUMNS, firstGroupRows: 2_000 };

export const writeParquet = (
  scored: AsyncIterable<ScoredBlock>,
): AsyncGenerator<Uint8Array, void, undefined> => encodeParquet(TABLE, rowsOf(scored));

async function* rowsOf(
  scored: AsyncIterable<ScoredBlock>,
): AsyncGenerator<ParquetRows, void, undefined> {
  for await (const block of scored) yield { count: block.count, columns: columnsOf(block) };
}

/** In the order of RESULT_COLUMNS. */
function columnsOf(block: ScoredBlock): ParquetCells[] {
  const { first, count, labels, ids, probability, positive, refused } = block;
  const { warnings, explanations } = block;
  const each = (of: (at: number) => ParquetCell): ParquetCell[] =>
    Array.from({ length: count }, (_, at) => of(at));
  const warned = warnings.size === 0 ? null : each((at) => textOf(warnings.get(at)));
  const index = Float64Array.from({ length: count }, (_, at) => first + at);
  const texts = [labels.negative, labels.positive];
  if (refused.length === 0)
    return [index, ids, { texts, chosen: positive }, probability, warned, explanations, null, null];
  const rows = new Map(refused.map((row) => [row.at, row]));
  const scored = (of: (at: number) => ParquetCell | undefined): ParquetCell[] =>
    each((at) => (rows.has(at) ? null : (of(at) ?? null)));
  return [
    index,
    ids && scored((at) => ids[at]),
    scored((at) => texts[positive[at] ?? 0]),
    scored((at) => probability[at]),
    warned && scored((at) => warned[at]),
    explanations && scored((at) => explanations[at]),
    each((at) => rows.get(at)?.line ?? null),
    each((at) => textOf(rows.get(at)?.errors)),
  ];
}

const textOf = (value: object | undefined): ParquetCell =>
  value === undefined ? null : JSON.stringify(value);
