// The seam of every learner: fit takes checked params and a design matrix and returns a new immutable model; nothing half-trained exists.
import type { ZodType } from 'zod';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Matrix } from '../numeric/matrix.ts';
import type { Random } from '../../src/statistics/random.ts';

export interface TrainingSet {
  /** Preprocessed rows, float32 or float64 values held as numbers, row-major [rows, columns]. */
  readonly x: Matrix;
  /** 1 for the positive class, 0 otherwise, [rows]. */
  readonly y: Uint8Array;
}

export interface Model {
  /** Writes P(positive) of each row into `out` [rows]. */
  predictInto(x: Matrix, out: Float64Array): void;
  /** Appends the learner's nodes: `input` names the preprocessed tensor [N, columns]; returns the name of a float32 [N, 1] probability. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

export interface Learner<Params> {
  readonly name: string;
  /** What the preprocessing must hand over: standardised and one-hot for linear models, raw values and codes for trees. */
  readonly input: 'linear' | 'tree';
  /** Checks params as written and fills in the defaults. */
  readonly params: ZodType<Params>;
  fit(params: Params, data: TrainingSet, random: Random): Model;
}

/** Training data or params that a learner cannot be fitted to; the message says what it expected. */
export class FitError extends Error {
  override readonly name = 'FitError';
}
