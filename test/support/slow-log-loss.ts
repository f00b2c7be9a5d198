// What the logistic regression minimises, written row by row as its formula stands: the oracle of the blocked passes.
import type { ObjectiveData } from '../../ml/learners/logistic-regression/objective.ts';
import type { Penalty } from '../../ml/learners/logistic-regression/params.ts';

/** The scores of a row, [outputs], of weights [outputs, columns + 1]. */
function scoresOf({ x, outputs }: ObjectiveData, row: number, w: Float64Array): number[] {
  return Array.from({ length: outputs }, (_, k) => {
    const at = k * (x.columns + 1);
    let z = w[at + x.columns] as number;
    for (let j = 0; j < x.columns; j++)
      z += (x.data[row * x.columns + j] as number) * (w[at + j] as number);
    return z;
  });
}

/** P(positive), or the probability of each class. */
export function probabilitiesOf(data: ObjectiveData, row: number, w: Float64Array): number[] {
  const scores = scoresOf(data, row, w);
  if (data.outputs === 1) return scores.map((z) => 1 / (1 + Math.exp(-z)));
  const exps = scores.map((z) => Math.exp(z - Math.max(...scores)));
  const sum = exps.reduce((total, e) => total + e, 0);
  return exps.map((e) => e / sum);
}

const isIntercept = ({ x }: ObjectiveData, at: number): boolean =>
  at % (x.columns + 1) === x.columns;

/** The weighted sum of log losses + l1 |w|_1 + l2 |w|^2 / 2, intercepts free. */
export function slowObjective(data: ObjectiveData, { l1, l2 }: Penalty, w: Float64Array): number {
  let value = 0;
  for (let row = 0; row < data.x.rows; row++) {
    const p = probabilitiesOf(data, row, w);
    const label = data.y[row] as number;
    const ofLabel = data.outputs > 1 ? p[label] : label === 1 ? p[0] : 1 - (p[0] as number);
    value -= (data.weights?.[row] ?? 1) * Math.log(ofLabel as number);
  }
  w.forEach((coefficient, at) => {
    if (!isIntercept(data, at)) value += l1 * Math.abs(coefficient) + (l2 / 2) * coefficient ** 2;
  });
  return value;
}

/** The gradient of all but l1. */
export function slowGradient(data: ObjectiveData, l2: number, w: Float64Array): Float64Array {
  const { x, y, weights, outputs } = data;
  const gradient = w.map((coefficient, at) => (isIntercept(data, at) ? 0 : l2 * coefficient));
  for (let row = 0; row < x.rows; row++)
    probabilitiesOf(data, row, w).forEach((p, k) => {
      const is = outputs === 1 ? (y[row] as number) : Number(y[row] === k);
      const residual = (weights?.[row] ?? 1) * (p - is);
      for (let j = 0; j <= x.columns; j++) {
        const value = j === x.columns ? 1 : (x.data[row * x.columns + j] as number);
        const at = k * (x.columns + 1) + j;
        gradient[at] = (gradient[at] as number) + residual * value;
      }
    });
  return gradient;
}

/** By how much the conditions of the optimum are missed at most. */
export function missOf(data: ObjectiveData, { l1, l2 }: Penalty, w: Float64Array): number {
  const misses = slowGradient(data, l2, w).map((g, at) => {
    const coefficient = w[at] as number;
    if (l1 === 0 || isIntercept(data, at)) return Math.abs(g);
    if (coefficient === 0) return Math.max(0, Math.abs(g) - l1);
    return Math.abs(g + l1 * Math.sign(coefficient));
  });
  return Math.max(...misses);
}

/** Accelerated proximal gradient (Beck and Teboulle 2009) with restarts, `steps` of length 1 / `curvature`. */
export function slowMinimum(
  data: ObjectiveData,
  { l1, l2 }: Penalty,
  curvature: number,
  steps: number,
): Float64Array {
  let w = new Float64Array(data.outputs * (data.x.columns + 1));
  let ahead = w.slice();
  let momentum = 1;
  for (let step = 0; step < steps; step++) {
    const gradient = slowGradient(data, l2, ahead);
    const next = ahead.map((at, j) => {
      const moved = at - (gradient[j] as number) / curvature;
      if (isIntercept(data, j)) return moved;
      return Math.sign(moved) * Math.max(0, Math.abs(moved) - l1 / curvature);
    });
    const turned = next.reduce(
      (sum, at, j) => sum + ((ahead[j] as number) - at) * (at - (w[j] as number)),
      0,
    );
    const nextMomentum = turned > 0 ? 1 : (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const share = turned > 0 ? 0 : (momentum - 1) / nextMomentum;
    ahead = next.map((at, j) => at + share * (at - (w[j] as number)));
    w = next;
    momentum = nextMomentum;
  }
  return w;
}
