// What the logistic regression minimises, with its gradient and Hessian: the sum of log losses + ||w||^2 / (2 C), intercept free.
// A weight vector holds the coefficients of the columns and, last, the intercept.
import type { Matrix } from '../../numeric/matrix.ts';
import type { TrainingSet } from '../learner.ts';

/** Safe for every z: exp never overflows to a quotient of infinities. */
export const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Row `row` of x times the coefficients, plus the intercept. */
export function linearScore(x: Matrix, row: number, weights: Float64Array): number {
  const offset = row * x.columns;
  let z = weights[x.columns] as number;
  for (let j = 0; j < x.columns; j++) z += (x.data[offset + j] as number) * (weights[j] as number);
  return z;
}

export function objective({ x, y }: TrainingSet, C: number, weights: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < x.rows; row++) {
    const z = linearScore(x, row, weights);
    // log(1 + exp(z)) - y z, written so that nothing overflows.
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (y[row] === 1 ? z : 0);
  }
  let penalty = 0;
  for (let j = 0; j < x.columns; j++) penalty += (weights[j] as number) ** 2;
  return loss + penalty / (2 * C);
}

/** Overwrites `gradient` [n] and the lower triangle of `hessian` [n, n], n = columns + 1. O(rows * n^2 / 2). */
export function differentiate(
  { x, y }: TrainingSet,
  C: number,
  weights: Float64Array,
  gradient: Float64Array,
  hessian: Float64Array,
): void {
  const n = weights.length;
  const last = n - 1;
  gradient.fill(0);
  hessian.fill(0);
  const features = new Float64Array(n).fill(1);
  for (let row = 0; row < x.rows; row++) {
    const p = sigmoid(linearScore(x, row, weights));
    const residual = p - (y[row] as number);
    const curvature = p * (1 - p);
    const offset = row * last;
    for (let j = 0; j < last; j++) features[j] = x.data[offset + j] as number;
    for (let i = 0; i < n; i++) {
      const xi = features[i] as number;
      gradient[i] = (gradient[i] as number) + residual * xi;
      const weighted = curvature * xi;
      const start = i * n;
      for (let j = 0; j <= i; j++)
        hessian[start + j] = (hessian[start + j] as number) + weighted * (features[j] as number);
    }
  }
  for (let j = 0; j < last; j++) {
    gradient[j] = (gradient[j] as number) + (weights[j] as number) / C;
    hessian[j * n + j] = (hessian[j * n + j] as number) + 1 / C;
  }
}
