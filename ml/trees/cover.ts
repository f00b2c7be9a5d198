// How many rows reach each node of a set of trees: what path-dependent explanations weigh the sides of a split by.
import type { SplitTrees } from '../../src/explanation/additive-model.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { descentOf } from './tree-ensemble.ts';

/** Rows that go down one tree together: their values and its nodes stay in the cache. */
const BLOCK = 512;

/** `x` holds float32 values; [nodes]. */
export function coverOf(trees: SplitTrees, x: Matrix): Float64Array {
  const { columns, links, roots } = trees;
  const cover = new Float64Array(columns.length);
  const descend = descentOf(trees);
  const leaves = new Int32Array(BLOCK);
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(x.rows, from + BLOCK);
    for (const root of roots) {
      descend(trees, root, x, from, to, leaves);
      for (let i = 0; i < to - from; i++) {
        const leaf = leaves[i] as number;
        cover[leaf] = (cover[leaf] as number) + 1;
      }
    }
  }
  // Preorder: both children of a split come after it.
  for (let node = columns.length - 1; node >= 0; node--)
    if (columns[node] !== -1)
      cover[node] = (cover[node + 1] as number) + (cover[links[node] as number] as number);
  return cover;
}
