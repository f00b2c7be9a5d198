// What boosting minimises: for each objective the loss, its gradient and hessian by score, the constant that it starts from, and the link from
// scores to answers. Gradients follow Friedman 2001, "Greedy function approximation".
import { FitError, type Task } from '../learner.ts';
import { fastExponential } from './fast-exponential.ts';
import type { GradientBoostingParams } from './params.ts';
import { weightedQuantile } from './renew-leaves.ts';

export type Target = Uint8Array | Float64Array;
export type Weights = Float64Array | null;

/** How a score becomes an answer. */
export type Link = 'identity' | 'sigmoid' | 'softmax' | 'exp';

/** Scores are row-major [rows, outputs]. */
export interface Loss {
  readonly outputs: number;
  readonly link: Link;
  /** Every row's hessian is its weight, so that sums of hessians count rows where all weigh 1. */
  readonly hessianIsOne: boolean;
  /** Leaves take this quantile of their rows' residuals instead of a Newton step; null: the step. */
  readonly renewalQuantile: number | null;
  /** The constant scores of least mean loss, [outputs]. Throws FitError for targets that the loss is not defined for. */
  start(y: Target, weights: Weights): Float64Array;
  /** Writes gradient and hessian by the score numbered `output`, times the weight, of rows from ... to - 1. */
  differentiate(
    from: number,
    to: number,
    y: Target,
    weights: Weights,
    scores: Float64Array,
    output: number,
    gradient: Float32Array | Float64Array,
    hessian: Float32Array | Float64Array,
  ): void;
  /** The weighted mean loss of `rows`, or of all. */
  mean(y: Target, weights: Weights, scores: Float64Array, rows?: Int32Array): number;
}

/** Throws FitError where the objective is not one of the task's. */
export function lossOf(
  { objective, alpha }: Pick<GradientBoostingParams, 'objective' | 'alpha'>,
  task: Task,
): Loss {
  if (task.kind !== 'regression') {
    if (objective !== 'auto')
      throw new FitError('objective: expected auto where the target is a class');
    return task.kind === 'binary' ? binaryLogLoss : multinomialLogLoss(task.classes);
  }
  switch (objective) {
    case 'auto':
    case 'squared':
      return squaredError;
    case 'absolute':
      return pinballLoss(0.5);
    case 'quantile':
      return pinballLoss(alpha ?? 0.5);
    case 'poisson':
      return poissonLoss;
  }
}

/** A hessian of 0 would leave a Newton step without length. */
const LEAST_HESSIAN = 1e-16;

const binaryLogLoss: Loss = Object.freeze({
  outputs: 1,
  link: 'sigmoid',
  hessianIsOne: false,
  renewalQuantile: null,
  start(y, weights) {
    const share = weightedMean(y, weights);
    return Float64Array.of(Math.log(share / (1 - share)));
  },
  differentiate(from, to, y, weights, scores, _output, gradient, hessian) {
    for (let row = from; row < to; row++) {
      const p = 1 / (1 + fastExponential(-(scores[row] as number)));
      const variance = p * (1 - p);
      gradient[row] = p - (y[row] as number);
      hessian[row] = variance > LEAST_HESSIAN ? variance : LEAST_HESSIAN;
    }
    weigh(from, to, weights, gradient, hessian);
  },
  mean: meanOf((y, row, scores) => {
    const z = scores[row] as number;
    return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (y[row] as number) * z;
  }),
} satisfies Loss);

/** The hessian is K / (K - 1) p (1 - p): the diagonal made up for one score that is redundant (Friedman, Hastie, Tibshirani 2000). */
const multinomialLogLoss = (classes: number): Loss =>
  Object.freeze({
    outputs: classes,
    link: 'softmax',
    hessianIsOne: false,
    renewalQuantile: null,
    start: (y, weights) =>
      Float64Array.from({ length: classes }, (_, label) =>
        Math.log(
          weightedMean(
            Uint8Array.from(y, (each) => (each === label ? 1 : 0)),
            weights,
          ),
        ),
      ),
    differentiate(from, to, y, weights, scores, output, gradient, hessian) {
      const factor = classes / (classes - 1);
      for (let row = from; row < to; row++) {
        const score = scores[row * classes + output] as number;
        const p = fastExponential(score - logSum(scores, row, classes));
        gradient[row] = p - (y[row] === output ? 1 : 0);
        hessian[row] = Math.max(factor * p * (1 - p), LEAST_HESSIAN);
      }
      weigh(from, to, weights, gradient, hessian);
    },
    mean: meanOf(
      (y, row, scores) =>
        logSum(scores, row, classes) - (scores[row * classes + (y[row] as number)] as number),
    ),
  } satisfies Loss);

/** log(sum exp) of a row's scores, without overflow. */
function logSum(scores: Float64Array, row: number, classes: number): number {
  let largest = -Infinity;
  for (let k = 0; k < classes; k++)
    largest = Math.max(largest, scores[row * classes + k] as number);
  let sum = 0;
  for (let k = 0; k < classes; k++)
    sum += fastExponential((scores[row * classes + k] as number) - largest);
  return largest + Math.log(sum);
}

const squaredError: Loss = Object.freeze({
  outputs: 1,
  link: 'identity',
  hessianIsOne: true,
  renewalQuantile: null,
  start: (y, weights) => Float64Array.of(weightedMean(y, weights)),
  differentiate(from, to, y, weights, scores, _output, gradient, hessian) {
    for (let row = from; row < to; row++) {
      gradient[row] = (scores[row] as number) - (y[row] as number);
      hessian[row] = 1;
    }
    weigh(from, to, weights, gradient, hessian);
  },
  mean: meanOf((y, row, scores) => ((scores[row] as number) - (y[row] as number)) ** 2 / 2),
} satisfies Loss);

/** quantile 0.5: half the absolute error (Koenker and Bassett 1978). */
const pinballLoss = (quantile: number): Loss =>
  Object.freeze({
    outputs: 1,
    link: 'identity',
    hessianIsOne: true,
    renewalQuantile: quantile,
    start: (y, weights) =>
      Float64Array.of(weightedQuantile(Float64Array.from(y), weights, quantile)),
    differentiate(from, to, y, weights, scores, _output, gradient, hessian) {
      for (let row = from; row < to; row++) {
        const residual = (y[row] as number) - (scores[row] as number);
        // 0 where the score is right: a start at the largest target would else pull no row up.
        gradient[row] = residual === 0 ? 0 : residual < 0 ? 1 - quantile : -quantile;
        hessian[row] = 1;
      }
      weigh(from, to, weights, gradient, hessian);
    },
    mean: meanOf((y, row, scores) => {
      const residual = (y[row] as number) - (scores[row] as number);
      return residual >= 0 ? quantile * residual : (quantile - 1) * residual;
    }),
  } satisfies Loss);

/** LightGBM's poisson_max_delta_step: a hessian that is larger by exp(0.7) keeps the steps of small counts from overshooting. */
const POISSON_CAUTION = Math.exp(0.7);

const poissonLoss: Loss = Object.freeze({
  outputs: 1,
  link: 'exp',
  hessianIsOne: false,
  renewalQuantile: null,
  start(y, weights) {
    const negative = y.findIndex((value) => value < 0);
    if (negative >= 0)
      throw new FitError(`row ${negative}: objective poisson expects counts of at least 0`);
    const mean = weightedMean(y, weights);
    if (mean === 0)
      throw new FitError('objective poisson expects a count above 0 in at least one row');
    return Float64Array.of(Math.log(mean));
  },
  differentiate(from, to, y, weights, scores, _output, gradient, hessian) {
    for (let row = from; row < to; row++) {
      const expected = Math.exp(scores[row] as number);
      gradient[row] = expected - (y[row] as number);
      hessian[row] = expected * POISSON_CAUTION;
    }
    weigh(from, to, weights, gradient, hessian);
  },
  mean: meanOf(
    (y, row, scores) =>
      Math.exp(scores[row] as number) - (y[row] as number) * (scores[row] as number),
  ),
} satisfies Loss);

function weigh(
  from: number,
  to: number,
  weights: Weights,
  gradient: Float32Array | Float64Array,
  hessian: Float32Array | Float64Array,
): void {
  if (weights === null) return;
  for (let row = from; row < to; row++) {
    const weight = weights[row] as number;
    gradient[row] = (gradient[row] as number) * weight;
    hessian[row] = (hessian[row] as number) * weight;
  }
}

function meanOf(lossAt: (y: Target, row: number, scores: Float64Array) => number): Loss['mean'] {
  return (y, weights, scores, rows) => {
    let sum = 0;
    let total = 0;
    const count = rows?.length ?? y.length;
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : (rows[i] as number);
      const weight = weights === null ? 1 : (weights[row] as number);
      // 0 times a loss that is not finite is not 0.
      if (weight > 0) sum += weight * lossAt(y, row, scores);
      total += weight;
    }
    return sum / total;
  };
}

function weightedMean(y: Target, weights: Weights): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < y.length; row++) {
    const weight = weights === null ? 1 : (weights[row] as number);
    sum += weight * (y[row] as number);
    total += weight;
  }
  return sum / total;
}
