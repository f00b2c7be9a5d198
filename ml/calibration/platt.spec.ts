// Platt's curve against its definition, minimised by a search that knows nothing of derivatives.
import { Random } from '../../src/statistics/random.ts';
import { fitPlatt, logit, plattProbability } from './platt.ts';

function sample(rows: number, slope: number, intercept: number) {
  const random = Random.of(21, rows);
  const uniform = (): number => (random.next() + 0.5) / 2 ** 32;
  const p = Float64Array.from({ length: rows }, () => uniform());
  const y = Uint8Array.from(p, (score) =>
    uniform() < 1 / (1 + Math.exp(-(slope * logit(score) + intercept))) ? 1 : 0,
  );
  const weights = Float64Array.from(p, () => 0.5 + uniform());
  return { y, p, weights };
}

/** Weighted cross-entropy against the targets (N+ + 1) / (N+ + 2) and 1 / (N- + 2). */
function loss(
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array,
  slope: number,
  intercept: number,
): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const heavy = weights.reduce((sum, weight, row) => sum + weight * (y[row] as number), 0);
  const positives = (heavy / total) * y.length;
  const negatives = y.length - positives;
  return y.reduce((sum, label, row) => {
    const target = label === 1 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2);
    const q = 1 / (1 + Math.exp(-(slope * logit(p[row] as number) + intercept)));
    return (
      sum -
      ((weights[row] as number) / total) * (target * Math.log(q) + (1 - target) * Math.log(1 - q))
    );
  }, 0);
}

/** The place of the minimum of a convex function, by thirds. */
function ternary(low: number, high: number, of: (x: number) => number): number {
  for (let i = 0; i < 42; i++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (of(a) < of(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}

describe('fitPlatt', () => {
  it.each([false, true])('finds the minimum of its definition (weighted: %s)', (weighted) => {
    const { y, p, weights } = sample(40, 0.6, -0.4);
    const shares = weighted ? weights : new Float64Array(40).fill(1);
    const best = (slope: number): number =>
      ternary(-5, 5, (intercept) => loss(y, p, shares, slope, intercept));
    const slope = ternary(-5, 5, (a) => loss(y, p, shares, a, best(a)));
    const fitted = fitPlatt(y, p, weighted ? weights : null);
    expect(fitted.slope).toBeCloseTo(slope, 5);
    expect(fitted.intercept).toBeCloseTo(best(slope), 5);
    expect(loss(y, p, shares, fitted.slope, fitted.intercept)).toBeLessThanOrEqual(
      loss(y, p, shares, slope, best(slope)) + 1e-14,
    );
  });

  it('finds the curve that the rows were drawn from', () => {
    const { y, p } = sample(20_000, 0.5, 1);
    const { slope, intercept } = fitPlatt(y, p, null);
    expect(slope).toBeCloseTo(0.5, 1);
    expect(intercept).toBeCloseTo(1, 1);
  });

  it('stays finite where a score tells the classes apart without error', () => {
    const y = Uint8Array.from({ length: 40 }, (_, row) => (row < 20 ? 0 : 1));
    const p = Float64Array.from(y, (label) => (label === 1 ? 0.9 : 0.2));
    const curve = fitPlatt(y, p, null);
    // Each score then has its smoothed target for value.
    expect(plattProbability(curve, 0.9)).toBeCloseTo(21 / 22, 9);
    expect(plattProbability(curve, 0.2)).toBeCloseTo(1 / 22, 9);
  });

  it('gives the smoothed share of positives where all scores are one', () => {
    const y = Uint8Array.of(1, 0, 0, 0);
    for (const score of [0, 0.3, 0.5, 1]) {
      const curve = fitPlatt(y, new Float64Array(4).fill(score), null);
      expect(plattProbability(curve, score)).toBeCloseTo((2 / 3 + 3 / 5) / 4, 6);
    }
  });

  it('fits scores of exactly 0 and 1, on the wrong side too, and answers within 0 and 1', () => {
    const y = Uint8Array.of(0, 1, 0, 1, 1, 0);
    const curve = fitPlatt(y, Float64Array.of(0, 1, 0.4, 0, 0.6, 0.3), null);
    for (const score of [0, 1e-30, 0.5, 1 - 1e-16, 1]) {
      const q = plattProbability(curve, score);
      expect(q > 0 && q < 1).toBe(true);
    }
    const steep = { slope: 50, intercept: 0 };
    expect(plattProbability(steep, 0)).toBe(1e-7);
    expect(Math.fround(plattProbability(steep, 1))).toBeLessThan(1);
  });

  it('has a slope below 0 where the scores are the wrong way round', () => {
    const { y, p } = sample(2000, -1, 0);
    expect(fitPlatt(y, p, null).slope).toBeLessThan(-0.5);
  });

  it('does not depend on the scale of the weights', () => {
    const { y, p, weights } = sample(300, 1, 0);
    const halved = weights.map((weight) => weight / 2);
    const [one, other] = [fitPlatt(y, p, weights), fitPlatt(y, p, halved)];
    expect(other.slope).toBeCloseTo(one.slope, 10);
    expect(other.intercept).toBeCloseTo(one.intercept, 10);
  });
});
