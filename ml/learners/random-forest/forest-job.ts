// What the threads of a fit share, and what they hand back: plain values and arrays on shared memory, as a thread can be given no more.

/** What the leaves are to hold and the splits to separate. */
export type Target =
  /** Shares of two classes or means of values: a split is scored by its sums of squares. */
  | { readonly kind: 'mean'; readonly labels: boolean }
  | { readonly kind: 'shares'; readonly classes: number };

export interface GrowthLimits {
  readonly maxDepth: number;
  readonly minSamplesLeaf: number;
  /** Columns drawn for each split; more are drawn while none of them can be split. */
  readonly maxFeatures: number;
  readonly bootstrap: boolean;
}

export interface ForestJob {
  readonly rows: number;
  readonly columns: number;
  /** The bin of each value, column-major [columns, rows]. */
  readonly bins: Uint8Array;
  /** Bins of values in each column, [columns]. */
  readonly binCounts: Uint8Array;
  readonly target: Target;
  /** Classes, or values less their mean, [rows]. */
  readonly y: Float64Array;
  /** [rows], >= 0; null: all 1. */
  readonly weights: Float64Array | null;
  /** The rows that weigh anything; null: all. */
  readonly counted: Int32Array | null;
  readonly limits: GrowthLimits;
  /** The grid of leaf values. */
  readonly step: number;
  readonly outOfBag: boolean;
  /** Two numbers a tree, [2 * trees]: the seed of all that it draws. */
  readonly seeds: Float64Array;
  /** One cell, zeroed: how many trees the threads have taken. */
  readonly taken: Int32Array;
}

/** Nodes in preorder: the left child of node i is i + 1. */
export interface GrownTree {
  /** The column of a split, -1 for a leaf. */
  readonly columns: Int32Array;
  /** Bins up to this one go left; missing values have the highest bin of all. */
  readonly cuts: Uint8Array;
  /** The right child of a split; the place of a leaf's first value. */
  readonly links: Int32Array;
  /** On the grid, one for each class or one in all. */
  readonly values: Float32Array;
  /** The weighted impurity decrease of the splits on each column, as shares of the weight of the bag, [job.columns]. */
  readonly gains: Float64Array;
}

/** Sums over the trees that did not see a row. */
export interface OutOfBag {
  /** Leaf values, [rows, values of a leaf]; exact, as they are on the grid. */
  readonly sums: Float64Array;
  /** How many trees, [rows]. */
  readonly trees: Int32Array;
}

export interface GrownForest {
  /** By their number. */
  readonly trees: readonly (readonly [number, GrownTree])[];
  readonly outOfBag: OutOfBag | null;
}

/** Values of a leaf. */
export const leafWidthOf = (target: Target): number =>
  target.kind === 'shares' ? target.classes : 1;
