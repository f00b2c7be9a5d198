// Trees as they predict: all nodes in flat arrays, leaf values on a grid on which float32 sums are exact in any order.
import type { Matrix } from '../numeric/matrix.ts';

/** Nodes of all trees, one tree after the other, each in preorder: the left child of node i is i + 1. */
export interface TreeEnsemble {
  /** Sums a row. */
  readonly outputs: number;
  /** What every sum starts from, on the grid, [outputs]. */
  readonly base: Float32Array;
  /** The root of each tree, [trees]. */
  readonly roots: Int32Array;
  /** The first of the sums that a tree's leaves add to, [trees]. */
  readonly targets: Int32Array;
  /** Values of a leaf: 1, or `outputs` where every leaf adds to every sum. */
  readonly leafWidth: number;
  /** The column of a split, -1 for a leaf, [nodes]. */
  readonly columns: Int32Array;
  /** Numeric split: x <= threshold goes left, [nodes]. */
  readonly thresholds: Float32Array;
  /** 1 where NaN goes left, [nodes]. */
  readonly missingLeft: Uint8Array;
  /** Categorical split: its place in `categorySets`; -1 for numeric splits and leaves, [nodes]. */
  readonly subsets: Int32Array;
  /** A split's right child; of a leaf the place of its first value in `values`, [nodes]. */
  readonly links: Int32Array;
  readonly values: Float32Array;
  /** The codes that go left: code c by bit c % 32 of word c >> 5; codes beyond the last word go right. */
  readonly categorySets: readonly Uint32Array[];
}

/** Writes the sums of each row of `x` (float32 values) into `out` [rows, outputs]; each is a float32 value, whatever the order of adding. */
export function sumTreesInto(ensemble: TreeEnsemble, x: Matrix, out: Float64Array): void {
  const { outputs, base, roots, targets, leafWidth, columns, links, values } = ensemble;
  for (let row = 0; row < x.rows; row++) {
    const to = row * outputs;
    for (let k = 0; k < outputs; k++) out[to + k] = base[k] as number;
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree] as number;
      while ((columns[node] as number) >= 0)
        node = goesLeft(
          ensemble,
          node,
          x.data[row * x.columns + (columns[node] as number)] as number,
        )
          ? node + 1
          : (links[node] as number);
      const leaf = links[node] as number;
      const first = to + (targets[tree] as number);
      for (let k = 0; k < leafWidth; k++)
        out[first + k] = (out[first + k] as number) + (values[leaf + k] as number);
    }
  }
}

function goesLeft(
  { thresholds, missingLeft, subsets, categorySets }: TreeEnsemble,
  node: number,
  value: number,
): boolean {
  if (Number.isNaN(value)) return missingLeft[node] === 1;
  const subset = subsets[node] as number;
  if (subset < 0) return value <= (thresholds[node] as number);
  const word = (categorySets[subset] as Uint32Array)[value >> 5] ?? 0;
  return ((word >>> (value & 31)) & 1) === 1;
}

/**
 * The step of the grid of leaf values and bases: float32 has 24 significant bits, so multiples of the step add up without rounding in any
 * order as long as no partial sum is beyond `bound` in size: whatever ONNX Runtime's threads do, it answers the trainer's sums.
 */
export const gridStep = (bound: number): number =>
  2 ** (Math.ceil(Math.log2(Math.max(bound, Number.MIN_VALUE))) - 24);

/** The multiple of `step` nearest to a value. */
export const onGrid = (value: number, step: number): number => Math.round(value / step) * step;
