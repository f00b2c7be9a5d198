// The dense row-major matrix that preprocessing and learners exchange.

/** `data` holds `rows * columns` numbers, row after row. */
export interface Matrix {
  readonly data: Float32Array | Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** A matrix whose values are float32: raw rows, and what trees are trained on. */
export interface Float32Matrix extends Matrix {
  readonly data: Float32Array;
}

/** Data and shape that do not belong together. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** A view of `data` as a matrix with that many columns; nothing is copied. */
export function matrixOf(data: Float32Array, columns: number): Float32Matrix;
export function matrixOf(data: Float64Array, columns: number): Matrix;
export function matrixOf(data: Float32Array | Float64Array, columns: number): Matrix {
  const rows = columns > 0 ? data.length / columns : 0;
  if (!Number.isInteger(rows) || (columns === 0 && data.length > 0))
    throw new ShapeError(`${data.length} values do not fill rows of ${columns} columns`);
  return Object.freeze({ data, rows, columns });
}

/** The rows at `indices`, in that order, copied. */
export function takeRows(x: Float32Matrix, indices: ArrayLike<number>): Float32Matrix {
  const { columns } = x;
  const data = new Float32Array(indices.length * columns);
  for (let i = 0; i < indices.length; i++) {
    const row = indices[i] as number;
    if (!(row >= 0 && row < x.rows)) throw new ShapeError(`there is no row ${row} among ${x.rows}`);
    data.set(x.data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return matrixOf(data, columns);
}

/** One column, copied. */
export function columnOf(x: Float32Matrix, column: number): Float32Array {
  const values = new Float32Array(x.rows);
  for (let row = 0; row < x.rows; row++) values[row] = x.data[row * x.columns + column] as number;
  return values;
}
