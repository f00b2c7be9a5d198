// An upload of any size and format -> blocks of encoded rows, in the memory of a few of them.
import type { BatchFormat } from './batch-format.ts';
import { readCsv } from './read-csv.ts';
import { readJson } from './read-json.ts';
import { readNdjson } from './read-ndjson.ts';
import type { RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';
import type { UploadSource } from './upload-source.ts';

/** Rows before a fault come before it. Throws AppError where reading cannot go on, and what the source throws. */
export function readBlocks(
  format: BatchFormat,
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  switch (format) {
    case 'json':
      return readJson(source, contract, options);
    case 'ndjson':
      return readNdjson(source, contract, options);
    case 'csv':
      return readCsv(source, contract, options);
    case 'parquet':
      return readParquet(source, contract, options);
  }
}

/** Its reader and codecs take 35 ms and some megabytes to load, which a server waits for when the first such upload comes. */
async function* readParquet(
  source: UploadSource,
  contract: RowContract,
  options: ReadOptions,
): AsyncGenerator<RowBlock, void, undefined> {
  const reader = await import('./read-parquet.ts');
  yield* reader.readParquet(source, contract, options);
}
