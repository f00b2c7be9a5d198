// A forest as it predicts: all trees in flat arrays, leaf values on a grid on which float32 sums are exact.
import type { GrownTree } from './grow-tree.ts';

/** Nodes of all trees, one tree after the other, each in preorder: the left child of node i is i + 1. */
export interface FlatForest {
  /** The root of each tree. */
  readonly roots: Int32Array;
  /** The column of a split, -1 for a leaf. */
  readonly columns: Int32Array;
  /** x <= threshold goes left. */
  readonly thresholds: Float32Array;
  readonly rights: Int32Array;
  /** P(positive) of a leaf, 0 for a split. */
  readonly leaves: Float32Array;
}

/**
 * The grid of leaf values: float32 has 24 significant bits and a sum of n values up to 1 needs ceil(log2 n) of them before the point, so
 * multiples of 2^-(24 - ceil(log2 n)) add up without rounding in any order, whatever ONNX Runtime's threads do. For 100 trees a leaf
 * moves by at most 2^-18.
 */
export const leafGrid = (trees: number): number => 2 ** (24 - Math.ceil(Math.log2(trees)));

export function flattenForest(trees: readonly GrownTree[]): FlatForest {
  const grid = leafGrid(trees.length);
  const size = trees.reduce((sum, { columns }) => sum + columns.length, 0);
  const roots = new Int32Array(trees.length);
  const columns = new Int32Array(size);
  const thresholds = new Float32Array(size);
  const rights = new Int32Array(size);
  const leaves = new Float32Array(size);
  let root = 0;
  trees.forEach((tree, t) => {
    roots[t] = root;
    columns.set(tree.columns, root);
    thresholds.set(tree.thresholds, root);
    for (let i = 0; i < tree.columns.length; i++) {
      if (tree.columns[i] === -1)
        leaves[root + i] = Math.round((tree.shares[i] as number) * grid) / grid;
      else rights[root + i] = root + (tree.rights[i] as number);
    }
    root += tree.columns.length;
  });
  return Object.freeze({ roots, columns, thresholds, rights, leaves });
}
