// Fairness figures against counts by hand, published intervals, and coverage by simulation.
import { groupRates, wilson, type GroupedRow } from './fairness.ts';
import { Random } from './random.ts';

/** `n` rows of a group. */
const rows = (n: number, group: string | null, y: 0 | 1 | null, positive: boolean): GroupedRow[] =>
  Array.from({ length: n }, () => ({ group, y, positive }));

/** Of 56 and 48 of 70 and 80, Newcombe's own example of the difference. */
const NEWCOMBE = [
  ...rows(56, 'a', null, true),
  ...rows(14, 'a', null, false),
  ...rows(48, 'b', null, true),
  ...rows(32, 'b', null, false),
];

describe('groupRates', () => {
  const figures = groupRates([
    ...rows(30, 'old', 1, true),
    ...rows(10, 'old', 1, false),
    ...rows(5, 'old', 0, true),
    ...rows(55, 'old', 0, false),
    ...rows(20, 'young', 1, true),
    ...rows(20, 'young', 1, false),
    ...rows(20, 'young', 0, true),
    ...rows(20, 'young', 0, false),
    ...rows(4, 'young', null, true),
    ...rows(3, null, 1, true),
  ]);

  it('counts each group by its own rows, and those without a group apart', () => {
    const [old, young] = figures.groups;
    expect(old).toMatchObject({
      group: 'old',
      rows: 100,
      labelled: 100,
      selection_rate: { value: 0.35, n: 100 },
      true_positive_rate: { value: 0.75, n: 40 },
      false_positive_rate: { value: 5 / 60, n: 60 },
      accuracy: { value: 0.85, n: 100 },
      base_rate: { value: 0.4, n: 100 },
    });
    expect(young).toMatchObject({
      rows: 84,
      labelled: 80,
      selection_rate: { value: 44 / 84, n: 84 },
      true_positive_rate: { value: 0.5, n: 40 },
      false_positive_rate: { value: 0.5, n: 40 },
    });
    expect(figures.without_group).toBe(3);
  });

  it('takes the differences between the groups as Fairlearn defines them', () => {
    expect(figures.demographic_parity_difference?.value).toBeCloseTo(44 / 84 - 0.35, 12);
    expect(figures.demographic_parity_ratio).toBeCloseTo(0.35 / (44 / 84), 12);
    expect(figures.equal_opportunity_difference).toMatchObject({
      value: 0.25,
      highest: 'old',
      lowest: 'young',
    });
    expect(figures.equalised_odds_difference).toMatchObject({
      value: 0.5 - 5 / 60,
      of: 'false_positive_rate',
      highest: 'young',
      lowest: 'old',
    });
  });

  it("gives Newcombe's published interval 0.0524 to 0.3339 of 56/70 minus 48/80 within 1e-4", () => {
    const { demographic_parity_difference: difference } = groupRates(NEWCOMBE);
    expect(difference?.value).toBeCloseTo(0.2, 12);
    expect(difference?.low).toBeCloseTo(0.0524, 4);
    expect(difference?.high).toBeCloseTo(0.3339, 4);
  });

  it('has wider intervals where the pair was picked from more groups', () => {
    const two = groupRates(NEWCOMBE).demographic_parity_difference;
    const three = groupRates([
      ...NEWCOMBE,
      ...rows(35, 'c', null, true),
      ...rows(15, 'c', null, false),
    ]).demographic_parity_difference;
    expect(three).toMatchObject({ value: two?.value, highest: 'a', lowest: 'b' });
    expect(three?.low).toBeLessThan(two?.low ?? NaN);
    expect(three?.high).toBeGreaterThan(two?.high ?? NaN);
  });

  it('shows small groups and compares them with none', () => {
    const { groups, ...others } = groupRates([
      ...rows(50, 'a', 1, true),
      ...rows(9, 'b', 1, false),
    ]);
    expect(groups).toHaveLength(2);
    expect(others).toMatchObject({
      demographic_parity_difference: null,
      demographic_parity_ratio: null,
      equal_opportunity_difference: null,
      equalised_odds_difference: null,
    });
  });

  it('knows no rate of no rows, and no ratio where none is selected', () => {
    const figures = groupRates([...rows(20, 'a', null, false), ...rows(20, 'b', null, false)]);
    expect(figures.groups[0]).toMatchObject({ true_positive_rate: null, accuracy: null });
    expect(figures.demographic_parity_ratio).toBeNull();
    expect(figures.demographic_parity_difference).toMatchObject({ value: 0 });
    expect(groupRates([]).groups).toEqual([]);
  });

  it('holds the true difference, none, in at least 95 % of 400 draws of four groups', () => {
    const random = Random.of(5);
    let held = 0;
    for (let draw = 0; draw < 400; draw += 1) {
      const drawn = Array.from({ length: 240 }, (_, i): GroupedRow => ({
        group: `${i % 4}`,
        y: null,
        positive: random.nextInt(10) < 3,
      }));
      held += Number((groupRates(drawn).demographic_parity_difference?.low ?? 1) <= 0);
    }
    expect(held / 400).toBeGreaterThanOrEqual(0.95);
  });
});

describe('wilson', () => {
  it('gives 0.0552 to 0.1744 of 10 of 100 within 5e-4', () => {
    expect(wilson(10, 100)?.low).toBeCloseTo(0.0552, 3);
    expect(wilson(10, 100)?.high).toBeCloseTo(0.1744, 3);
  });

  it('ends at 0 and at 1 where none or all are hits, and is nothing for no rows', () => {
    expect(wilson(0, 20)).toMatchObject({ value: 0, low: 0, n: 20 });
    expect(wilson(20, 20)).toMatchObject({ value: 1, high: 1 });
    expect(wilson(0, 0)).toBeNull();
  });
});
