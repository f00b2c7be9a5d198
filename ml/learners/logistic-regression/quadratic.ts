// The step to the minimum of the quadratic model of the objective: by Cholesky's factor without l1, by coordinate descent with it.
import { factorCholesky, solveFactored } from '../../numeric/cholesky.ts';

/** A model g'p + p'Hp / 2 + sum_j l1_j |w_j + p_j| of what a step p from w changes; `hessian` [n, n] with both triangles. */
export interface QuadraticModel {
  readonly hessian: Float64Array;
  readonly gradient: Float64Array;
  readonly w: Float64Array;
  /** Strength of l1 for each weight, 0 for those free of it; null: for all. */
  readonly l1: Float64Array | null;
  /** Outputs where neither Hessian nor gradient feel a constant added to all coefficients of a column (softmax without l2), else 1. */
  readonly shifting: number;
}

/** At most; a step short of the model's minimum is still a step down. */
const MAX_SWEEPS = 400;
/** Sweeps between two attempts to solve for the weights that are not 0 at once. */
const SWEEPS_PER_ATTEMPT = 8;
/** Slack of the conditions of the optimum, relative to the strength of l1. */
const SLACK = 1e-8;
/** What rounding adds to a slope, relative to the largest curvature. */
const ROUNDING = 1e-14;
/** Damping, relative to the diagonal, of equations that are known to be singular; else none. */
const SHIFT_DAMPING = 1e-12;
/** A pivot of columns scaled to a diagonal of 1 that holds nothing but rounding. */
const SINGULAR = 1e-13;
/** Damping then: large enough that the rounding of a gradient makes no long step, small enough for few steps. */
const DAMPING = 1e-9;

/** The step p; null where the Hessian is not finite. */
export function stepOf(model: QuadraticModel): Float64Array | null {
  return model.l1 === null ? newtonStep(model) : coordinateDescent(model, model.l1);
}

function newtonStep({ hessian, gradient }: QuadraticModel): Float64Array | null {
  const every = Int32Array.from(gradient.keys());
  const step = gradient.map((g) => -g);
  return solveOn(hessian, every, step) ? step : null;
}

/**
 * Overwrites `b` with the solution of H_SS c = b, S the weights at `places`. Columns are scaled to a diagonal of 1 first, so that neither
 * their units nor a damping, added where the Hessian is singular in float64 (columns that repeat each other, saturated probabilities),
 * weighs on one more than on another.
 */
function solveOn(hessian: Float64Array, places: Int32Array, b: Float64Array, least = 0): boolean {
  const m = places.length;
  const n = Math.round(Math.sqrt(hessian.length));
  const scale = Float64Array.from(places, (at) => {
    const diagonal = hessian[at * (n + 1)] as number;
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 1;
  });
  const factor = new Float64Array(m * m);
  for (let damping = least; damping < 1; damping = Math.max(damping * 100, DAMPING)) {
    for (let i = 0; i < m; i++) {
      const row = (places[i] as number) * n;
      const si = scale[i] as number;
      for (let j = 0; j < i; j++)
        factor[i * m + j] =
          si * (scale[j] as number) * (hessian[row + (places[j] as number)] as number);
      const diagonal = si * si * (hessian[row + (places[i] as number)] as number);
      // A column of nothing but 0 has no gradient either: any curvature keeps it at 0.
      factor[i * (m + 1)] = diagonal === 0 ? 1 : diagonal + damping;
    }
    if (!factorCholesky(factor, m, SINGULAR)) continue;
    for (let i = 0; i < m; i++) b[i] = (b[i] as number) * (scale[i] as number);
    solveFactored(factor, b);
    for (let i = 0; i < m; i++) b[i] = (b[i] as number) * (scale[i] as number);
    return b.every((value) => Number.isFinite(value));
  }
  return false;
}

/** The state of coordinate descent: u = w + p, and the gradient of the smooth part of the model there. */
interface Descent {
  readonly u: Float64Array;
  readonly slope: Float64Array;
}

/**
 * Cyclic coordinate descent with soft thresholding on the quadratic model (Friedman, Hastie and Tibshirani 2010, section 2.1; Yuan, Ho and
 * Lin 2012), the slope kept up to date: O(n) for each weight that moves. As soon as the signs settle, the equations of the weights that are
 * not 0 are solved at once, and the answer is taken if it meets the conditions of the optimum.
 */
function coordinateDescent(
  { hessian, gradient, w, shifting }: QuadraticModel,
  l1: Float64Array,
): Float64Array | null {
  if (!hessian.every((value) => Number.isFinite(value))) return null;
  const state: Descent = { u: w.slice(), slope: gradient.slice() };
  let tried: Float64Array | null = null;
  for (let sweeps = 0; sweeps < MAX_SWEEPS; sweeps += SWEEPS_PER_ATTEMPT) {
    for (let sweep = 0; sweep < SWEEPS_PER_ATTEMPT; sweep++) {
      sweepOnce(hessian, l1, state);
      if (shifting > 1) shiftColumns(state.u, shifting);
    }
    // The same signs have the same equations, and these the same answer.
    const signs = state.u.map(Math.sign);
    if (tried !== null && signs.every((sign, j) => sign === tried?.[j])) continue;
    tried = signs;
    if (solveSupport(hessian, l1, state, shifting > 1 ? SHIFT_DAMPING : 0)) break;
  }
  return state.u.map((value, j) => value - (w[j] as number));
}

/**
 * Of all that the rest of the model takes for the same, l1 is least where the median coefficient of a column is 0: a move along all outputs at
 * once, that one at a time would need steps without number for.
 */
function shiftColumns(u: Float64Array, outputs: number): void {
  const stride = u.length / outputs;
  const sorted = new Float64Array(outputs);
  for (let j = 0; j < stride - 1; j++) {
    for (let k = 0; k < outputs; k++) sorted[k] = u[k * stride + j] as number;
    sorted.sort();
    const low = sorted[(outputs - 1) >> 1] as number;
    const high = sorted[outputs >> 1] as number;
    const median = Math.min(high, Math.max(low, 0));
    if (median === 0) continue;
    for (let k = 0; k < outputs; k++) u[k * stride + j] = (u[k * stride + j] as number) - median;
  }
}

function sweepOnce(hessian: Float64Array, l1: Float64Array, { u, slope }: Descent): void {
  const n = u.length;
  for (let j = 0; j < n; j++) {
    const curvature = hessian[j * (n + 1)] as number;
    if (!(curvature > 0)) continue;
    const before = u[j] as number;
    const target = curvature * before - (slope[j] as number);
    const after =
      (Math.sign(target) * Math.max(0, Math.abs(target) - (l1[j] as number))) / curvature;
    const change = after - before;
    if (change === 0) continue;
    u[j] = after;
    const row = j * n;
    for (let k = 0; k < n; k++)
      slope[k] = (slope[k] as number) + change * (hessian[row + k] as number);
  }
}

/** Moves to the optimum of the weights that are not 0, if it keeps their signs and the others are to stay 0; says whether it did. */
function solveSupport(
  hessian: Float64Array,
  l1: Float64Array,
  state: Descent,
  damping: number,
): boolean {
  const { u, slope } = state;
  const n = u.length;
  const support = Int32Array.from(u.keys()).filter((j) => u[j] !== 0 || l1[j] === 0);
  const change = Float64Array.from(
    support,
    (j) => -(slope[j] as number) - (l1[j] as number) * Math.sign(u[j] as number),
  );
  if (!solveOn(hessian, support, change, damping)) return false;
  const moved = u.slice();
  const reached = slope.slice();
  support.forEach((j, i) => {
    const by = change[i] as number;
    moved[j] = (moved[j] as number) + by;
    for (let k = 0; k < n; k++)
      reached[k] = (reached[k] as number) + by * (hessian[j * n + k] as number);
  });
  const rounding =
    ROUNDING * l1.reduce((top, _s, j) => Math.max(top, hessian[j * (n + 1)] ?? 0), 0);
  const optimal = moved.every((value, j) => {
    const strength = l1[j] as number;
    if (strength === 0) return true;
    const before = u[j] as number;
    if (before === 0) return Math.abs(reached[j] as number) <= strength * (1 + SLACK) + rounding;
    return Math.sign(value) === Math.sign(before);
  });
  if (!optimal) return false;
  u.set(moved);
  slope.set(reached);
  return true;
}
