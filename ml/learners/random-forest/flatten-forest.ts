// Grown trees, which compare bins, as the ensemble that predicts, which compares values.
import type { BinnedColumn } from '../../trees/binning.ts';
import type { TreeEnsemble } from '../../trees/tree-ensemble.ts';
import { leafWidthOf, type GrownTree, type Target } from './forest-job.ts';

/** `trees` in the order of their numbers. The ensemble's sums are those of leaf values, not means. */
export function flattenForest(
  trees: readonly GrownTree[],
  binned: readonly BinnedColumn[],
  target: Target,
): TreeEnsemble {
  const size = trees.reduce((sum, { columns }) => sum + columns.length, 0);
  const valueCount = trees.reduce((sum, { values }) => sum + values.length, 0);
  const roots = new Int32Array(trees.length);
  const columns = new Int32Array(size);
  const thresholds = new Float32Array(size);
  const links = new Int32Array(size);
  const values = new Float32Array(valueCount);
  let root = 0;
  let firstValue = 0;
  trees.forEach((tree, t) => {
    roots[t] = root;
    columns.set(tree.columns, root);
    values.set(tree.values, firstValue);
    for (let i = 0; i < tree.columns.length; i++) {
      const column = tree.columns[i] as number;
      links[root + i] = (tree.links[i] as number) + (column < 0 ? firstValue : root);
      if (column >= 0)
        thresholds[root + i] = binned[column]?.uppers?.[tree.cuts[i] as number] as number;
    }
    root += tree.columns.length;
    firstValue += tree.values.length;
  });
  const width = leafWidthOf(target);
  return Object.freeze({
    outputs: width,
    base: new Float32Array(width),
    roots,
    targets: new Int32Array(trees.length),
    leafWidth: width,
    columns,
    thresholds,
    missingLeft: new Uint8Array(size),
    subsets: new Int32Array(size).fill(-1),
    links,
    values,
    categorySets: [],
  });
}
