// Scored blocks as Parquet with typed columns, encoded by a thread. A fault breaks it off: a file without its footer is no Parquet file.
import {
  encodeParquet,
  type ParquetCell,
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
function columnsOf(block: ScoredBlock): ParquetRows['columns'] {
  const { first, count, labels, ids, probability, positive, refused } = block;
  const { warnings, explanations } = block;
  const each = <Cell>(of: (at: number) => Cell): Cell[] =>
    Array.from({ length: count }, (_, at) => of(at));
  const columns = [
    each((at) => first + at),
    ids,
    each((at) => (positive[at] === 1 ? labels.positive : labels.negative)),
    probability,
    warnings.size === 0 ? null : each((at) => textOf(warnings.get(at))),
    explanations,
  ];
  if (refused.length === 0) return [...columns, null, null];
  const rows = new Map(refused.map((row) => [row.at, row]));
  return [
    ...columns.map((cells, column) =>
      cells === null || column === 0
        ? cells
        : each((at) => (rows.has(at) ? null : (cells[at] ?? null))),
    ),
    each((at) => rows.get(at)?.line ?? null),
    each((at) => textOf(rows.get(at)?.errors)),
  ];
}

const textOf = (value: object | undefined): ParquetCell =>
  value === undefined ? null : JSON.stringify(value);
