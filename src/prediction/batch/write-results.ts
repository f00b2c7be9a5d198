// Scored blocks -> the answer, in the format that was asked for.
import type { BatchFormat } from './batch-format.ts';
import type { ScoredBlock } from './scored-block.ts';
import { csvForm } from './write-csv.ts';
import { jsonForm, ndjsonForm, progressForm } from './write-json.ts';
import { writeParquet } from './write-parquet.ts';
import { writeText, type ToProblem } from './write-text.ts';

export interface WriteOptions {
  /** Only NDJSON has a place for it. */
  readonly progress?: boolean;
  /** How an error after the first rows is told in the answer; absent: it is thrown, as Parquet's always is. */
  readonly toProblem?: ToProblem | undefined;
}

/** Rows leave block by block, as they are scored. Nothing is written before the first block: what fails until then is thrown. */
export function writeResults(
  format: BatchFormat,
  scored: AsyncIterable<ScoredBlock>,
  { progress = false, toProblem }: WriteOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  switch (format) {
    case 'json':
      return writeText(jsonForm, scored, toProblem);
    case 'ndjson':
      return writeText(progress ? progressForm() : ndjsonForm, scored, toProblem);
    case 'csv':
      return writeText(csvForm, scored, toProblem);
    case 'parquet':
      return writeParquet(scored);
  }
}
