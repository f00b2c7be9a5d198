// Bins, quantiles and categories of one column on both sides.
import { categorySample } from '../../statistics/drift/categories.ts';
import { numericSample } from '../../statistics/drift/numeric-sample.ts';
import { columnDistribution, type ColumnDistribution } from './column-distribution.ts';

const NONE = { reference: 0, current: 0 };

const ofNumbers = (
  reference: readonly number[],
  current: readonly number[],
  missing = NONE,
): ColumnDistribution =>
  columnDistribution({
    kind: 'numeric',
    reference: numericSample(reference),
    current: numericSample(current),
    missing,
  });

const sum = (counts: readonly number[] = []): number => counts.reduce((a, b) => a + b, 0);

const thousand = Array.from({ length: 1001 }, (_, i) => i);

describe('columnDistribution of numbers', () => {
  it('has 30 bins of equal width between the quantiles of the reference', () => {
    const { bins } = ofNumbers(thousand, thousand);
    expect(bins?.edges).toHaveLength(31);
    expect(bins?.edges[0]).toBe(5);
    expect(bins?.edges[1]).toBe(38);
    expect(bins?.edges[30]).toBe(995);
    expect(bins?.counts.reference[0]).toBe(33);
    expect(bins?.counts.reference[29]).toBe(34);
  });

  it('counts every value of both sides once, those outside the bins at the ends', () => {
    const { bins, n_reference, n_current } = ofNumbers(thousand, [-7, -7, 4, 5, 500, 995, 996]);
    expect(bins?.below).toEqual({ reference: 5, current: 3 });
    expect(bins?.above).toEqual({ reference: 5, current: 1 });
    expect(sum(bins?.counts.current)).toBe(3);
    expect(sum(bins?.counts.reference) + 10).toBe(n_reference);
    expect([n_reference, n_current]).toEqual([1001, 7]);
  });

  it('gives a value on an edge to the bin that begins there, and the last edge to the last bin', () => {
    const { bins } = ofNumbers(thousand, [38, 995]);
    expect(bins?.counts.current[1]).toBe(1);
    expect(bins?.counts.current[29]).toBe(1);
  });

  it('is not stretched by an outlier of the reference', () => {
    const { bins } = ofNumbers([...thousand, 1e9], thousand);
    expect(bins?.edges[30]).toBeLessThan(1001);
    expect(bins?.above.reference).toBe(6);
  });

  it('has one bin where the reference is constant', () => {
    const { bins } = ofNumbers([3, 3, 3], [2, 3, 4]);
    expect(bins).toMatchObject({
      edges: [3, 3],
      counts: { reference: [3], current: [1] },
      below: { reference: 0, current: 1 },
      above: { reference: 0, current: 1 },
    });
  });

  it('takes the bins of the window where the reference has no value', () => {
    const { bins, quantiles } = ofNumbers([], [1, 2], { reference: 4, current: 2 });
    expect(bins?.edges[0]).toBeCloseTo(1.005);
    expect(bins?.counts.reference).toEqual(new Array(30).fill(0));
    expect(quantiles?.[2]).toEqual({ share: 0.5, reference: null, current: 1.5 });
  });

  it('has no bins where no side has a value', () => {
    const { bins, missing } = ofNumbers([], [], { reference: 3, current: 0 });
    expect(bins).toMatchObject({ edges: [], counts: { reference: [], current: [] } });
    expect(missing).toEqual({ reference: 1, current: null });
  });

  it('has the quantiles of both, and the shares of rows without a value', () => {
    const { quantiles, missing } = ofNumbers([0, 100], thousand, { reference: 2, current: 0 });
    expect(quantiles?.map(({ share }) => share)).toEqual([0.05, 0.25, 0.5, 0.75, 0.95]);
    expect(quantiles?.map(({ reference }) => reference)).toEqual([5, 25, 50, 75, 95]);
    expect(quantiles?.map(({ current }) => current)).toEqual([50, 250, 500, 750, 950]);
    expect(missing).toEqual({ reference: 0.5, current: 0 });
  });
});

describe('columnDistribution of categories', () => {
  it('counts the declared categories in their order, and sums the others without naming them', () => {
    const distribution = columnDistribution({
      kind: 'categorical',
      categories: ['right', 'left', 'none'],
      reference: categorySample(['left', 'left', 'right']),
      current: categorySample(['left', 'secret', 'other', 'other']),
      missing: { reference: 1, current: 0 },
    });
    expect(distribution).toEqual({
      kind: 'categorical',
      n_reference: 3,
      n_current: 4,
      missing: { reference: 0.25, current: 0 },
      bins: null,
      quantiles: null,
      categories: [
        { name: 'right', reference: 1, current: 0 },
        { name: 'left', reference: 2, current: 1 },
        { name: 'none', reference: 0, current: 0 },
      ],
      unseen: { reference: 0, current: 3, distinct: 2 },
    });
  });
});
