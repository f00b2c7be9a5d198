// What each column of the design did for boosted trees: the gain of its splits.
import type { GrownTree } from './grown-tree.ts';

/**
 * The sum over all splits on each column of G_l^2 / (H_l + lambda) + G_r^2 / (H_r + lambda) - G^2 / (H + lambda), where G and H are the
 * gradients and hessians of the rows that the tree learns from and lambda is reg_lambda (beside it cat_l2 on both sides of a subset of
 * categories, and values within their bounds below monotone constraints): twice what a split takes off the regularised second-order loss of
 * its tree, before the learning rate. LightGBM's importance_type "gain", but that min_split_gain is not taken off. [columns]
 */
export function gainsOf(
  trees: readonly Pick<GrownTree, 'splits'>[],
  columns: number,
): Float64Array {
  const gains = new Float64Array(columns);
  for (const { splits } of trees)
    for (const { column, gain } of splits) gains[column] = (gains[column] as number) + gain;
  return gains;
}
