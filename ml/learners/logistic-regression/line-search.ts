// Points of the fit and the way from one to the next: the longest of a halving series of steps that brings its share of the decrease.
import type { Objective } from './objective.ts';

/** Strength of l1 for each weight, 0 for those free of it; null: for all. */
export type L1 = Float64Array | null;

/** A point with the objective's value (l1 included) and the gradient of its smooth part. */
export interface Point {
  readonly w: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface Step {
  readonly direction: Float64Array;
  /** The square root of twice the decrease that the quadratic model predicts: the Newton decrement. */
  readonly decrement: number;
  /** Its largest component. */
  readonly length: number;
}

/** Armijo's constant: the least share of the predicted decrease that a step must bring. */
const SUFFICIENT_DECREASE = 1e-4;
const MAX_HALVINGS = 40;
/** What rounding may add to a sum of losses, relative: near the optimum the decrease is lost in it, and steps that stay within are taken. */
const ROUNDING = 1e-13;

export const maxNorm = (v: Float64Array): number =>
  v.reduce((largest, component) => Math.max(largest, Math.abs(component)), 0);

export function pointAt(objective: Objective, l1: L1, w: Float64Array): Point {
  const gradient = new Float64Array(w.length);
  let value = objective.differentiate(w, gradient);
  l1?.forEach((strength, j) => {
    value += strength * Math.abs(w[j] as number);
  });
  return { w, value, gradient };
}

export function stepAlong(direction: Float64Array, { w, gradient }: Point, l1: L1): Step {
  const slope = slopeOf(direction, { w, gradient }, l1);
  return { direction, decrement: Math.sqrt(Math.max(0, -slope)), length: maxNorm(direction) };
}

/** g'p + |w + p|_1 - |w|_1, l1's weights included: below 0 for every step that helps. */
function slopeOf(direction: Float64Array, { w, gradient }: Omit<Point, 'value'>, l1: L1): number {
  let slope = 0;
  direction.forEach((d, j) => {
    slope += d * (gradient[j] as number);
    if (l1 === null) return;
    const at = w[j] as number;
    slope += (l1[j] as number) * (Math.abs(at + d) - Math.abs(at));
  });
  return slope;
}

/** The point reached (Tseng and Yun 2009, equation 8, where there is l1); null where no length decreases the objective. */
export function lineSearch(objective: Objective, l1: L1, from: Point, step: Step): Point | null {
  const slope = -step.decrement * step.decrement;
  const slack = ROUNDING * Math.abs(from.value);
  let length = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving++, length /= 2) {
    const w = from.w.map((at, j) => at + length * (step.direction[j] as number));
    const reached = pointAt(objective, l1, w);
    if (reached.value <= from.value + SUFFICIENT_DECREASE * length * slope + slack) return reached;
  }
  return null;
}

/** The largest component of the gradient; with l1, of the least subgradient: by what the conditions of the optimum are missed. */
export function subgradientNorm({ w, gradient }: Omit<Point, 'value'>, l1: L1): number {
  if (l1 === null) return maxNorm(gradient);
  return maxNorm(
    gradient.map((g, j) => {
      const strength = l1[j] as number;
      const at = w[j] as number;
      return at === 0 ? Math.max(0, Math.abs(g) - strength) : g + strength * Math.sign(at);
    }),
  );
}
