// Platt calibration: a logistic curve over the log-odds of a model's score, P(positive) = sigmoid(slope * logit(p) + intercept).
import { CalibrationError, HIGHEST, LOWEST, smoothedTargets } from './class-totals.ts';

export interface PlattCurve {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Scores are kept this far from 0 and 1 before the log-odds are taken: a forest answers exactly 0, and next to 1 a float32 score has few
 * digits left of 1 - p.
 */
export const SCORE_MARGIN = 1e-5;
const MOST_STEPS = 100;
/** Largest component of the gradient of the mean loss at which the fit is done. */
const TOLERANCE = 1e-12;
/** Where rounding no longer lets the loss fall, a gradient up to this one is as good as converged. */
const GOOD_ENOUGH = 1e-8;
/** Keeps the Hessian regular where all scores are one; as in Lin, Lin and Weng 2007. */
const RIDGE = 1e-12;

/** log(p / (1 - p)) of the score within its margins. */
export function logit(score: number): number {
  const p = Math.min(Math.max(score, SCORE_MARGIN), 1 - SCORE_MARGIN);
  return Math.log(p / (1 - p));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** log(1 + exp(z)), without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

interface Problem {
  /** Log-odds of the scores, [rows]. */
  readonly odds: Float64Array;
  /** Smoothed targets, [rows]. */
  readonly targets: Float64Array;
  /** Weights that sum to 1, [rows]. */
  readonly shares: Float64Array;
}

/**
 * Minimises the weighted mean of the cross-entropy against Platt's smoothed targets (Platt 1999) by Newton's method with backtracking
 * (Lin, Lin and Weng 2007, algorithm 1), started where nothing changes. Throws CalibrationError where it does not converge.
 */
export function fitPlatt(y: Uint8Array, p: Float64Array, weights: Float64Array | null): PlattCurve {
  const { negative, positive } = smoothedTargets(y, weights);
  const total = weights === null ? y.length : weights.reduce((sum, weight) => sum + weight, 0);
  const problem: Problem = {
    odds: Float64Array.from(p, logit),
    targets: Float64Array.from(y, (label) => (label === 1 ? positive : negative)),
    shares: Float64Array.from(
      y,
      (_, row) => (weights === null ? 1 : (weights[row] as number)) / total,
    ),
  };
  let at: PlattCurve = { slope: 1, intercept: 0 };
  let norm = Infinity;
  for (let step = 0; step < MOST_STEPS; step++) {
    const newton = newtonStep(problem, at);
    norm = newton.norm;
    const next = norm <= TOLERANCE ? null : backtrack(problem, at, newton);
    if (next === null) break;
    at = next;
  }
  if (!(norm <= GOOD_ENOUGH))
    throw new CalibrationError(
      `Platt's curve did not converge in ${MOST_STEPS} steps: the gradient norm is ${norm.toExponential(1)}`,
    );
  return Object.freeze(at);
}

interface NewtonStep {
  readonly slope: number;
  readonly intercept: number;
  /** Gradient times step: how fast the loss falls along it, negative. */
  readonly descent: number;
  /** Largest component of the gradient. */
  readonly norm: number;
}

function newtonStep(
  { odds, targets, shares }: Problem,
  { slope, intercept }: PlattCurve,
): NewtonStep {
  let [gradientA, gradientB, aa, ab, bb] = [0, 0, RIDGE, 0, RIDGE];
  for (let row = 0; row < odds.length; row++) {
    const x = odds[row] as number;
    const share = shares[row] as number;
    const q = sigmoid(slope * x + intercept);
    const error = share * (q - (targets[row] as number));
    const curvature = share * q * (1 - q);
    gradientA += error * x;
    gradientB += error;
    aa += curvature * x * x;
    ab += curvature * x;
    bb += curvature;
  }
  const determinant = aa * bb - ab * ab;
  const a = -(bb * gradientA - ab * gradientB) / determinant;
  const b = -(aa * gradientB - ab * gradientA) / determinant;
  return {
    slope: a,
    intercept: b,
    descent: a * gradientA + b * gradientB,
    norm: Math.max(Math.abs(gradientA), Math.abs(gradientB)),
  };
}

/** The first of the whole step, its half, its quarter ... that lowers the loss enough (Armijo); null: rounding leaves none. */
function backtrack(problem: Problem, at: PlattCurve, newton: NewtonStep): PlattCurve | null {
  const before = meanLoss(problem, at);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = {
      slope: at.slope + length * newton.slope,
      intercept: at.intercept + length * newton.intercept,
    };
    const slack = 1e-14 * (1 + before);
    if (meanLoss(problem, next) <= before + 1e-4 * length * newton.descent + slack) return next;
  }
  return null;
}

/** Weighted mean of -t log q - (1 - t) log(1 - q), q = sigmoid(z), which is softplus(z) - t z. */
function meanLoss({ odds, targets, shares }: Problem, { slope, intercept }: PlattCurve): number {
  let sum = 0;
  for (let row = 0; row < odds.length; row++) {
    const z = slope * (odds[row] as number) + intercept;
    sum += (shares[row] as number) * (softplus(z) - (targets[row] as number) * z);
  }
  return sum;
}

/** The curve at a score, between 0 and 1, both excluded. */
export const plattProbability = ({ slope, intercept }: PlattCurve, score: number): number =>
  Math.min(Math.max(sigmoid(slope * logit(score) + intercept), LOWEST), HIGHEST);
