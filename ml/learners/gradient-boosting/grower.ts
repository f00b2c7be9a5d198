// Grows one tree leaf by leaf, always where the gain is largest (Shi 2007, best-first trees), on a team of threads. Every thread keeps the same
// small tree and its own rows; what they share are histograms, summed exactly, so that all of them see the same splits.
import { shareOf, type Team } from '../../threads/team.ts';
import type { NodeStats, Split, SplitFinder } from './find-split.ts';
import { binsGoingLeft, type GrownSplit } from './grown-tree.ts';
import { BINS, HistogramBuilder, histogramLength } from './histogram.ts';
import { HistogramPool, poolSlots, type SlotHolder } from './histogram-pool.ts';
import { gradientOf, hessianOf, type PackedScale } from './packing.ts';
import { Partitioner } from './partition.ts';
import type { RowRecords } from './records.ts';
import { bestSplit, NODES_AT_ONCE, postSplit, splitBoard, type SplitBoard } from './split-board.ts';

export interface GrowthLimits {
  readonly leaves: number;
  /** Splits on the way to a leaf at most; Infinity: any number. */
  readonly depth: number;
  /** Rows that a leaf must have. */
  readonly leafRows: number;
}

/** On shared memory. */
export interface GrowthSpace {
  /** Each thread's part of the histograms being counted, [size, NODES_AT_ONCE, histogram]. */
  readonly parts: Float64Array;
  /** [slots, histogram]. */
  readonly pool: Float64Array;
  readonly board: SplitBoard;
  /** Rows of each thread that went left at a split, in turn for even and odd splits: a thread may be one ahead. [2, size]. */
  readonly counts: Int32Array;
}

export function growthSpace(columns: number, leaves: number, size: number): GrowthSpace {
  const doubles = (count: number): Float64Array =>
    new Float64Array(new SharedArrayBuffer(8 * count * histogramLength(columns)));
  return Object.freeze({
    parts: doubles(size === 1 ? 0 : size * NODES_AT_ONCE),
    pool: doubles(poolSlots(columns, leaves)),
    board: splitBoard(size),
    counts: new Int32Array(new SharedArrayBuffer(8 * size)),
  });
}

export interface GrownLeaf {
  readonly stats: NodeStats;
  /** This thread's rows in it: stretch [from, to) of the grower's order. */
  readonly from: number;
  readonly to: number;
}

interface OpenLeaf extends GrownLeaf, SlotHolder {
  readonly depth: number;
  /** Columns split on the way to it. */
  readonly path: readonly number[];
  split: Split | null;
}

/** What a tree is grown from. */
export interface Seedling {
  readonly scale: PackedScale;
  /** Rows of all threads that it learns from. */
  readonly rows: number;
  /** How many of them are this thread's: the first of `order`. */
  readonly ownRows: number;
  /** Adds this thread's rows to the histogram of the root. */
  readonly countRoot: (builder: HistogramBuilder) => void;
  /** 1 for each column that may be split below the columns of `path`, [columns]; null: all. */
  readonly columnsBelow: (path: readonly number[]) => Uint8Array | null;
}

interface Child extends GrownSplit {
  left: number;
  right: number;
}

export class TreeGrower {
  /** Numbers of this thread's rows; whoever calls `grow` fills in those that the tree learns from. */
  readonly order: Int32Array;
  readonly #team: Team;
  readonly #records: RowRecords;
  readonly #finder: SplitFinder;
  readonly #limits: GrowthLimits;
  readonly #space: GrowthSpace;
  readonly #builder: HistogramBuilder;
  readonly #partitioner: Partitioner;
  readonly #length: number;
  /** This thread's share of the columns. */
  readonly #mine: readonly [number, number];
  #pool: HistogramPool;
  #seedling!: Seedling;
  #leaves: OpenLeaf[] = [];

  constructor(
    team: Team,
    records: RowRecords,
    finder: SplitFinder,
    limits: GrowthLimits,
    space: GrowthSpace,
    ownRows: number,
  ) {
    this.#team = team;
    this.#records = records;
    this.#finder = finder;
    this.#limits = limits;
    this.#space = space;
    this.#builder = new HistogramBuilder(records);
    this.#length = histogramLength(records.columns);
    this.#pool = new HistogramPool(space.pool, this.#length);
    this.#mine = shareOf(team, records.columns);
    this.order = new Int32Array(ownRows);
    this.#partitioner = new Partitioner(this.order, records);
  }

  /** The splits, and the leaves in the order of their numbers. Every thread of the team must call it at once. */
  grow(seedling: Seedling): { splits: readonly GrownSplit[]; leaves: readonly GrownLeaf[] } {
    this.#seedling = seedling;
    this.#pool = new HistogramPool(this.#space.pool, this.#length);
    this.#leaves = [this.#root(seedling)];
    const splits: Child[] = [];
    while (this.#leaves.length < this.#limits.leaves) {
      const best = this.#mostPromising();
      if (best < 0) break;
      this.#link(splits, best);
      this.#split(best);
    }
    return { splits, leaves: this.#leaves };
  }

  #root({ rows, ownRows, countRoot }: Seedling): OpenLeaf {
    const nothing = { gradient: 0, hessian: 0, rows, lowest: -Infinity, highest: Infinity };
    const root = {
      stats: nothing,
      from: 0,
      to: ownRows,
      depth: 0,
      path: [],
      split: null,
      slot: -1,
    };
    this.#pool.take(root, () => []);
    this.#builder.clear();
    countRoot(this.#builder);
    this.#builder.copyTo(this.#partOf(this.#team.rank, 0, root));
    this.#team.barrier();
    const stats = { ...nothing, ...this.#rootSums(root) };
    const known: OpenLeaf = { ...root, stats };
    this.#mergeParts([known]);
    this.#search([known]);
    return known;
  }

  /** Gradient and hessian of all rows: the bins of any one column add up to them. */
  #rootSums(root: SlotHolder): Pick<NodeStats, 'gradient' | 'hessian'> {
    let sum = 0;
    for (let rank = 0; rank < this.#team.size; rank++)
      for (const bin of this.#partOf(rank, 0, root).subarray(0, BINS)) sum += bin;
    const { scale } = this.#seedling;
    return { gradient: gradientOf(sum, scale), hessian: hessianOf(sum, scale) };
  }

  /** The leaf of most gain, of those the first; -1: none can be split. */
  #mostPromising(): number {
    let best = -1;
    let gain = -Infinity;
    this.#leaves.forEach(({ split }, leaf) => {
      if (split === null || split.gain <= gain) return;
      best = leaf;
      gain = split.gain;
    });
    return best;
  }

  /** Notes the split of a leaf in the tree: its left child keeps the leaf's number, its right child has the next. */
  #link(splits: Child[], leaf: number): void {
    const { split } = this.#leaves[leaf] as OpenLeaf;
    const { column, gain, bin, missingLeft, leftBins } = split as Split;
    const number = splits.length;
    for (const split of splits) {
      if (split.left === ~leaf) split.left = number;
      else if (split.right === ~leaf) split.right = number;
    }
    const [left, right] = [~leaf, ~this.#leaves.length];
    splits.push({ column, gain, bin, missingLeft, leftBins, left, right });
  }

  #split(number: number): void {
    const leaf = this.#leaves[number] as OpenLeaf;
    const split = leaf.split as Split;
    const { from, to } = leaf;
    const middle = this.#partitioner.split(from, to, split.column, binsGoingLeft(split));
    const path = leaf.path.includes(split.column) ? leaf.path : [...leaf.path, split.column];
    const leftRows = this.#sumOf(middle - from);
    const rightRows = leaf.stats.rows - leftRows;
    const common = { depth: leaf.depth + 1, path, split: null, slot: -1 };
    const left = { ...common, stats: { ...split.left, rows: leftRows }, from, to: middle };
    const right = { ...common, stats: { ...split.right, rows: rightRows }, from: middle, to };
    this.#leaves[number] = left;
    this.#leaves.push(right);
    const last = this.#leaves.length === this.#limits.leaves;
    if (!last && (this.#mayBeSplit(left) || this.#mayBeSplit(right)))
      this.#measure(leaf, left, right);
    this.#pool.give(leaf);
  }

  /** The sum of the threads' counts. The search only estimates rows, from their share of the hessians; what follows builds on the count. */
  #sumOf(count: number): number {
    const { rank, size } = this.#team;
    const { counts } = this.#space;
    const first = (this.#leaves.length % 2) * size;
    counts[first + rank] = count;
    this.#team.barrier();
    return counts.subarray(first, first + size).reduce((sum, one) => sum + one, 0);
  }

  #mayBeSplit({ depth, stats }: OpenLeaf): boolean {
    return depth < this.#limits.depth && stats.rows >= 2 * this.#limits.leafRows;
  }

  /** Histograms and best splits of both children. The smaller is counted; the larger is what the parent has beyond it, where the parent's is at hand. */
  #measure(parent: OpenLeaf, left: OpenLeaf, right: OpenLeaf): void {
    const [small, large] = left.stats.rows <= right.stats.rows ? [left, right] : [right, left];
    const children = [small, large];
    large.slot = parent.slot;
    parent.slot = -1;
    const counted = large.slot < 0 ? children : [small];
    for (const child of counted) {
      this.#pool.take(child, () => this.#leastPromising(children));
      this.#count(child, children.indexOf(child));
    }
    this.#team.barrier();
    this.#mergeParts(counted);
    if (counted.length === 1) this.#subtract(large, small);
    this.#search(children);
  }

  *#leastPromising(spared: readonly OpenLeaf[]): Iterable<SlotHolder> {
    yield* this.#leaves
      .filter((leaf) => !spared.includes(leaf))
      .sort((a, b) => (a.split?.gain ?? 0) - (b.split?.gain ?? 0));
  }

  /** Where thread `rank` counts the node numbered `place` of those measured at once; a thread alone counts into the slot itself. */
  #partOf(rank: number, place: number, holder: SlotHolder): Float64Array {
    if (this.#team.size === 1) return this.#pool.at(holder.slot);
    const at = (rank * NODES_AT_ONCE + place) * this.#length;
    return this.#space.parts.subarray(at, at + this.#length);
  }

  #count(leaf: OpenLeaf, place: number): void {
    this.#builder.clear();
    this.#builder.addRows(this.order, leaf.from, leaf.to);
    this.#builder.copyTo(this.#partOf(this.#team.rank, place, leaf));
  }

  /** Sums all threads' parts of this thread's columns. */
  #mergeParts(counted: readonly OpenLeaf[]): void {
    if (this.#team.size === 1) return;
    const [from, to] = this.#mine;
    counted.forEach((leaf, place) => {
      const merged = this.#pool.at(leaf.slot);
      merged.set(this.#partOf(0, place, leaf).subarray(from * BINS, to * BINS), from * BINS);
      for (let rank = 1; rank < this.#team.size; rank++)
        addTo(merged, this.#partOf(rank, place, leaf), from * BINS, to * BINS);
    });
  }

  #subtract(large: OpenLeaf, small: OpenLeaf): void {
    const [from, to] = this.#mine;
    const less = this.#pool.at(small.slot);
    const rest = this.#pool.at(large.slot);
    for (let i = from * BINS; i < to * BINS; i++)
      rest[i] = (rest[i] as number) - (less[i] as number);
  }

  /** Finds the best split of each node: each thread among its columns, then the best of all. Histograms that are of no more use are given back. */
  #search(nodes: readonly OpenLeaf[]): void {
    const { board } = this.#space;
    nodes.forEach((node, place) => {
      postSplit(board, this.#team.rank, place, this.#searchOwn(node));
    });
    this.#team.barrier();
    nodes.forEach((node, place) => {
      node.split = bestSplit(board, this.#team.size, place);
      if (node.split === null) this.#pool.give(node);
    });
  }

  #searchOwn(node: OpenLeaf): Split | null {
    if (!this.#mayBeSplit(node)) return null;
    const { scale, columnsBelow } = this.#seedling;
    const allowed = this.#onlyMine(columnsBelow(node.path));
    return this.#finder.find(this.#pool.at(node.slot), scale, node.stats, allowed);
  }

  #onlyMine(allowed: Uint8Array | null): Uint8Array | null {
    if (this.#team.size === 1) return allowed;
    const [from, to] = this.#mine;
    const mine = new Uint8Array(this.#records.columns);
    if (allowed === null) mine.fill(1, from, to);
    else mine.set(allowed.subarray(from, to), from);
    return mine;
  }
}

function addTo(sums: Float64Array, part: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i++) sums[i] = (sums[i] as number) + (part[i] as number);
}
