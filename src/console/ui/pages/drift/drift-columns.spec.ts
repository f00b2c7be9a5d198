// Rows of the table of columns: distance from the threshold, past scores that compare, orders.
import {
  columnRows,
  excessOf,
  isDrifted,
  nextSort,
  placeOf,
  sorted,
  sortingOf,
  type ColumnRow,
} from './drift-columns.ts';
import type { Drift, Past } from './drift-data.ts';

type Column = Drift['features'][number];

const MISSING: Column['missing'] = {
  reference: 0.1,
  current: 0.4,
  test: 'contingency',
  p_value: 0.001,
  threshold: 0.1,
  verdict: 'drift',
};

const column = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  kind: 'numeric',
  method: 'ks',
  convention: 'evidently-0.7',
  score: 0.5,
  threshold: 0.05,
  p_value: 0.5,
  verdict: 'no_drift',
  convention_verdict: 'no_drift',
  significance: { test: 'ks', p_value: 0.5 },
  weight: 0.1,
  n_reference: 100,
  n_current: 900,
  missing: { ...MISSING, verdict: 'no_drift' },
  ...more,
});

const driftOf = (features: readonly Column[]): Drift =>
  ({ model: { name: 'm', version: '1' }, features, predictions: [] }) as unknown as Drift;

const pastOf = (version: string, name: string, method: string, score: number | null): Past =>
  ({
    model: { name: 'm', version },
    columns: [{ name, method, score, threshold: 0.05, verdict: 'no_drift' }],
  }) as unknown as Past;

const namesOf = (rows: readonly ColumnRow[]): readonly string[] => rows.map(({ name }) => name);

describe('excessOf', () => {
  it('is 1 at the threshold and grows with drift, for distances and for p-values', () => {
    expect(excessOf(0.1, 0.1, false)).toBe(1);
    expect(excessOf(0.3, 0.1, false)).toBeCloseTo(3);
    expect(excessOf(0.05, 0.05, true)).toBe(1);
    expect(excessOf(0.0025, 0.05, true)).toBeCloseTo(2);
    expect(excessOf(1, 0.05, true)).toBe(0);
  });

  it('is finite for a p-value of 0, and null without a score', () => {
    expect(excessOf(0, 0.05, true)).toBeGreaterThan(200);
    expect(Number.isFinite(excessOf(0, 0.05, true))).toBe(true);
    expect(excessOf(null, 0.05, false)).toBeNull();
  });

  it('has its place on a scale with the threshold in the middle', () => {
    expect([0, 1, 2, 9].map(placeOf)).toEqual([0, 0.5, 1, 1]);
  });
});

describe('columnRows', () => {
  it('has past scores of the same version and method alone, oldest first', () => {
    const history = [
      pastOf('1', 'a', 'ks', 0.05),
      pastOf('2', 'a', 'ks', 0.05),
      pastOf('1', 'a', 'psi', 0.05),
      pastOf('1', 'b', 'ks', 0.05),
      pastOf('1', 'a', 'ks', null),
      pastOf('1', 'a', 'ks', 1),
    ];
    const [row] = columnRows(driftOf([column('a')]), history).features;
    expect(row?.past.map(({ excess }) => excess)).toEqual([0, null, 1]);
  });

  it('has no past scores where the column has no score, since what they are is not known', () => {
    const without = column('a', { score: null });
    const [row] = columnRows(driftOf([without]), [pastOf('1', 'a', 'ks', 0.05)]).features;
    expect(row?.past).toEqual([]);
  });

  it('tells how the share of missing values changed, and counts drift of it as drift', () => {
    const drifted = column('a', { missing: MISSING });
    const unknown = column('b', { missing: { ...MISSING, current: null, verdict: 'no_drift' } });
    const rows = columnRows(driftOf([drifted, unknown]), []).features;
    expect(rows[0]?.missingChange).toBeCloseTo(0.3);
    expect(rows[1]?.missingChange).toBeNull();
    expect(rows.map(isDrifted)).toEqual([true, false]);
  });
});

describe('sorted', () => {
  const rows = columnRows(
    driftOf([
      column('b', { weight: 0.5 }),
      column('c', { score: null, weight: 0.3 }),
      column('a', { score: 0.001, p_value: 0.001, verdict: 'drift', weight: 0.2 }),
    ]),
    [],
  ).features;
  const by = (text: string): readonly string[] => namesOf(sorted(rows, sortingOf(text)));

  it('has the greatest drift first, and what is not known last in either direction', () => {
    expect(by('-score')).toEqual(['a', 'b', 'c']);
    expect(by('score')).toEqual(['b', 'a', 'c']);
  });

  it('sorts by name, weight and verdict', () => {
    expect(by('name')).toEqual(['a', 'b', 'c']);
    expect(by('-weight')).toEqual(['b', 'c', 'a']);
    expect(by('-verdict')[0]).toBe('a');
  });

  it('falls back to the greatest drift where the address says nothing that it knows', () => {
    expect(sortingOf('colour')).toEqual({ key: 'score', descending: true });
  });

  it('starts with the greatest figure or the first name, and turns round when chosen again', () => {
    expect(nextSort(sortingOf('-score'), 'weight')).toBe('-weight');
    expect(nextSort(sortingOf('-weight'), 'weight')).toBe('weight');
    expect(nextSort(sortingOf('-score'), 'name')).toBe('name');
    expect(nextSort(sortingOf('name'), 'name')).toBe('-name');
  });
});
