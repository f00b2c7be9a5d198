// Thresholds against their rules: every threshold tried on the float32 scores, one by one.
import { Random } from '../../src/statistics/random.ts';
import { check } from '../zod-expectation.ts';
import { confusionMatrix, MetricError, precision, recall } from './metrics.ts';
import { float32Scores } from './scores.ts';
import { chooseThreshold, costCurve, ThresholdError } from './threshold.ts';
import { thresholdSchema, type Costs, type ThresholdRule } from './threshold-rule.ts';

function sample(rows: number, levels: number, seed = 17) {
  const random = Random.of(seed, rows, levels);
  const p = Float64Array.from({ length: rows }, () => (1 + random.nextInt(levels)) / (levels + 2));
  const y = Uint8Array.from(p, (score) => (random.nextInt(1000) < 1000 * score ** 2 ? 1 : 0));
  return { y, p, weights: Float64Array.from(p, () => random.nextInt(3)) };
}

/** Every threshold worth trying, from the largest to the smallest: all scores, and one above them. */
const allThresholds = (p: Float64Array): readonly number[] => {
  const scores = [...new Set(float32Scores(p))].toSorted((a, b) => b - a);
  return [(scores[0] as number) + 2 ** -24, ...scores];
};

const callsOf = (y: Uint8Array, p: Float64Array, threshold: number) =>
  confusionMatrix(y, float32Scores(p), threshold);

function meanCost(y: Uint8Array, p: Float64Array, costs: Costs, threshold: number): number {
  const { tp, fp, tn, fn } = callsOf(y, p, threshold);
  return (
    (tp * costs.true_positive +
      fp * costs.false_positive +
      tn * costs.true_negative +
      fn * costs.false_negative) /
    y.length
  );
}

const costs: Costs = { false_positive: 1, false_negative: 5, true_positive: 0, true_negative: 0 };
const gains: Costs = { false_positive: 3, false_negative: 8, true_positive: -4, true_negative: -1 };
/** Few levels make ties, many make none; thirds are no float32 values. */
const samples = [sample(300, 7), sample(500, 100_000), sample(40, 3)];

describe('chooseThreshold', () => {
  it.each([costs, gains])('by cost takes the cheapest threshold, of equals the largest', (of) => {
    for (const { y, p } of samples) {
      const chosen = chooseThreshold({ rule: 'cost', ...of }, y, p);
      const all = allThresholds(p).map((threshold) => meanCost(y, p, of, threshold));
      const least = Math.min(...all);
      expect(chosen.cost).toBeCloseTo(least, 12);
      expect(meanCost(y, p, of, chosen.threshold)).toBeCloseTo(least, 12);
      const first = all.findIndex((cost) => cost <= least + 1e-12);
      if (first > 0) expect(chosen.threshold).toBe(allThresholds(p)[first]);
    }
  });

  it('by cost takes the larger of two thresholds that cost the same', () => {
    const [y, p] = [Uint8Array.of(1, 0, 1), Float64Array.of(0.9, 0.5, 0.4)];
    // 1/3 at 0.9 and at 0.4, 2/3 elsewhere; tenths add up differently in another order.
    for (const unit of [1, 0.1]) {
      const of: Costs = { ...costs, false_positive: unit, false_negative: unit };
      expect(chooseThreshold({ rule: 'cost', ...of }, y, p).threshold).toBe(Math.fround(0.9));
    }
  });

  it('by cost calls nobody where that is cheapest, and everybody where that is', () => {
    const [y, p] = [Uint8Array.of(0, 1, 0), Float64Array.of(0.9, 0.6, 0.2)];
    const dear: Costs = { ...costs, false_positive: 1000 };
    const nobody = chooseThreshold({ rule: 'cost', ...dear }, y, p);
    expect(nobody).toMatchObject({ called: 0, precision: 0, recall: 0, cost: 5 / 3 });
    expect(nobody.threshold).toBe(Math.fround(0.9) + 2 ** -24);
    const everybody = chooseThreshold({ rule: 'cost', ...costs, false_negative: 1e6 }, y, p);
    expect(everybody.recall).toBe(1);
  });

  it('answers 1 at most where a score is 1', () => {
    const rule: ThresholdRule = { rule: 'cost', ...costs, false_positive: 1000 };
    expect(
      chooseThreshold(rule, Uint8Array.of(0, 0, 1), Float64Array.of(1, 0.5, 0.2)).threshold,
    ).toBe(1);
  });

  it('by recall takes the largest threshold that reaches it', () => {
    for (const { y, p } of samples)
      for (const atLeast of [0.01, 0.5, 0.8, 0.95, 1]) {
        const chosen = chooseThreshold({ rule: 'recall', at_least: atLeast }, y, p);
        const expected = allThresholds(p).find(
          (threshold) => recall(callsOf(y, p, threshold)) >= atLeast,
        );
        expect(chosen.threshold).toBe(expected);
        expect(chosen.recall).toBe(recall(callsOf(y, p, chosen.threshold)));
      }
  });

  it('by precision takes the greatest recall that reaches it, of equals the largest threshold', () => {
    for (const { y, p } of samples.slice(0, 2))
      for (const atLeast of [0.3, 0.4, 0.5, 0.6]) {
        const fit = allThresholds(p)
          .map((threshold) => ({ threshold, calls: callsOf(y, p, threshold) }))
          .filter(({ calls }) => precision(calls) >= atLeast);
        const greatest = Math.max(...fit.map(({ calls }) => recall(calls)));
        const expected = fit.find(({ calls }) => recall(calls) === greatest);
        const chosen = chooseThreshold({ rule: 'precision', at_least: atLeast }, y, p);
        expect(chosen.threshold).toBe(expected?.threshold);
        expect(chosen.precision).toBeGreaterThanOrEqual(atLeast);
      }
  });

  it('names the best precision where the one asked for cannot be reached', () => {
    const y = Uint8Array.of(0, 1, 1, 0);
    const p = Float64Array.of(0.9, 0.8, 0.75, 0.1);
    expect(() => chooseThreshold({ rule: 'precision', at_least: 0.8 }, y, p)).toThrow(
      'no threshold reaches a precision of 0.8: the best is 0.6667, with a recall of 1.0000, at 0.750000',
    );
  });

  it('takes a fixed value as float32', () => {
    const { y, p } = sample(300, 7);
    const chosen = chooseThreshold({ rule: 'fixed', value: 0.7 }, y, p);
    expect(chosen.threshold).toBe(Math.fround(0.7));
    const calls = callsOf(y, p, Math.fround(0.7));
    expect(chosen).toMatchObject({
      recall: recall(calls),
      precision: precision(calls),
      cost: null,
    });
    expect(chosen.called).toBe((calls.tp + calls.fp) / 300);
    expect(chooseThreshold({ rule: 'fixed', value: 0.999 }, y, p).called).toBe(0);
    const third = { y: Uint8Array.of(1, 0), p: Float64Array.of(1 / 3, 0.2) };
    expect(chooseThreshold({ rule: 'fixed', value: 1 / 3 }, third.y, third.p).recall).toBe(1);
  });

  it('holds on scores as float32, where those of double would leave a row out', () => {
    // As a double 0.1 is below the float32 next to it, 0.7 above.
    const y = Uint8Array.of(1, 1, 0);
    const p = Float64Array.of(0.1, 0.7, 0.05);
    for (const at_least of [0.5, 1]) {
      const { threshold, recall: reached } = chooseThreshold({ rule: 'recall', at_least }, y, p);
      expect(Math.fround(threshold)).toBe(threshold);
      expect(reached).toBe(at_least);
      expect(recall(confusionMatrix(y, float32Scores(p), threshold))).toBe(at_least);
    }
  });

  it('weighs a row as often as it would stand there', () => {
    const { y, p, weights } = sample(400, 50);
    const rows = [...y.keys()].flatMap((row) => Array<number>(weights[row] as number).fill(row));
    const repeated = {
      y: Uint8Array.from(rows, (row) => y[row] as number),
      p: Float64Array.from(rows, (row) => p[row] as number),
    };
    const rules: readonly ThresholdRule[] = [
      { rule: 'cost', ...gains },
      { rule: 'recall', at_least: 0.7 },
      { rule: 'precision', at_least: 0.5 },
      { rule: 'fixed', value: 0.4 },
    ];
    for (const rule of rules) {
      const { cost, ...chosen } = chooseThreshold(rule, y, p, weights);
      const { cost: expectedCost, ...expected } = chooseThreshold(rule, repeated.y, repeated.p);
      expect(chosen).toEqual(expected);
      if (expectedCost !== null) expect(cost).toBeCloseTo(expectedCost, 12);
    }
  });

  it('refuses rows without a positive one where the rule needs them, and rows that do not belong together', () => {
    const p = Float64Array.of(0.1, 0.2);
    for (const rule of ['recall', 'precision'] as const)
      expect(() => chooseThreshold({ rule, at_least: 0.5 }, Uint8Array.of(0, 0), p)).toThrow(
        ThresholdError,
      );
    const rule: ThresholdRule = { rule: 'fixed', value: 0.5 };
    expect(() => chooseThreshold(rule, Uint8Array.of(1), p)).toThrow(MetricError);
    expect(() => chooseThreshold(rule, Uint8Array.of(1, 0), Float64Array.of(NaN, 1))).toThrow(
      MetricError,
    );
  });
});

describe('costCurve', () => {
  it('is the mean cost at each threshold, rising in threshold', () => {
    const { y, p } = sample(900, 10_000);
    const curve = costCurve(y, p, gains, 50);
    expect(curve.length).toBeGreaterThan(40);
    expect(curve.length).toBeLessThanOrEqual(53);
    curve.forEach(({ threshold, cost }, i) => {
      expect(cost).toBeCloseTo(meanCost(y, p, gains, threshold), 12);
      expect(threshold).toBeGreaterThan(curve[i - 1]?.threshold ?? -1);
    });
  });

  it('has the cheapest threshold and both ends in it', () => {
    const { y, p } = sample(900, 10_000);
    const thresholds = costCurve(y, p, costs, 10).map(({ threshold }) => threshold);
    const { threshold } = chooseThreshold({ rule: 'cost', ...costs }, y, p);
    expect(thresholds).toContain(threshold);
    expect(thresholds[0]).toBe(Math.min(...float32Scores(p)));
    expect(thresholds.at(-1)).toBeGreaterThan(Math.max(...float32Scores(p)));
  });

  it('is every threshold where there are few', () => {
    const { y, p } = sample(200, 5);
    expect(costCurve(y, p, costs)).toHaveLength(6);
  });
});

describe('thresholdSchema', () => {
  it('reads each rule, and fills in the costs of right answers', () => {
    expect(thresholdSchema.parse({ rule: 'fixed', value: 0.5 })).toEqual({
      rule: 'fixed',
      value: 0.5,
    });
    expect(thresholdSchema.parse({ rule: 'cost', false_positive: 1, false_negative: 5 })).toEqual({
      rule: 'cost',
      ...costs,
    });
    expect(thresholdSchema.safeParse({ rule: 'recall', at_least: 1 }).success).toBe(true);
    expect(thresholdSchema.safeParse({ rule: 'precision', at_least: 0.9 }).success).toBe(true);
  });

  it.each([
    [{ rule: 'fixed', value: 1 }, ['value'], 'expected a number below 1, got a whole number'],
    [{ rule: 'recall', at_least: 0 }, ['at_least'], 'expected a number above 0, got zero'],
    [{ rule: 'cost', false_positive: 1 }, ['false_negative'], 'missing; expected a number'],
    [
      { rule: 'precision', at_least: 0.5, value: 1 },
      ['value'],
      'unknown key; allowed here: rule, at_least',
    ],
    [
      { rule: 'cost', false_positive: 1, false_negative: 1, true_negative: 1 },
      [],
      'expected costs where false_positive is above true_negative and false_negative above true_positive, got a mapping',
    ],
    [{ rule: 'f1' }, ['rule'], 'expected fixed or cost or recall or precision, got text'],
  ])('refuses %j', (value, path, message) => {
    const checked = check(thresholdSchema, value);
    expect(checked).toEqual({ ok: false, problems: [{ path, message }] });
  });
});
