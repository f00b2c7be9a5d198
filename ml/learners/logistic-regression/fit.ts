// Damped Newton steps (iteratively reweighted least squares) to the one minimum of a strictly convex objective.
import { solveCholesky } from '../../numeric/cholesky.ts';
import { FitError, type TrainingSet } from '../learner.ts';
import { LogisticRegressionModel } from './model.ts';
import { differentiate, objective } from './objective.ts';
import type { LogisticRegressionParams } from './params.ts';

/** A fit whose gradient is not below this in every component is refused. */
const TOLERANCE = 1e-8;
/** What the steps aim at, relative to the gradient of the model that knows only the class shares. */
const RELATIVE_AIM = 1e-14;
const MAX_STEPS = 100;
const MAX_HALVINGS = 40;
/** Armijo's constant: the least share of the decrease that the slope promises. */
const SUFFICIENT_DECREASE = 1e-4;

export function fitLogisticRegression(
  { C }: LogisticRegressionParams,
  data: TrainingSet,
): LogisticRegressionModel {
  const weights = startOf(data);
  const n = weights.length;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  differentiate(data, C, weights, gradient, hessian);
  let norm = maxNorm(gradient);
  const aim = Math.min(TOLERANCE / 10, RELATIVE_AIM * Math.max(1, norm));
  let value = objective(data, C, weights);
  let steps = 0;
  while (norm > aim && steps < MAX_STEPS) {
    const next = lineSearch(data, C, weights, value, gradient, newtonStep(hessian, gradient));
    if (next === null) break;
    weights.set(next.weights);
    value = next.value;
    differentiate(data, C, weights, gradient, hessian);
    const last = norm;
    norm = maxNorm(gradient);
    steps += 1;
    if (norm >= last && norm < TOLERANCE) break;
  }
  if (!(norm < TOLERANCE))
    throw new FitError(
      `logistic regression did not converge: the largest component of the gradient is ${norm.toExponential(2)} after ` +
        `${steps} Newton steps, expected below ${TOLERANCE}; a smaller C makes it easier`,
    );
  return new LogisticRegressionModel(weights);
}

/** No coefficients, and the intercept that gives the class shares. */
function startOf({ x, y }: TrainingSet): Float64Array {
  const positives = y.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === y.length)
    throw new FitError('logistic regression expects rows of both classes');
  const weights = new Float64Array(x.columns + 1);
  weights[x.columns] = Math.log(positives / (y.length - positives));
  return weights;
}

const maxNorm = (v: Float64Array): number =>
  v.reduce((largest, component) => Math.max(largest, Math.abs(component)), 0);

/** The solution of (hessian + damping) d = gradient. Damping is 0 unless saturated probabilities leave the Hessian singular in float64. */
function newtonStep(hessian: Float64Array, gradient: Float64Array): Float64Array {
  const n = gradient.length;
  const largest = maxNorm(hessian);
  for (let damping = 0; ; damping = Math.max(damping * 100, largest * 1e-14)) {
    const factor = hessian.slice();
    const step = gradient.slice();
    for (let i = 0; i < n; i++) factor[i * n + i] = (factor[i * n + i] as number) + damping;
    if (solveCholesky(factor, step)) return step;
    if (!Number.isFinite(damping))
      throw new FitError('logistic regression expects finite values in every column');
  }
}

/** Halves the step until the objective decreases enough; null where it does not decrease at all any more. */
function lineSearch(
  data: TrainingSet,
  C: number,
  weights: Float64Array,
  value: number,
  gradient: Float64Array,
  step: Float64Array,
): { readonly weights: Float64Array; readonly value: number } | null {
  const slope = step.reduce((sum, d, i) => sum + d * (gradient[i] as number), 0);
  // Near the optimum the decrease is lost in the rounding of the objective; steps that stay within it are taken.
  const rounding = 8 * Number.EPSILON * Math.abs(value);
  let length = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
    const share = length;
    const tried = weights.map((w, i) => w - share * (step[i] as number));
    const reached = objective(data, C, tried);
    if (reached <= value - SUFFICIENT_DECREASE * share * slope + rounding)
      return { weights: tried, value: reached };
  }
  return null;
}
