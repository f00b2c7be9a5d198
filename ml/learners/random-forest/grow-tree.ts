// Grows one tree after the other, each depth first on the rows of its own bag.
import type { Random } from '../../../src/statistics/random.ts';
import { MISSING_BIN } from '../../trees/binning.ts';
import { onGrid } from '../../trees/tree-ensemble.ts';
import { Bag, PLACE_MASK } from './bag.ts';
import { leafWidthOf, type ForestJob, type GrownTree } from './forest-job.ts';
import { MeanSearch } from './mean-search.ts';
import { PackedSearch } from './packed-search.ts';
import { SharesSearch } from './shares-search.ts';
import { BETTER, CONSTANT, type SplitSearch } from './split-search.ts';

/** The places order[start, end) of the bag. */
interface OpenNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  /** The split whose right child this is, -1 for the root and for left children. */
  readonly parent: number;
  /** So many columns at the front of the list are known to be constant here. */
  readonly constants: number;
}

export class TreeGrower {
  readonly bag: Bag;
  readonly #job: ForestJob;
  readonly #search: SplitSearch;
  readonly #spill: Int32Array;
  /** All columns; how they are permuted depends on the tree's draws only. */
  readonly #features: Int32Array;
  /** How many of them the last choice found constant. */
  #constants = 0;

  constructor(job: ForestJob) {
    this.#job = job;
    this.#search = searchFor(job);
    this.#spill = new Int32Array(job.rows);
    this.#features = new Int32Array(job.columns);
    this.bag = new Bag(job);
  }

  grow(random: Random): GrownTree {
    const { bag } = this;
    bag.draw(random);
    this.#search.begin(bag);
    this.#features.forEach((_, i) => {
      this.#features[i] = i;
    });
    const columns: number[] = [];
    const cuts: number[] = [];
    const links: number[] = [];
    const values: number[] = [];
    const gains = new Float64Array(this.#job.columns);
    let bagWeight = 0;
    const open: OpenNode[] = [{ start: 0, end: bag.size, depth: 0, parent: -1, constants: 0 }];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const id = columns.length;
      if (node.parent >= 0) links[node.parent] = id;
      const column = this.#chooseColumn(node, random);
      if (id === 0) bagWeight = this.#search.weight;
      columns.push(column);
      links.push(values.length);
      if (column < 0) {
        cuts.push(0);
        this.#search.pushLeaf(values);
        continue;
      }
      gains[column] = (gains[column] as number) + this.#search.decrease() / bagWeight;
      const cut = this.#cut(column);
      cuts.push(cut);
      const middle = this.#partition(node, column, cut);
      const depth = node.depth + 1;
      const constants = this.#constants;
      open.push({ start: middle, end: node.end, depth, parent: id, constants });
      open.push({ start: node.start, end: middle, depth, parent: -1, constants });
    }
    const { step, target } = this.#job;
    return {
      columns: Int32Array.from(columns),
      cuts: Uint8Array.from(cuts),
      links: Int32Array.from(links),
      values: leavesOnGrid(values, leafWidthOf(target), step),
      gains,
    };
  }

  /** The column of the best split, which the search then holds; -1 for a leaf. */
  #chooseColumn({ start, end, depth, constants }: OpenNode, random: Random): number {
    const { maxDepth, minSamplesLeaf, maxFeatures } = this.#job.limits;
    const pure = this.#search.open(start, end);
    if (pure || depth >= maxDepth || end - start < 2 * minSamplesLeaf) return -1;
    const features = this.#features;
    let best = -1;
    let next = constants;
    // Draws hit columns that are known to be constant too, which costs nothing but the draw: as scikit-learn counts them.
    let hidden = constants;
    // As scikit-learn: a split that gains nothing is taken too (it may open the way to one that does), and drawing goes on until one exists.
    for (let drawn = 0; next < features.length && (drawn < maxFeatures || best < 0); drawn++) {
      const hit = random.nextInt(hidden + features.length - next);
      if (hit < hidden) {
        hidden -= 1;
        continue;
      }
      const column = this.#swap(next + hit - hidden, next++);
      const floor = best < 0 ? -Infinity : this.#search.score;
      const found = this.#search.search(column, start, end, floor);
      if (found === BETTER) best = column;
      else if (found === CONSTANT) this.#swap(next - 1, constants++);
    }
    this.#constants = constants;
    return best;
  }

  /** Returns the column that was at `from` and is now at `to`. */
  #swap(from: number, to: number): number {
    const features = this.#features;
    const column = features[from] as number;
    features[from] = features[to] as number;
    features[to] = column;
    return column;
  }

  /** Halfway between the occupied bins on both sides of the split; where only missing values go right, above all values. */
  #cut(column: number): number {
    const { lower, upper } = this.#search;
    if (upper === MISSING_BIN) return (this.#job.binCounts[column] as number) - 1;
    return (lower + upper - 1) >> 1;
  }

  /** Moves the places that go left to the front of the node, both sides in their old order; returns where the right side starts. */
  #partition({ start, end }: OpenNode, column: number, cut: number): number {
    const { order, bins, size } = this.bag;
    const spill = this.#spill;
    const offset = column * size;
    let left = start;
    let right = 0;
    // Without a branch, which half of the rows would mispredict: every place is written to both sides, and one of them moves on.
    for (let i = start; i < end; i++) {
      const entry = order[i] as number;
      const goesRight = (cut - (bins[offset + (entry & PLACE_MASK)] as number)) >>> 31;
      order[left] = entry;
      spill[right] = entry;
      left += 1 - goesRight;
      right += goesRight;
    }
    for (let i = 0; i < right; i++) order[left + i] = spill[i] as number;
    return left;
  }
}

function searchFor(job: ForestJob): SplitSearch {
  const { target, weights } = job;
  if (target.kind === 'shares') return new SharesSearch(job, target.classes);
  return target.labels && weights === null && PackedSearch.holds(job)
    ? new PackedSearch(job)
    : new MeanSearch(job);
}

/** Leaf after leaf; of class shares the largest takes what rounding leaves, so that they still sum to 1. */
function leavesOnGrid(values: readonly number[], width: number, step: number): Float32Array {
  const rounded = Float32Array.from(values, (value) => onGrid(value, step));
  if (width === 1) return rounded;
  for (let first = 0; first < rounded.length; first += width) {
    const shares = rounded.subarray(first, first + width);
    const largest = shares.indexOf(Math.max(...shares));
    shares[largest] = (shares[largest] as number) + 1 - shares.reduce((a, b) => a + b, 0);
  }
  return rounded;
}
