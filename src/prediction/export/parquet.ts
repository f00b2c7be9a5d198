// An export as Parquet.
import { EXPORT_COLUMNS } from './export-columns.ts';
import type { LogPages } from './log-pages.ts';
import { encodeParquet, type ParquetRows, type ParquetTable } from './parquet-encoder.ts';

const TABLE: ParquetTable = {
  name: 'predictions',
  columns: EXPORT_COLUMNS.map(({ name, kind, nullable }) => ({ name, kind, nullable })),
};

/** `entry`: URL of the thread's module, without extension. Throws what became of a thread that does not answer. */
export const toParquet = (
  pages: LogPages,
  entry?: URL,
): AsyncGenerator<Uint8Array, void, undefined> => encodeParquet(TABLE, rowsOf(pages), entry);

async function* rowsOf(pages: LogPages): AsyncGenerator<ParquetRows, void, undefined> {
  for await (const page of pages)
    yield { count: page.length, columns: EXPORT_COLUMNS.map(({ of }) => page.map(of)) };
}
