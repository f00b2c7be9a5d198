// The forest's score on rows that its trees have not seen: each row is answered by the trees whose bag it is not in (Breiman 2001).
import { leafWidthOf, type ForestJob, type GrownTree, type OutOfBag } from './forest-job.ts';

export const emptyOutOfBag = ({ rows, target }: Pick<ForestJob, 'rows' | 'target'>): OutOfBag => ({
  sums: new Float64Array(rows * leafWidthOf(target)),
  trees: new Int32Array(rows),
});

/** Adds a tree's answers for the rows that were drawn 0 times. */
export function addOutOfBag(
  { rows, bins, target }: ForestJob,
  { columns, cuts, links, values }: GrownTree,
  times: Uint8Array,
  { sums, trees }: OutOfBag,
): void {
  const width = leafWidthOf(target);
  for (let row = 0; row < rows; row++) {
    if (times[row] !== 0) continue;
    let node = 0;
    for (let column = columns[0] as number; column >= 0; column = columns[node] as number)
      node =
        (bins[column * rows + row] as number) <= (cuts[node] as number)
          ? node + 1
          : (links[node] as number);
    trees[row] = (trees[row] as number) + 1;
    const leaf = links[node] as number;
    for (let k = 0, to = row * width; k < width; k++, to++)
      sums[to] = (sums[to] as number) + (values[leaf + k] as number);
  }
}

/** The same numbers for any parts, as sums on the grid are exact. */
export function mergeOutOfBag(parts: readonly OutOfBag[]): OutOfBag {
  const [first, ...others] = parts as readonly [OutOfBag, ...OutOfBag[]];
  const sums = first.sums.slice();
  const trees = first.trees.slice();
  for (const part of others) {
    part.sums.forEach((sum, i) => {
      sums[i] = (sums[i] as number) + sum;
    });
    part.trees.forEach((count, row) => {
      trees[row] = (trees[row] as number) + count;
    });
  }
  return { sums, trees };
}

/**
 * Accuracy for classes, R^2 for values, over the rows that some tree has not seen, by their weights; NaN where there is none, or where the
 * values of those rows do not vary.
 */
export function outOfBagScore(
  { rows, target, y }: Pick<ForestJob, 'rows' | 'target' | 'y'>,
  weights: Float64Array | null,
  outOfBag: OutOfBag,
): number {
  const weightOf = (row: number): number => (outOfBag.trees[row] === 0 ? 0 : (weights?.[row] ?? 1));
  const answer =
    target.kind === 'mean' && !target.labels ? meanOf(outOfBag) : classOf(target, outOfBag);
  const seen = { weight: 0, sum: 0, squares: 0, errors: 0, hits: 0 };
  for (let row = 0; row < rows; row++) {
    const weight = weightOf(row);
    if (weight === 0) continue;
    const value = y[row] as number;
    const answered = answer(row);
    seen.weight += weight;
    seen.sum += weight * value;
    seen.squares += weight * value * value;
    seen.errors += weight * (value - answered) ** 2;
    seen.hits += value === answered ? weight : 0;
  }
  if (target.kind === 'shares' || target.labels) return seen.hits / seen.weight;
  return 1 - seen.errors / (seen.squares - (seen.sum * seen.sum) / seen.weight);
}

const meanOf =
  ({ sums, trees }: OutOfBag) =>
  (row: number): number =>
    (sums[row] as number) / (trees[row] as number);

/** The class of the largest sum, the first of equal ones. */
function classOf(target: ForestJob['target'], { sums, trees }: OutOfBag): (row: number) => number {
  if (target.kind === 'mean')
    return (row) => (2 * (sums[row] as number) > (trees[row] as number) ? 1 : 0);
  const { classes } = target;
  return (row) => {
    const own = sums.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  };
}
