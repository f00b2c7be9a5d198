// Logistic regression with l1 and l2 penalties, binary and multinomial, fitted to convergence by Newton's steps.
import type { DataShape, Learner, TrainingSet } from '../learner.ts';
import { paddedWidth } from './blocks.ts';
import { DENSE_WEIGHTS, fitLogisticRegression } from './fit.ts';
import type { LogisticRegressionModel } from './model.ts';
import { outputsOf } from './objective.ts';
import { logisticRegressionParams, type LogisticRegressionParams } from './params.ts';

const BYTES = 8;
/** Vectors of the length of the weights that steps and line search hold at once. */
const VECTORS = 16;

export const logisticRegression: Learner<LogisticRegressionParams> = Object.freeze({
  name: 'logistic_regression',
  input: 'linear',
  tasks: ['binary', 'multiclass'] as const,
  params: logisticRegressionParams,
  bytesNeeded,
  // A promise made so is rejected where the fit throws.
  fit: (params: LogisticRegressionParams, data: TrainingSet) =>
    new Promise<LogisticRegressionModel>((resolve) => {
      resolve(fitLogisticRegression(params, data));
    }),
});

/** The curvatures of the rows and their weights; the Hessian, its sums and its factor, of as many columns as it is ever made of. */
function bytesNeeded({ penalty }: LogisticRegressionParams, shape: DataShape): number {
  const { rows, columns } = shape;
  const outputs = outputsOf(shape);
  const weights = outputs * (columns + 1);
  const vectors = rows * (outputs + 1) + VECTORS * weights;
  const sampled = (rows / 4) * (columns + 2);
  if (weights <= DENSE_WEIGHTS) return BYTES * (vectors + sampled + matrices(columns, outputs));
  if (penalty === 'l2' || penalty === 'none') return BYTES * vectors;
  // Coefficients that l1 leaves are no more than the rows; the working set doubles past that at most once.
  const members = Math.min(columns, penalty === 'l1' ? 2 * Math.max(64, rows) : columns);
  return BYTES * (vectors + rows * (members + outputs) + matrices(members, outputs));
}

/** Numbers in the Hessian, its scaled factor and the sums that it is put together from. */
const matrices = (columns: number, outputs: number): number =>
  2 * (outputs * (columns + 1)) ** 2 + ((outputs * (outputs + 1)) / 2) * paddedWidth(columns) ** 2;
