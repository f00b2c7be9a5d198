// The seam of every learner: fit takes checked params and a design matrix and returns a new immutable model; nothing half-trained exists.
import type { ZodType } from 'zod';
import type { LinearForm, TreesForm } from '../../src/explanation/additive-model.ts';
import type { Random } from '../../src/statistics/random.ts';
import type { Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** What is learnt. Binary and multiclass targets are class numbers, regression targets are values. */
export type Task =
  | { readonly kind: 'binary' }
  | { readonly kind: 'multiclass'; readonly classes: number }
  | { readonly kind: 'regression' };

/** A column of the design matrix. Categorical columns hold codes 0 ... categories - 1, and NaN where the value is missing. */
export interface DesignColumn {
  readonly name: string;
  /** How many categories; null for numbers. */
  readonly categories: number | null;
}

export interface TrainingSet {
  /** Preprocessed rows, row-major [rows, columns]: float32 for trees, float64 for linear models. */
  readonly x: Matrix;
  /** What stands in each column of x, [columns]. */
  readonly columns: readonly DesignColumn[];
  /** [rows]. Binary: 1 for the positive class, 0 otherwise; multiclass: 0 ... classes - 1; regression: finite values. */
  readonly y: Uint8Array | Float64Array;
  readonly task: Task;
  /** The weight of each row, finite, >= 0, not all 0, [rows]; null: all rows weigh 1. */
  readonly weights: Float64Array | null;
}

/** What a fit may draw on. */
export interface FitResources {
  readonly random: Random;
  /** Threads at most; the model does not depend on how many. */
  readonly threads: number;
}

/** A model as a sum over its design columns: its answer is link(sum). */
export type AdditiveForm = { readonly link: 'sigmoid' | 'identity' } & (
  | Pick<LinearForm, 'kind' | 'coefficients' | 'intercept'>
  | Pick<TreesForm, 'kind' | 'trees' | 'scale' | 'offset'>
);

export interface Model {
  /** Values a row: 1 for binary (P(positive)) and regression (the value), one probability for each class for multiclass. */
  readonly outputs: number;
  /** What the fit tells of itself, by name: rounds kept, gradient norm, out-of-bag score. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /**
   * How much the splits on each column lowered what the fit minimises, >= 0, summed over all trees, [columns of the design matrix]; the
   * learner says in which unit. null for learners that split nothing.
   */
  readonly gains: Float64Array | null;
  /** The sum that explanations divide among the columns; null for several outputs and for other links. */
  readonly additive: AdditiveForm | null;
  /** Writes the outputs of each row into `out` [rows, outputs], row-major. */
  predictInto(x: Matrix, out: Float64Array): void;
  /** Appends the learner's nodes: `input` names the preprocessed tensor [N, columns]; returns the name of float32 [N, outputs]. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/**
 * What the preprocessing hands over. linear: numbers imputed and standardised, categories one-hot, float64. tree: numbers imputed,
 * categories as codes with -1 for missing, float32. native: numbers and codes as they are, NaN where missing, float32.
 */
export type LearnerInput = 'linear' | 'tree' | 'native';

export interface Learner<Params> {
  readonly name: string;
  readonly input: LearnerInput;
  /** What it can learn. */
  readonly tasks: readonly Task['kind'][];
  /** Checks params as written and fills in the defaults. */
  readonly params: ZodType<Params>;
  /** Bytes that a fit takes at most beside its training set, so that one that cannot fit is refused before it starts. */
  bytesNeeded(params: Params, shape: DataShape): number;
  /** Throws FitError. */
  fit(params: Params, data: TrainingSet, resources: FitResources): Promise<Model>;
}

export interface DataShape {
  readonly rows: number;
  readonly columns: number;
  readonly task: Task;
  readonly threads: number;
}

/** Training data or params that a learner cannot be fitted to; the message says what it expected. */
export class FitError extends Error {
  override readonly name = 'FitError';
}
