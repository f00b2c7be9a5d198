// The Newton step from products of the Hessian with vectors alone, for more columns than a Hessian is affordable for.
import type { Objective } from './objective.ts';

const MAX_PRODUCTS = 2000;
const COARSEST = 0.1;
const FINEST = 1e-8;

/**
 * Solves H p = -gradient by conjugate gradients, preconditioned by the diagonal, H the Hessian where the objective was differentiated last. Each
 * product is one pass over the rows. The residual goes down to a share that shrinks with the gradient, which keeps Newton's steps
 * superlinear (Dembo, Eisenstat and Steihaug 1982; truncated as in Nocedal and Wright 2006, algorithm 7.1).
 * Null where there is no such step in float64.
 */
export function conjugateStep(objective: Objective, gradient: Float64Array): Float64Array | null {
  const diagonal = new Float64Array(gradient.length);
  objective.diagonalInto(diagonal);
  // A column of nothing but 0 has no gradient either.
  const scaled = (v: Float64Array): Float64Array =>
    v.map((value, j) => (diagonal[j] ? value / diagonal[j] : 0));
  const residual = gradient.map((g) => -g);
  const step = new Float64Array(gradient.length);
  let reduced = scaled(residual);
  const direction = reduced.slice();
  const product = new Float64Array(gradient.length);
  let energy = inner(residual, reduced);
  if (!Number.isFinite(energy)) return null;
  const share = Math.min(COARSEST, Math.max(FINEST, Math.sqrt(energy)));
  const enough = energy * share * share;
  for (let products = 0; products < MAX_PRODUCTS && energy > enough; products++) {
    objective.multiplyHessian(direction, product);
    const curvature = inner(direction, product);
    // Saturated probabilities: rounding has left no curvature to divide by.
    if (!(curvature > 0)) return products === 0 ? null : step;
    const length = energy / curvature;
    for (let j = 0; j < step.length; j++) {
      step[j] = (step[j] as number) + length * (direction[j] as number);
      residual[j] = (residual[j] as number) - length * (product[j] as number);
    }
    reduced = scaled(residual);
    const next = inner(residual, reduced);
    for (let j = 0; j < step.length; j++)
      direction[j] = (reduced[j] as number) + (next / energy) * (direction[j] as number);
    energy = next;
  }
  return step;
}

const inner = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, j) => sum + value * (b[j] as number), 0);
