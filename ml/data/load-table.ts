// A file of rows -> checked float32 rows and labels. Names every problem, returns nothing half-read.
import { extname } from 'node:path';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { ProtectedColumn } from './protected-columns.ts';
import { isParquet, readParquet } from './read-parquet.ts';
import { readCsv } from './read-csv.ts';
import type { RowKeys, SplitBy } from './row-keys.ts';
import type { RowLines } from './row-lines.ts';
import { RowReader } from './row-reader.ts';
import { fileError, TableError, type TableFile, type TableSink } from './table.ts';

export interface TableSource extends TableFile {
  /** Texts that stand for a missing value, as an empty field does; absent: none. */
  readonly missing?: readonly string[];
  readonly target: { readonly column: string; readonly positive: string };
  readonly features: readonly FeatureSpec[];
  /** The column that says how much each row counts in training; null or absent: all rows count alike. */
  readonly weights?: { readonly column: string } | null;
  /** The column by which rows are kept together or in order; null or absent: none. */
  readonly splitBy?: SplitBy | null;
  /** Columns that say to which groups a row belongs; absent: none. */
  readonly protected?: readonly string[];
  /** Columns that together name a row: no two rows may have the same values. */
  readonly unique?: readonly string[];
  /** The share of rows, 0 to 1, that must be good in each column; others are left out. Absent: 1, every row. */
  readonly mostly?: number;
  /** Is told the share of the file that is read, and the rows so far. */
  readonly onProgress?: (share: number, rows: number) => void;
}

/** A checked data set. Row i of `x` is the encoding of data row i: NaN where missing, the code of a category. */
export interface Dataset {
  readonly features: readonly FeatureSpec[];
  readonly rows: number;
  /** Row-major float32 [rows, features]. */
  readonly x: Float32Array;
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  /** Finite, >= 0, not all 0, [rows]; null where no column was named. */
  readonly weights: Float64Array | null;
  /** null where rows are split by class alone. */
  readonly keys: RowKeys | null;
  /** In the order of their declaration. */
  readonly protected: readonly ProtectedColumn[];
  /** sha256 of the file, hex. */
  readonly digest: string;
  /** Columns of the file that nothing reads. */
  readonly ignoredColumns: readonly string[];
  readonly lines: RowLines;
  /** Rows of the file that were left out, and what was wrong with them, by column. */
  readonly leftOut: { readonly rows: number; readonly byColumn: ReadonlyMap<string, number> };
}

/** Throws DataError, which names up to 20 problems and counts them all. */
export async function loadTable(source: TableSource): Promise<Dataset> {
  const reader = new RowReader(source);
  try {
    return reader.finish(await readTable(source, reader));
  } catch (error) {
    if (error instanceof TableError) throw reader.brokenOff(error);
    throw error;
  }
}

/** Tells a CSV or Parquet file to `sink`, whichever it is; returns its sha256, hex. Throws TableError, and what the sink throws. */
export async function readTable(file: TableFile, sink: TableSink): Promise<string> {
  try {
    const parquet = extname(file.path) === '.parquet' || (await isParquet(file.path));
    return await (parquet ? readParquet(file, sink) : readCsv(file, sink));
  } catch (error) {
    throw fileError(error);
  }
}
