// The seam between growing a tree and what it learns: totals of a node, its best split on a column, the values of a leaf.
import type { Bag } from './bag.ts';

/** All rows of the node have the same bin. */
export const CONSTANT = 0;
export const NOT_BETTER = 1;
export const BETTER = 2;
export type Found = typeof CONSTANT | typeof NOT_BETTER | typeof BETTER;

/** Keeps its buffers and the last answer in itself, so that nothing is allocated for a node: one for each thread. */
export abstract class SplitSearch {
  /** Of the last search that was better: the score, and the occupied bins on both sides of the split. */
  score = 0;
  lower = 0;
  upper = 0;
  /** The weight of the node opened last, draws counted. */
  abstract readonly weight: number;

  /** Reads a bag that was just drawn. */
  abstract begin(bag: Bag): void;
  /** Totals of the places order[start, end); true where all rows have the same target. */
  abstract open(start: number, end: number): boolean;
  /**
   * The best split of the node opened last, over every boundary between two bins of `column` that leaves enough rows on both sides; better
   * than `floor`. O(rows + bins).
   */
  abstract search(column: number, start: number, end: number, floor: number): Found;
  /**
   * What the last answer that was better takes off the weighted impurity of the node opened last: Gini impurity for classes, variance for
   * values, times the weight of the rows. Never below 0, as rounding may leave it where a split gains nothing.
   */
  decrease(): number {
    return Math.max(0, this.impurityScale * (this.score - this.ownScore()));
  }
  /** Impurity by score: 2 where a score counts one of two classes, whose Gini impurity is 2 p (1 - p); otherwise 1. */
  protected abstract readonly impurityScale: 1 | 2;
  /** The score of the node opened last as if all of its rows were on one side. */
  protected abstract ownScore(): number;
  /** Appends the values of the node opened last, as a leaf. */
  pushLeaf(values: number[]): void {
    values.push(...this.leaf());
  }
  protected abstract leaf(): readonly number[];
}
