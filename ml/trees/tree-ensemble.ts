// Trees as they predict: all nodes in flat arrays, leaf values on a grid on which float32 sums are exact in any order.
import type { SplitTrees } from '../../src/explanation/additive-model.ts';
import { goesLeft } from '../../src/explanation/split.ts';
import type { Matrix } from '../numeric/matrix.ts';

/** Trees that add to one sum a row, or to several. */
export interface TreeEnsemble extends SplitTrees {
  /** Sums a row. */
  readonly outputs: number;
  /** What every sum starts from, on the grid, [outputs]. */
  readonly base: Float32Array;
  /** The first of the sums that a tree's leaves add to, [trees]. */
  readonly targets: Int32Array;
  /** Values of a leaf: 1, or `outputs` where every leaf adds to every sum. */
  readonly leafWidth: number;
}

/** The trees of a sum that no column moves. */
export const NO_TREES: SplitTrees = Object.freeze({
  roots: new Int32Array(),
  columns: new Int32Array(),
  thresholds: new Float32Array(),
  missingLeft: new Uint8Array(),
  subsets: new Int32Array(),
  links: new Int32Array(),
  values: new Float32Array(),
  categorySets: [],
});

/** Rows that go down one tree together: their values and its nodes stay in the cache. */
const BLOCK = 512;

/** Writes the sums of each row of `x` (float32 values) into `out` [rows, outputs]; each is a float32 value, whatever the order of adding. */
export function sumTreesInto(ensemble: TreeEnsemble, x: Matrix, out: Float64Array): void {
  const { outputs, base, roots, targets } = ensemble;
  const descend = descentOf(ensemble);
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

/** Writes the leaf, a node, that each row of [from, to) reaches in the tree of `root` into `leaves`. */
export type Descent = (
  trees: SplitTrees,
  root: number,
  x: Matrix,
  from: number,
  to: number,
  leaves: Int32Array,
) => void;

/** The faster way down where all splits are numeric. */
export const descentOf = ({ categorySets }: SplitTrees): Descent =>
  categorySets.length > 0 ? leavesOfMixed : leavesOfNumeric;

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
  { columns, thresholds, missingLeft, links }: SplitTrees,
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
  trees: SplitTrees,
  root: number,
  { data, columns: width }: Matrix,
  from: number,
  to: number,
  leaves: Int32Array,
): void {
  const { columns, links } = trees;
  for (let row = from; row < to; row++) {
    let node = root;
    for (let column = columns[node] as number; column >= 0; column = columns[node] as number)
      node = goesLeft(trees, node, data[row * width + column] as number)
        ? node + 1
        : (links[node] as number);
    leaves[row - from] = node;
  }
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
