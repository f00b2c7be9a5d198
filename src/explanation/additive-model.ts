// What an explanation needs to know of a model: its design columns, whose raw features they are made of, and the sum that is its margin.

/** Binary splits in flat arrays, one tree after the other, each in preorder: the left child of node i is i + 1. */
export interface SplitTrees {
  /** The root of each tree, [trees]. */
  readonly roots: Int32Array;
  /** The design column of a split, -1 for a leaf, [nodes]. */
  readonly columns: Int32Array;
  /** Numeric split: x <= threshold goes left, [nodes]. */
  readonly thresholds: Float32Array;
  /** 1 where NaN goes left, [nodes]. */
  readonly missingLeft: Uint8Array;
  /** Categorical split: its place in `categorySets`; -1 for numeric splits and leaves, [nodes]. */
  readonly subsets: Int32Array;
  /** A split's right child; of a leaf the place of its value in `values`, [nodes]. */
  readonly links: Int32Array;
  readonly values: Float32Array;
  /** The codes that go left: code c by bit c % 32 of word c >> 5; codes beyond the last word go right. */
  readonly categorySets: readonly Uint32Array[];
}

export interface LinearForm {
  readonly kind: 'linear';
  /** [design columns] */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** Mean of each design column over the background rows, [design columns]. */
  readonly means: Float64Array;
}

/** margin = offset + scale * (sum over trees of the leaf's value). */
export interface TreesForm {
  readonly kind: 'trees';
  readonly trees: SplitTrees;
  readonly scale: number;
  readonly offset: number;
  /** Training rows that reach each node, [nodes]: what the path-dependent method weighs by. */
  readonly cover: Float64Array;
  /** Design rows of the interventional background, row-major [rows, design columns]. */
  readonly background: Float32Array;
}

/** Training rows, or those of them that the final model answers with the favourable label. */
export type BackgroundName = 'training' | 'favourable';

/** What training says of a model so that its answers can be explained. */
export interface AdditiveModel {
  /** What the margin is in. */
  readonly space: 'log_odds' | 'probability';
  /** What comes between the margin and the answered probability. */
  readonly calibration: 'none' | 'platt' | 'isotonic';
  /** Raw features, by number, that share the contribution of a design column in equal parts, [design columns]. */
  readonly sources: readonly (readonly number[])[];
  readonly background: { readonly name: BackgroundName; readonly rows: number };
  readonly form: LinearForm | TreesForm;
}

export type ExplanationMethod = 'linear' | 'tree_path_dependent' | 'tree_interventional';

/** Contributions of many rows, per raw feature. */
export interface Contributions {
  readonly method: ExplanationMethod;
  /** The margin of the background, same for all rows. */
  readonly base: number;
  /** The margin of each row, [rows]: base + the sum of its contributions, within 1e-6. */
  readonly output: Float64Array;
  /** Row-major [rows, raw features]. */
  readonly values: Float64Array;
}
