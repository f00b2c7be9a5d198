// Values replaced by their ranks, once for the whole forest: splits then compare small integers, and sorting never touches floats.
import type { Matrix } from '../../numeric/matrix.ts';

export interface RankedColumns {
  readonly rows: number;
  readonly columns: number;
  /** Rank of the value among the distinct values of its column, column-major [columns, rows]. */
  readonly ranks: Uint32Array;
  /** The distinct values of each column, ascending: values[column][rank], float32. */
  readonly values: readonly Float32Array[];
}

/** O(columns * rows log rows). Values are float32 and finite. */
export function rankColumns(x: Matrix): RankedColumns {
  const { rows, columns } = x;
  const ranks = new Uint32Array(columns * rows);
  const values = Array.from({ length: columns }, (_, column) => {
    const sorted = new Float32Array(rows);
    for (let row = 0; row < rows; row++) sorted[row] = x.data[row * columns + column] as number;
    const own = sorted.slice();
    sorted.sort();
    const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
    for (let row = 0; row < rows; row++)
      ranks[column * rows + row] = rankOf(own[row] as number, distinct);
    return distinct;
  });
  return { rows, columns, ranks, values };
}

/** Binary search; `value` is in `distinct`. */
function rankOf(value: number, distinct: Float32Array): number {
  let low = 0;
  let high = distinct.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((distinct[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
