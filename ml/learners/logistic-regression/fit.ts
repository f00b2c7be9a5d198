// The fit of a logistic regression, from the class shares to the optimum.
import { classWeights } from '../class-weights.ts';
import { FitError, type TrainingSet } from '../learner.ts';
import { minimise, minimiseWide, type Minimum } from './minimise.ts';
import { LogisticRegressionModel } from './model.ts';
import { Objective, outputsOf, type ObjectiveData } from './objective.ts';
import { penaltyOf, type LogisticRegressionParams } from './params.ts';
import { sampleStart } from './sample-start.ts';
import { minimiseSparse } from './working-set.ts';

/** Beyond this many weights steps are taken without a Hessian: its factor would take a third of a second, and grow with the cube. */
export const DENSE_WEIGHTS = 1200;

/** Throws FitError where it does not converge. */
export function fitLogisticRegression(
  params: LogisticRegressionParams,
  data: TrainingSet,
): LogisticRegressionModel {
  const weights = classWeights(params.class_weight, data);
  const outputs = outputsOf(data);
  const rows = { x: data.x, y: data.y, weights, outputs };
  const minimum = minimumOf(params, rows);
  if (!minimum.converged) throw notConverged(params, minimum);
  return new LogisticRegressionModel(centred(minimum.w, outputs), outputs, {
    iterations: minimum.iterations,
    gradient_norm: minimum.gradientNorm,
    objective: minimum.value,
  });
}

function minimumOf(params: LogisticRegressionParams, data: ObjectiveData): Minimum {
  const penalty = penaltyOf(params);
  const { l1 } = penalty;
  const start = classShares(data);
  const search = { maxIter: params.max_iter, tol: params.tol };
  if (start.length > DENSE_WEIGHTS)
    return l1 > 0
      ? minimiseSparse(data, penalty, search, start)
      : minimiseWide(new Objective(data, penalty), search, start);
  const strengths = l1 > 0 ? start.map((_, at) => (isIntercept(data, at) ? 0 : l1)) : null;
  const sampled = sampleStart(data, penalty, strengths, start);
  return minimise(
    new Objective(data, penalty),
    { ...search, l1: strengths },
    sampled?.w ?? start,
    sampled?.hessian ?? null,
  );
}

const isIntercept = ({ x }: ObjectiveData, at: number): boolean =>
  at % (x.columns + 1) === x.columns;

/** No coefficients, and the intercepts that give the class shares. */
function classShares({ x, y, weights, outputs }: ObjectiveData): Float64Array {
  const totals = new Float64Array(Math.max(2, outputs));
  for (let row = 0; row < y.length; row++) {
    const label = y[row] as number;
    totals[label] = (totals[label] as number) + (weights === null ? 1 : (weights[row] as number));
  }
  if (totals.some((total) => !(total > 0)))
    throw new FitError('logistic regression expects rows of all classes with a weight above 0');
  const start = new Float64Array(outputs * (x.columns + 1));
  const logs = totals.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  if (outputs === 1) start[x.columns] = (logs[1] as number) - (logs[0] as number);
  else
    logs.forEach((log, k) => {
      start[k * (x.columns + 1) + x.columns] = log - mean;
    });
  return start;
}

/** Probabilities do not feel a constant added to all intercepts: of all such models, the one whose intercepts sum to 0. */
function centred(w: Float64Array, outputs: number): Float64Array {
  if (outputs === 1) return w;
  const stride = w.length / outputs;
  let mean = 0;
  for (let at = stride - 1; at < w.length; at += stride) mean += (w[at] as number) / outputs;
  return w.map((value, at) => (at % stride === stride - 1 ? value - mean : value));
}

function notConverged(
  { penalty, tol }: LogisticRegressionParams,
  { gradientNorm, iterations }: Minimum,
): FitError {
  const advice =
    penalty === 'none'
      ? 'without a penalty there is no optimum where a plane separates the classes: take penalty l2'
      : 'take a larger max_iter, a smaller C, or standardised columns';
  return new FitError(
    `logistic regression did not converge: the largest component of the gradient is ${gradientNorm.toExponential(2)} after ` +
      `${iterations} Newton steps, too far from 0 for tol ${tol}; ${advice}`,
  );
}
