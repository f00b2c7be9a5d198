// Grows one tree, depth first, on the rows that the bootstrap drew.
import type { Random } from '../../../src/statistics/random.ts';
import { SplitFinder, type Bag, type NodeRows } from './find-split.ts';
import type { RankedColumns } from './rank-columns.ts';

export interface GrowthLimits {
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  /** Columns drawn for each split; more are drawn while none of them can be split. */
  readonly maxFeatures: number;
}

/** Nodes in preorder: the left child of node i is i + 1. */
export interface GrownTree {
  /** The column of a split, -1 for a leaf. */
  readonly columns: Int32Array;
  /** x <= threshold goes left; float32. */
  readonly thresholds: Float32Array;
  /** The right child of a split. */
  readonly rights: Int32Array;
  /** The weighted share of the positive class. */
  readonly shares: Float64Array;
}

interface OpenNode extends NodeRows {
  readonly depth: number;
  /** The split whose right child this is, -1 for the root and for left children. */
  readonly parent: number;
}

/** Rows drawn with replacement, as many as there are. */
export function drawBag(y: Uint8Array, random: Random): Bag {
  const rows = y.length;
  const payload = Uint32Array.from(y);
  for (let i = 0; i < rows; i++) {
    const row = random.nextInt(rows);
    payload[row] = (payload[row] as number) + 2;
  }
  const largest = payload.reduce((max, value) => Math.max(max, value), 0);
  return { payload, bits: 32 - Math.clz32(largest) };
}

/** The float32 between two neighbouring values, a <= t < b, so that x <= t tells them apart. */
export function thresholdBetween(a: number, b: number): number {
  const middle = Math.fround((a + b) / 2);
  return middle < b ? middle : a;
}

export class TreeGrower {
  readonly #table: RankedColumns;
  readonly #y: Uint8Array;
  readonly #limits: GrowthLimits;
  readonly #finder: SplitFinder;
  readonly #features: Int32Array;
  readonly #order: Int32Array;
  readonly #spill: Int32Array;

  constructor(table: RankedColumns, y: Uint8Array, limits: GrowthLimits) {
    this.#table = table;
    this.#y = y;
    this.#limits = limits;
    this.#finder = new SplitFinder(table, limits.minSamplesLeaf);
    this.#features = new Int32Array(table.columns);
    this.#order = new Int32Array(table.rows);
    this.#spill = new Int32Array(table.rows);
  }

  grow(random: Random): GrownTree {
    const bag = drawBag(this.#y, random);
    const rows = this.#fillOrder(bag);
    for (let i = 0; i < this.#features.length; i++) this.#features[i] = i;
    const columns: number[] = [];
    const thresholds: number[] = [];
    const rights: number[] = [];
    const shares: number[] = [];
    const open = [this.#open(bag, 0, rows, 0, -1)];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      const id = columns.length;
      if (node.parent >= 0) rights[node.parent] = id;
      const column = this.#chooseColumn(node, bag, random);
      columns.push(column);
      thresholds.push(column < 0 ? 0 : this.#threshold(column));
      rights.push(0);
      shares.push(node.positives / node.total);
      if (column < 0) continue;
      const middle = this.#partition(node, column);
      open.push(this.#open(bag, middle, node.end, node.depth + 1, id));
      open.push(this.#open(bag, node.start, middle, node.depth + 1, -1));
    }
    return {
      columns: Int32Array.from(columns),
      thresholds: Float32Array.from(thresholds),
      rights: Int32Array.from(rights),
      shares: Float64Array.from(shares),
    };
  }

  /** The distinct rows in the bag, ascending; returns how many. */
  #fillOrder({ payload }: Bag): number {
    let count = 0;
    payload.forEach((value, row) => {
      if (value > 1) this.#order[count++] = row;
    });
    return count;
  }

  #open({ payload }: Bag, start: number, end: number, depth: number, parent: number): OpenNode {
    let total = 0;
    let positives = 0;
    for (let i = start; i < end; i++) {
      const value = payload[this.#order[i] as number] as number;
      total += value >>> 1;
      positives += value & 1 ? value >>> 1 : 0;
    }
    return { order: this.#order, start, end, total, positives, depth, parent };
  }

  /** The column of the best split, which the finder then holds; -1 for a leaf. */
  #chooseColumn(node: OpenNode, bag: Bag, random: Random): number {
    const { maxDepth, minSamplesLeaf, maxFeatures } = this.#limits;
    const pure = node.positives === 0 || node.positives === node.total;
    if (pure || node.depth >= maxDepth || node.end - node.start < 2 * minSamplesLeaf) return -1;
    const features = this.#features;
    let best = -1;
    // As scikit-learn: a split that gains nothing is taken too (it may open the way to one that does), and drawing goes on until one exists.
    for (let drawn = 0; drawn < features.length && (drawn < maxFeatures || best < 0); drawn++) {
      const pick = drawn + random.nextInt(features.length - drawn);
      const column = features[pick] as number;
      features[pick] = features[drawn] as number;
      features[drawn] = column;
      const floor = best < 0 ? -Infinity : this.#finder.score;
      if (this.#finder.find(node, bag, column, floor)) best = column;
    }
    return best;
  }

  #threshold(column: number): number {
    const values = this.#table.values[column] as Float32Array;
    const { rank, nextRank } = this.#finder;
    return thresholdBetween(values[rank] as number, values[nextRank] as number);
  }

  /** Moves the rows that go left to the front of the node, both sides in their old order; returns where the right side starts. */
  #partition({ start, end }: OpenNode, column: number): number {
    const { ranks, rows } = this.#table;
    const order = this.#order;
    const spill = this.#spill;
    const { rank } = this.#finder;
    const offset = column * rows;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const row = order[i] as number;
      if ((ranks[offset + row] as number) <= rank) order[left++] = row;
      else spill[right++] = row;
    }
    for (let i = 0; i < right; i++) order[left + i] = spill[i] as number;
    return left;
  }
}
