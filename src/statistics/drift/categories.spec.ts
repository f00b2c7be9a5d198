import {
  categoryBins,
  categorySample,
  chiSquareFit,
  contingencyTest,
  proportionsTest,
  valueBins,
} from './categories.ts';
import { numericSample } from './numeric-sample.ts';

const bins = (reference: readonly number[], current: readonly number[]) => ({ reference, current });

it('categorySample counts each category and drops what is missing', () => {
  const sample = categorySample(['b', null, 'a', 'b']);
  expect(sample.rows).toBe(3);
  expect(Object.fromEntries(sample.counts)).toEqual({ a: 1, b: 2 });
});

it('categoryBins has the categories of either by name, valueBins the numbers of either', () => {
  const pair = [categorySample(['b', 'c']), categorySample(['a', 'b', 'b'])] as const;
  expect(categoryBins(...pair)).toEqual(bins([0, 1, 1], [1, 2, 0]));
  const numbers = [numericSample([2, 3]), numericSample([1, 2, 2])] as const;
  expect(valueBins(...numbers)).toEqual(bins([0, 1, 1], [1, 2, 0]));
});

describe('contingencyTest', () => {
  it('equals scipy.stats.chi2_contingency without correction', () => {
    expect(contingencyTest(bins([50, 30, 20], [20, 20, 10]))).toBeCloseTo(0.42437284567695, 13);
  });

  it('is the same both ways, which goodness of fit is not', () => {
    const [a, b] = [
      [50, 30, 20],
      [20, 20, 10],
    ];
    expect(contingencyTest(bins(b, a))).toBeCloseTo(contingencyTest(bins(a, b)), 14);
    expect(Math.abs(chiSquareFit(bins(b, a)) - chiSquareFit(bins(a, b)))).toBeGreaterThan(0.1);
  });

  it('counts categories too rare for it as one, and leaves them out where even together they are', () => {
    const rare = [3, 2, 4, 3];
    expect(contingencyTest(bins([100, 90, ...rare], [80, 100, ...rare]))).toBe(
      contingencyTest(bins([100, 90, 12], [80, 100, 12])),
    );
    expect(contingencyTest(bins([100, 90, 1], [80, 100, 0]))).toBe(
      contingencyTest(bins([100, 90], [80, 100])),
    );
    expect(contingencyTest(bins([100], [80]))).toBe(1);
  });
});

it('chiSquareFit is 0 for a category that is new', () => {
  expect(chiSquareFit(bins([50, 50, 0], [50, 49, 1]))).toBe(0);
});

it('proportionsTest is 1 for two constants that are alike, and 0 for two that are not', () => {
  expect(proportionsTest(bins([50], [20]))).toBe(1);
  expect(proportionsTest(bins([500, 0], [0, 200]))).toBe(0);
});
