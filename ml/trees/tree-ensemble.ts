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

/** Rows that go down one tree together: their values and its nodes stay in the cache. */
const BLOCK = 512;

/** Writes the sums of each row of `x` (float32 values) into `out` [rows, outputs]; each is a float32 value, whatever the order of adding. */
export function sumTreesInto(ensemble: TreeEnsemble, x: Matrix, out: Float64Array): void {
  const { outputs, base, roots, targets } = ensemble;
  const descend = ensemble.categorySets.length > 0 ? leavesOfMixed : leavesOfNumeric;
  const leaves = new Int32Array(BLOCK);
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(x.rows, from + BLOCK);
    for (let row = from; row < to; row++) out.set(base, row * outputs);
    for (let tree = 0; tree < roots.length; tree++) {
      descend(ensemble, roots[tree] as number, x, from, to, leaves);
      addLeaves(ensemble, leaves, out, from * outputs + (targets[tree] as number), to - from);
    }
  }
}

function addLeaves(
  { outputs, leafWidth, links, values }: TreeEnsemble,
  leaves: Int32Array,
  out: Float64Array,
  offset: number,
  count: number,
): void {
  for (let i = 0, at = offset; i < count; i++, at += outputs) {
    const leaf = links[leaves[i] as number] as number;
    for (let k = 0; k < leafWidth; k++)
      out[at + k] = (out[at + k] as number) + (values[leaf + k] as number);
  }
}

/** The leaf of each row of [from, to) in one tree; all splits are numeric. */
function leavesOfNumeric(
  { columns, thresholds, missingLeft, links }: TreeEnsemble,
  root: number,
  { data, columns: width }: Matrix,
  from: number,
  to: number,
  leaves: Int32Array,
): void {
  for (let row = from; row < to; row++) {
    const offset = row * width;
    let node = root;
    for (let column = columns[node] as number; column >= 0; column = columns[node] as number) {
      const value = data[offset + column] as number;
      if (value <= (thresholds[node] as number)) node += 1;
      else if (value !== value && missingLeft[node] === 1) node += 1;
      else node = links[node] as number;
    }
    leaves[row - from] = node;
  }
}

/** The same where some splits are categorical. */
function leavesOfMixed(
  ensemble: TreeEnsemble,
  root: number,
  { data, columns: width }: Matrix,
  from: number,
  to: number,
  leaves: Int32Array,
): void {
  const { columns, links } = ensemble;
  for (let row = from; row < to; row++) {
    let node = root;
    for (let column = columns[node] as number; column >= 0; column = columns[node] as number)
      node = goesLeft(ensemble, node, data[row * width + column] as number)
        ? node + 1
        : (links[node] as number);
    leaves[row - from] = node;
  }
}

/** Whether a row with this value in the column of a split goes to its left child. */
export function goesLeft(
  { thresholds, missingLeft, subsets, categorySets }: TreeEnsemble,
  node: number,
  value: number,
): boolean {
  if (value !== value) return missingLeft[node] === 1;
  const subset = subsets[node] as number;
  if (subset < 0) return value <= (thresholds[node] as number);
  const word = (categorySets[subset] as Uint32Array)[value >> 5] ?? 0;
  return ((word >>> (value & 31)) & 1) === 1;
}

/** Below it the step would be none of float32's numbers. */
const LEAST_BOUND = 2 ** -124;

/**
 * The step of the grid of leaf values and bases: float32 has 24 significant bits, so multiples of the step add up without rounding in any
 * order as long as no partial sum is beyond `bound` in size: whatever ONNX Runtime's threads do, it answers the trainer's sums.
 */
export const gridStep = (bound: number): number =>
  2 ** (Math.ceil(Math.log2(Math.max(bound, LEAST_BOUND))) - 24);

/** The multiple of `step` nearest to a value. */
export const onGrid = (value: number, step: number): number => Math.round(value / step) * step;
