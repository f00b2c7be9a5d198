// The best split of one node on one column: exact, over every boundary between two distinct values.
import type { RankedColumns } from './rank-columns.ts';

/** Below this many rows an insertion sort beats the call of the native one. */
const SMALL = 32;

/** What the bootstrap drew of each row: 2 * times + class, in `bits` bits; 0 times for rows that are out of the bag. */
export interface Bag {
  readonly payload: Uint32Array;
  readonly bits: number;
}

/** The rows of a node: order[start, end), and the weighted counts of its classes. */
export interface NodeRows {
  readonly order: Int32Array;
  readonly start: number;
  readonly end: number;
  readonly total: number;
  readonly positives: number;
}

/**
 * Finds splits; one for each thread of work, as it keeps its buffer and the last answer in itself: nothing is allocated per node.
 * The score of a split is sum over sides of (positives^2 + negatives^2) / weight, which is largest where the weighted Gini impurity of
 * the sides is least. All counts are integers, so scores depend on the split alone and not on the order of rows.
 */
export class SplitFinder {
  readonly #table: RankedColumns;
  readonly #minLeaf: number;
  readonly #keys: Uint32Array;
  /** Of the last call that returned true: rows with a rank up to `rank` go left, the others begin at `nextRank`. */
  rank = 0;
  nextRank = 0;
  score = 0;

  constructor(table: RankedColumns, minSamplesLeaf: number) {
    this.#table = table;
    this.#minLeaf = minSamplesLeaf;
    this.#keys = new Uint32Array(table.rows);
  }

  /** True where a split on `column` scores over `floor` and leaves enough rows on both sides. O(m log m) for m rows. */
  find(node: NodeRows, { payload, bits }: Bag, column: number, floor: number): boolean {
    const { order, start, end } = node;
    const m = end - start;
    const keys = this.#keys;
    const ranks = this.#table.ranks;
    const offset = column * this.#table.rows;
    for (let i = 0; i < m; i++) {
      const row = order[start + i] as number;
      keys[i] = ((ranks[offset + row] as number) << bits) | (payload[row] as number);
    }
    sortKeys(keys, m);
    return this.#scan(m, bits, node.total, node.positives, floor);
  }

  #scan(m: number, bits: number, total: number, positives: number, floor: number): boolean {
    const keys = this.#keys;
    const mask = 2 ** bits - 1;
    const lastLeft = m - this.#minLeaf;
    let best = floor;
    let found = false;
    let left = 0;
    let leftPositives = 0;
    for (let i = 0; i < lastLeft; i++) {
      const key = keys[i] as number;
      const weight = (key & mask) >>> 1;
      left += weight;
      leftPositives += key & 1 ? weight : 0;
      const rank = key >>> bits;
      const nextRank = (keys[i + 1] as number) >>> bits;
      if (i + 1 < this.#minLeaf || rank === nextRank) continue;
      const score = purity(left, leftPositives) + purity(total - left, positives - leftPositives);
      if (score > best) {
        best = score;
        found = true;
        this.rank = rank;
        this.nextRank = nextRank;
      }
    }
    if (found) this.score = best;
    return found;
  }
}

/** (positives^2 + negatives^2) / weight: the weight times (1 - Gini impurity). */
export function purity(weight: number, positives: number): number {
  const negatives = weight - positives;
  return (positives * positives + negatives * negatives) / weight;
}

function sortKeys(keys: Uint32Array, m: number): void {
  if (m > SMALL) {
    keys.subarray(0, m).sort();
    return;
  }
  for (let i = 1; i < m; i++) {
    const key = keys[i] as number;
    let j = i - 1;
    while (j >= 0 && (keys[j] as number) > key) {
      keys[j + 1] = keys[j] as number;
      j -= 1;
    }
    keys[j + 1] = key;
  }
}
