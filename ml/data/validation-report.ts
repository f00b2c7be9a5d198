// What the validation of a data file tells: validation.json, and the page that is made of it.
import type { DataProblem } from './data-error.ts';

export interface ValidationReport {
  readonly valid: boolean;
  /** As params.yaml names it. */
  readonly file: string;
  /** Data rows read. */
  readonly rows: number;
  /** Rows with faults that were left out since few enough have them. */
  readonly rows_left_out: number;
  /** The share of rows that must be good in each column. */
  readonly mostly: number;
  /** sha256 of the data file, hex; null where it could not be read to its end. */
  readonly data_digest: string | null;
  /** Rows of the positive class and of the other; null where the file is not valid. */
  readonly classes: { readonly positive: number; readonly negative: number } | null;
  /** The features in their order, then target, weights, the columns that rows are split by and those that are protected. */
  readonly columns: readonly ColumnReport[];
  readonly ignored_columns: readonly string[];
  /** Between the training and the held-out part, features in their order; null where the file is not valid. */
  readonly holdout_drift: HoldoutDrift | null;
  /** One sentence each. */
  readonly warnings: readonly string[];
  readonly problem_count: number;
  /** The first of them. */
  readonly problems: readonly DataProblem[];
}

export interface ColumnReport {
  readonly name: string;
  readonly role: 'feature' | 'target' | 'weights' | 'split' | 'protected' | 'name';
  /** What is declared of it, in words: `a number of at least 0`, `one of red, blue`. */
  readonly expected: string;
  readonly nullable: boolean;
  /** Rows that are not as expected. */
  readonly problems: number;
  /** null where the file is not valid, as of the next one. */
  readonly missing: number | null;
  /** What the rows hold. */
  readonly values: NumericValues | CategoricalValues | null;
}

export interface NumericValues {
  readonly kind: 'numeric';
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly mean: number;
  /** Bins of the same width between the 0.5 % and 99.5 % quantiles, [bins + 1]; rows of each class in each, those beyond in the first and last. */
  readonly edges: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

export interface CategoricalValues {
  readonly kind: 'categorical';
  /** The largest 200 in the order of the declaration, then all others as one. */
  readonly categories: readonly {
    readonly name: string;
    readonly positives: number;
    readonly negatives: number;
  }[];
}

export interface HoldoutDrift {
  readonly training_rows: number;
  readonly held_out_rows: number;
  readonly features: readonly {
    readonly name: string;
    /** Population stability index over 2 to 10 bins of as many training rows, or categories; missing values apart, bins of few rows as one. */
    readonly psi: number;
    /** What chance alone exceeds once in a thousand features of this many bins and rows. */
    readonly chance: number;
    readonly verdict: 'same' | 'moved';
  }[];
}
