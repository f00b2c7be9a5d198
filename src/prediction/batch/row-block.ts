// Rows of an upload on their way through a batch: some hundred at a time, encoded, with those that do not fit the model named and not lost.
import type { FieldError } from '../../common/errors.ts';
import type { RangeWarning } from '../../features/feature-spec.ts';

/** Where reading goes on: after the rows before it. */
export interface Position {
  /** Rows before it, refused ones included. */
  readonly rows: number;
  /** Bytes before it; of Parquet, which is entered by rows, 0. */
  readonly bytes: number;
  /** Lines before it; of formats without lines, 0. */
  readonly lines: number;
}

export const START: Position = Object.freeze({ rows: 0, bytes: 0, lines: 0 });

/** A row that is not scored. */
export interface RefusedRow {
  /** In the block, from 0. */
  readonly at: number;
  /** Where its record begins, from 1; null where the format has no lines. */
  readonly line: number | null;
  readonly errors: readonly FieldError[];
}

export interface RowBlock {
  /** In the upload, of the block's first row, from 0. */
  readonly first: number;
  readonly count: number;
  /** Row-major [count, features], float32 as the model takes them; the cells of refused rows mean nothing but are finite or NaN. */
  readonly cells: Float32Array<ArrayBuffer>;
  /** In rising order of `at`. */
  readonly refused: readonly RefusedRow[];
  /** Of rows that have some, by `at`. */
  readonly warnings: ReadonlyMap<number, readonly RangeWarning[]>;
  /** Each row's features as JSON, [count], where the reader was asked to keep them; null otherwise. */
  readonly inputs: readonly string[] | null;
  /** Where reading goes on after this block. */
  readonly end: Position;
}
