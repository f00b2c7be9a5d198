// Bars of a distribution: one for each bin or category, and for what lies outside of them.
import { barsOf, type BarNames } from './distribution-rows.ts';
import type { Distribution } from './drift-data.ts';

const NAMES: BarNames = {
  number: String,
  below: (edge) => `<${edge}`,
  above: (edge) => `>${edge}`,
  between: (low, high) => `${low}..${high}`,
  unseen: (distinct) => `${distinct} others`,
};

const distributionOf = (more: Partial<Distribution>): Distribution =>
  ({
    n_reference: 4,
    n_current: 5,
    bins: null,
    categories: null,
    unseen: null,
    ...more,
  }) as Distribution;

const BINS: NonNullable<Distribution['bins']> = {
  rule: '',
  edges: [1, 2, 3],
  counts: { reference: [1, 3], current: [2, 0] },
  below: { reference: 0, current: 0 },
  above: { reference: 0, current: 3 },
};

describe('barsOf', () => {
  it('has a bar for each bin, and one for what lies outside where anything does', () => {
    const bars = barsOf(distributionOf({ bins: BINS }), NAMES);
    expect(bars).toEqual([
      { name: '1..2', reference: 1, current: 2, referenceShare: 0.25, currentShare: 0.4 },
      { name: '2..3', reference: 3, current: 0, referenceShare: 0.75, currentShare: 0 },
      { name: '>3', reference: 0, current: 3, referenceShare: 0, currentShare: 0.6 },
    ]);
  });

  it('knows no share of no rows', () => {
    const [bar] = barsOf(distributionOf({ bins: BINS, n_current: 0 }), NAMES);
    expect([bar?.referenceShare, bar?.currentShare]).toEqual([0.25, null]);
  });

  it('has the categories as declared, and the others together', () => {
    const categories = [{ name: 'left', reference: 4, current: 3 }];
    const unseen = { reference: 0, current: 2, distinct: 2 };
    const bars = barsOf(distributionOf({ categories, unseen }), NAMES);
    expect(bars.map(({ name, current }) => [name, current])).toEqual([
      ['left', 3],
      ['2 others', 2],
    ]);
  });

  it('has no bar where there is no value', () => {
    const bins = { ...BINS, edges: [], counts: { reference: [], current: [] } };
    expect(barsOf(distributionOf({ bins }), NAMES)).toEqual([]);
  });
});
