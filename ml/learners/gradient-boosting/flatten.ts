// Trees grown on bins as an ensemble that predicts: thresholds for bins, codes for categories, leaf values on a grid on which sums are exact.
import { MISSING_BIN, type BinnedColumn } from '../../trees/binning.ts';
import { gridStep, onGrid, type TreeEnsemble } from '../../trees/tree-ensemble.ts';
import type { GrownSplit, GrownTree } from './grown-tree.ts';

/** `start` is what the sums start from, [outputs]. */
export function flatten(
  trees: readonly GrownTree[],
  columns: readonly BinnedColumn[],
  start: Float64Array,
): TreeEnsemble {
  const step = gridStep(boundOf(trees, start));
  const nodes = new FlatNodes(columns, step);
  return Object.freeze({
    outputs: start.length,
    base: Float32Array.from(start, (value) => onGrid(value, step)),
    roots: Int32Array.from(trees, (tree) => nodes.append(tree)),
    targets: Int32Array.from(trees, ({ output }) => output),
    leafWidth: 1,
    ...nodes.arrays(),
  });
}

/** No partial sum of any output, whatever the order, is larger than this in size. */
function boundOf(trees: readonly GrownTree[], start: Float64Array): number {
  const bounds = start.map(Math.abs);
  for (const { output, values } of trees)
    bounds[output] =
      (bounds[output] as number) +
      values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  // Rounding to the grid moves each term by half a step at most.
  return Math.max(...bounds) * (1 + 2 ** -20);
}

class FlatNodes {
  readonly #binned: readonly BinnedColumn[];
  readonly #step: number;
  readonly #columns: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #subsets: number[] = [];
  readonly #links: number[] = [];
  readonly #values: number[] = [];
  readonly #sets: Uint32Array[] = [];

  constructor(binned: readonly BinnedColumn[], step: number) {
    this.#binned = binned;
    this.#step = step;
  }

  /** Returns the tree's root. */
  append({ splits, values }: GrownTree): number {
    const root = this.#columns.length;
    const append = (child: number): void => {
      if (child < 0) {
        this.#leaf(values[~child] as number);
        return;
      }
      const split = splits[child] as GrownSplit;
      const node = this.#split(split);
      append(split.left);
      this.#links[node] = this.#columns.length;
      append(split.right);
    };
    append(splits.length === 0 ? ~0 : 0);
    return root;
  }

  arrays(): Pick<
    TreeEnsemble,
    'columns' | 'thresholds' | 'missingLeft' | 'subsets' | 'links' | 'values' | 'categorySets'
  > {
    return {
      columns: Int32Array.from(this.#columns),
      thresholds: Float32Array.from(this.#thresholds),
      missingLeft: Uint8Array.from(this.#missingLeft),
      subsets: Int32Array.from(this.#subsets),
      links: Int32Array.from(this.#links),
      values: Float32Array.from(this.#values),
      categorySets: Object.freeze(this.#sets),
    };
  }

  #leaf(value: number): void {
    this.#push(-1, 0, false, -1);
    this.#links.push(this.#values.length);
    this.#values.push(onGrid(value, this.#step));
  }

  #split({ column, bin, missingLeft, leftBins }: GrownSplit): number {
    const { uppers, codes } = this.#binned[column] as BinnedColumn;
    if (leftBins === null) this.#push(column, uppers?.[bin] ?? 0, missingLeft, -1);
    else {
      this.#push(column, 0, missingLeft, this.#sets.length);
      this.#sets.push(codesGoingLeft(codes ?? [], leftBins));
    }
    return this.#links.push(0) - 1;
  }

  #push(column: number, threshold: number, missingLeft: boolean, subset: number): void {
    this.#columns.push(column);
    this.#thresholds.push(threshold);
    this.#missingLeft.push(missingLeft ? 1 : 0);
    this.#subsets.push(subset);
  }
}

/** The codes of the bins that go left, as bits. */
function codesGoingLeft(codes: readonly Int32Array[], leftBins: Uint8Array): Uint32Array {
  const left = codes.flatMap((members, bin) =>
    bin < MISSING_BIN && leftBins[bin] === 1 ? [...members] : [],
  );
  const largest = left.reduce((most, code) => Math.max(most, code), -1);
  const words = new Uint32Array((largest >> 5) + 1);
  for (const code of left) words[code >> 5] = (words[code >> 5] as number) | (1 << (code & 31));
  return words;
}
