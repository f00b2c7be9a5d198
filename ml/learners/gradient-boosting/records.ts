// Rows as a tree reads them, on shared memory: one record a row for histograms, one byte array a column for partitions.
import type { Matrix } from '../../numeric/matrix.ts';
import type { BinnedColumn } from '../../trees/binning.ts';
import { ColumnBinner } from '../../trees/column-binner.ts';

/**
 * A record holds a row's bins, one byte a column, filled up to whole words, and in its last word the row's packed gradient: a child's
 * histogram then costs one cache miss a row. A partition reads one column of a node's rows, so columns stand for themselves as well.
 */
export interface RowRecords {
  readonly rows: number;
  readonly columns: number;
  /** Int32 words a record, even, so that it can be copied by eight bytes. */
  readonly stride: number;
  /** Words of bins at the start of a record; the packed gradient is word stride - 1. */
  readonly binWords: number;
  /** [rows, stride] on shared memory. */
  readonly words: Int32Array;
  /** [columns, rows] on shared memory. */
  readonly bins: Uint8Array;
}

/** Bytes of the records of that many rows and columns. */
export const recordBytes = (rows: number, columns: number): number =>
  rows * (4 * strideOf(columns) + columns);

const strideOf = (columns: number): number => 2 * Math.ceil((Math.ceil(columns / 4) + 1) / 2);

/** Rows binned at a time: their values stay in the cache from column to column. */
const STRETCH = 2048;

/** The records of x (float32 values) under `columns`; packed gradients are 0. */
export function recordsOf(x: Matrix, columns: readonly BinnedColumn[]): RowRecords {
  const { rows } = x;
  const stride = strideOf(columns.length);
  const buffer = new SharedArrayBuffer(4 * rows * stride);
  const bins = new Uint8Array(new SharedArrayBuffer(rows * columns.length));
  const bytes = new Uint8Array(buffer);
  const binners = columns.map((column) => new ColumnBinner(column));
  for (let from = 0; from < rows; from += STRETCH) {
    const to = Math.min(rows, from + STRETCH);
    binners.forEach((binner, column) => {
      const offset = column * rows + from;
      binner.into(x, column, { out: bins, offset, stride: 1 }, from, to);
      for (let row = from, at = 4 * stride * from + column; row < to; row++, at += 4 * stride)
        bytes[at] = bins[column * rows + row] as number;
    });
  }
  const words = new Int32Array(buffer);
  const binWords = Math.ceil(columns.length / 4);
  return Object.freeze({ rows, columns: columns.length, stride, binWords, words, bins });
}
