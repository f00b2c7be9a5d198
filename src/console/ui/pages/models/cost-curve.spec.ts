// Costs small enough to check by hand.
import { costAt, costCurve, costOf, leastCost } from './cost-curve.ts';

const AT = (threshold: number, fp: number, fn: number) => ({
  threshold,
  fp,
  fn,
  tn: 6 - fp,
  tp: 4 - fn,
});
const THRESHOLDS = [AT(0, 6, 0), AT(0.25, 2, 0), AT(0.5, 1, 1), AT(0.75, 0, 2), AT(1, 0, 4)];

describe('costCurve', () => {
  it('is the mean cost of a row at each threshold', () => {
    expect(costCurve(THRESHOLDS, { falsePositive: 1, falseNegative: 5 })).toEqual([
      { threshold: 0, cost: 0.6 },
      { threshold: 0.25, cost: 0.2 },
      { threshold: 0.5, cost: 0.6 },
      { threshold: 0.75, cost: 1 },
      { threshold: 1, cost: 2 },
    ]);
  });

  it('costs nothing where there are no rows', () => {
    const none = { tn: 0, fp: 0, fn: 0, tp: 0 };
    expect(costAt(none, { falsePositive: 1, falseNegative: 1 })).toBe(0);
  });
});

describe('leastCost', () => {
  it('is the lowest stretch of thresholds that costs no more', () => {
    const costs = { falsePositive: 1, falseNegative: 1 };
    expect(leastCost(costCurve(THRESHOLDS, costs))).toEqual({ cost: 0.2, from: 0.25, to: 0.75 });
    const dear = { falsePositive: 1, falseNegative: 5 };
    expect(leastCost(costCurve(THRESHOLDS, dear))).toEqual({ cost: 0.2, from: 0.25, to: 0.25 });
  });

  it('ends with the last threshold where mistakes of one kind cost nothing', () => {
    const costs = { falsePositive: 1, falseNegative: 0 };
    expect(leastCost(costCurve(THRESHOLDS, costs))).toEqual({ cost: 0, from: 0.75, to: 1 });
  });

  it('is null for no thresholds', () => {
    expect(leastCost([])).toBeNull();
  });
});

it('takes a cost with a point or a comma, and neither words nor what is below 0', () => {
  expect(['5', '2.5', '2,5', '0'].map(costOf)).toEqual([5, 2.5, 2.5, 0]);
  expect(['', ' ', 'dear', '-1', 'Infinity'].map(costOf)).toEqual([null, null, null, null, null]);
});
