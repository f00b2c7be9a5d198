// Leaf values of losses whose hessian tells nothing: the weighted quantile of what the rows of a leaf still lack (Friedman 2001, algorithm 3,
// for the absolute loss).
import type { GrownLeaf } from './grower.ts';

export interface Lacking {
  readonly y: Uint8Array | Float64Array;
  readonly weights: Float64Array | null;
  /** [rows]: such losses have one output. */
  readonly scores: Float64Array;
}

/**
 * For each leaf the `quantile` of y - score over its rows; `noted` is the leaf of each row, `learning` 1 for the rows that count (null: all).
 * Rows are taken in ascending order, so the values are the same on every thread.
 */
export function renewedValues(
  { y, weights, scores }: Lacking,
  noted: Uint16Array,
  leaves: readonly Pick<GrownLeaf, 'stats'>[],
  learning: Uint8Array | null,
  quantile: number,
): Float64Array {
  const rows = rowsByLeaf(noted, leaves.length, learning);
  return Float64Array.from(leaves, ({ stats: { lowest, highest } }, leaf) => {
    const members = rows.order.subarray(rows.starts[leaf], rows.starts[leaf + 1]);
    const value = weightedQuantile(
      Float64Array.from(members, (row) => (y[row] as number) - (scores[row] as number)),
      weights === null ? null : Float64Array.from(members, (row) => weights[row] as number),
      quantile,
    );
    return Math.min(highest, Math.max(lowest, value));
  });
}

/** A counting sort: rows of leaf l are order[starts[l] ... starts[l + 1]), ascending. */
function rowsByLeaf(
  noted: Uint16Array,
  leaves: number,
  learning: Uint8Array | null,
): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(leaves + 1);
  const counts = (row: number): boolean => learning === null || learning[row] === 1;
  noted.forEach((leaf, row) => {
    if (counts(row)) starts[leaf + 1] = (starts[leaf + 1] as number) + 1;
  });
  for (let leaf = 0; leaf < leaves; leaf++)
    starts[leaf + 1] = (starts[leaf + 1] as number) + (starts[leaf] as number);
  const next = starts.slice();
  const order = new Int32Array(starts[leaves] as number);
  noted.forEach((leaf, row) => {
    if (!counts(row)) return;
    const place = next[leaf] as number;
    order[place] = row;
    next[leaf] = place + 1;
  });
  return { order, starts };
}

/**
 * The value at which half open cumulative weights reach quantile * total: of equal weights, numpy's `inverted_cdf` with the mean of two
 * neighbours where the share falls between them. 0 without any weight.
 */
export function weightedQuantile(
  values: Float64Array,
  weights: Float64Array | null,
  quantile: number,
): number {
  const order = Int32Array.from(values.keys()).sort(
    (a, b) => (values[a] as number) - (values[b] as number) || a - b,
  );
  const weightOf = (i: number): number => (weights === null ? 1 : (weights[i] as number));
  const total = order.reduce((sum, i) => sum + weightOf(i), 0);
  const wanted = quantile * total;
  let reached = 0;
  for (let k = 0; k < order.length; k++) {
    const i = order[k] as number;
    reached += weightOf(i);
    if (reached < wanted || reached === 0) continue;
    const next = reached === wanted && k + 1 < order.length ? (order[k + 1] as number) : i;
    return ((values[i] as number) + (values[next] as number)) / 2;
  }
  return order.length === 0 ? 0 : (values[order.at(-1) as number] as number);
}
