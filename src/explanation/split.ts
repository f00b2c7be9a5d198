// Where one split sends a row: the rule by which the trees themselves predict.
import type { SplitTrees } from './additive-model.ts';

/** Whether a row with this value (a float32) in the column of a split goes to its left child. */
export function goesLeft(
  { thresholds, missingLeft, subsets, categorySets }: SplitTrees,
  node: number,
  value: number,
): boolean {
  if (value !== value) return missingLeft[node] === 1;
  const subset = subsets[node] as number;
  if (subset < 0) return value <= (thresholds[node] as number);
  const word = (categorySets[subset] as Uint32Array)[value >> 5] ?? 0;
  return ((word >>> (value & 31)) & 1) === 1;
}

/** The sum over trees of the leaf's value for the row that begins at `at` of `design`. */
export function sumOfLeaves(trees: SplitTrees, design: Float32Array, at: number): number {
  const { roots, columns, links, values } = trees;
  let sum = 0;
  for (const root of roots) {
    let node = root;
    for (let column = columns[node] as number; column >= 0; column = columns[node] as number)
      node = goesLeft(trees, node, design[at + column] as number)
        ? node + 1
        : (links[node] as number);
    sum += values[links[node] as number] as number;
  }
  return sum;
}
