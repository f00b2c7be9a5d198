// Newton steps to the minimum of the objective with l1, each along a line search, until the next one would change nothing that matters.
import { FitError } from '../learner.ts';
import { conjugateStep } from './conjugate-step.ts';
import { KeptHessian } from './kept-hessian.ts';
import {
  lineSearch,
  maxNorm,
  pointAt,
  stepAlong,
  subgradientNorm,
  type L1,
  type Point,
  type Step,
} from './line-search.ts';
import type { Objective } from './objective.ts';

export interface Search {
  readonly l1: L1;
  /** Steps at most. */
  readonly maxIter: number;
  readonly tol: number;
}

export interface Minimum {
  readonly w: Float64Array;
  readonly value: number;
  /** The largest component of the gradient; with l1, of the least subgradient. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly converged: boolean;
}

/** Where the steps come from. */
interface Stepper {
  readonly fresh: boolean;
  /** Null where the Hessian has no finite one. */
  stepAt(point: Point): Step | null;
  stepAfter(from: Point, step: Step, to: Point, target: number): Step | null;
  freshStepAt(point: Point): Step | null;
}

/** The decrement that ends a fit, in tols: no weight is then off by more than this many tols of its standard error. */
const TOLS_OF_STANDARD_ERROR = 1000;
/** The decrement and the relative step at which steps that stop shrinking are as near as float64 comes. */
const NEAR = 1e-5;
const SHRINKING = 0.9;
const MAX_IDLE = 2;

/**
 * From `start` with the Hessian as a matrix; `guess`, if any, stands in for it at the start. Ends where the next step changes no weight by more
 * than tol * max(1, largest weight) and the Newton decrement is below 1000 tol; where steps no longer shrink though the decrement is below
 * 1e-5; or, not converged, after maxIter steps. Throws FitError where the objective is not finite.
 */
export function minimise(
  objective: Objective,
  search: Search,
  start: Float64Array,
  guess: Float64Array | null = null,
): Minimum {
  const point = startAt(objective, search.l1, start);
  return descend(objective, search, point, new KeptHessian(objective, search.l1, guess));
}

/** The same without l1 and without a Hessian: for so many weights that the matrix would be too large. */
export function minimiseWide(
  objective: Objective,
  search: Omit<Search, 'l1'>,
  start: Float64Array,
): Minimum {
  const point = startAt(objective, null, start);
  const stepAt = (from: Point): Step | null => {
    const direction = conjugateStep(objective, from.gradient);
    return direction === null ? null : stepAlong(direction, from, null);
  };
  return descend(objective, { ...search, l1: null }, point, {
    fresh: true,
    stepAt,
    stepAfter: (_from, _step, to) => stepAt(to),
    freshStepAt: stepAt,
  });
}

function startAt(objective: Objective, l1: L1, start: Float64Array): Point {
  const point = pointAt(objective, l1, start);
  if (!Number.isFinite(point.value))
    throw new FitError('logistic regression expects finite values in every column');
  return point;
}

function descend(
  objective: Objective,
  { l1, maxIter, tol }: Search,
  start: Point,
  stepper: Stepper,
): Minimum {
  let point = start;
  let step = stepper.stepAt(point);
  if (step === null)
    throw new FitError('logistic regression expects columns whose squares have a finite sum');
  let iterations = 0;
  let idle = 0;
  let arrived = isEnd(step, point, tol);
  while (!arrived && iterations < maxIter && step !== null) {
    const next: Point | null = lineSearch(objective, l1, point, step);
    if (next === null) {
      step = stepper.fresh ? null : stepper.freshStepAt(point);
      continue;
    }
    iterations += 1;
    const last: Step = step;
    step = stepper.stepAfter(point, last, next, targetAt(next, tol));
    point = next;
    if (step === null) break;
    const shrinks = step.decrement <= SHRINKING * last.decrement;
    const near = step.decrement <= NEAR && step.length <= targetAt(point, NEAR);
    idle = near && !shrinks ? idle + 1 : 0;
    arrived = idle === MAX_IDLE || isEnd(step, point, tol);
  }
  return {
    w: point.w,
    value: point.value,
    gradientNorm: subgradientNorm(point, l1),
    iterations,
    converged: arrived,
  };
}

/** The largest change of a weight that ends a fit. */
const targetAt = ({ w }: Point, tol: number): number => tol * Math.max(1, maxNorm(w));

const isEnd = (step: Step, point: Point, tol: number): boolean =>
  step.length <= targetAt(point, tol) && step.decrement <= TOLS_OF_STANDARD_ERROR * tol;
