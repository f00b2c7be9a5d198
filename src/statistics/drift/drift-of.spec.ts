// What every measure has in common, which one a convention takes, and verdicts at and beside thresholds.
import { Random } from '../random.ts';
import { categorySample } from './categories.ts';
import { type ConventionName, type DriftColumn, driftOf } from './drift-of.ts';
import { DECILE_METHODS, type DriftMethod, EVIDENTLY_METHODS, NANNYML_METHODS } from './methods.ts';
import { numericSample } from './numeric-sample.ts';

const numeric = (reference: readonly number[], current: readonly number[]): DriftColumn => ({
  name: 'x',
  kind: 'numeric',
  reference: numericSample(reference),
  current: numericSample(current),
});
const categorical = (reference: readonly string[], current: readonly string[]): DriftColumn => ({
  name: 'x',
  kind: 'categorical',
  reference: categorySample(reference),
  current: categorySample(current),
});
const numbered = (rows: number, distinct: number): readonly number[] =>
  Array.from({ length: rows }, (_, i) => i % distinct);
const lettered = (rows: number, distinct: number): readonly string[] =>
  numbered(rows, distinct).map((i) => `k${i}`);

const random = Random.of(8);
const draw = (rows: number, shift: number): readonly number[] =>
  Array.from({ length: rows }, () => (random.nextInt(400) + random.nextInt(400)) / 100 + shift);

const all: readonly (readonly [ConventionName, string, DriftMethod])[] = [
  ...Object.entries(EVIDENTLY_METHODS).map(([name, m]) => ['evidently-0.7', name, m] as const),
  ...Object.entries(NANNYML_METHODS).map(([name, m]) => ['nannyml-0.13', name, m] as const),
  ...Object.entries(DECILE_METHODS).map(([name, m]) => ['decile', name, m] as const),
];
/** Tests of categories need few of them; one of two proportions takes two. */
const of = (name: string, rows: readonly number[]): readonly number[] => {
  if (name === 'z') return rows.map((value) => Number(value > 4));
  return name === 'chisquare' ? rows.map(Math.floor) : rows;
};

describe.each(all)('%s by %s', (convention, method, { score, numeric: forNumbers }) => {
  const reference = of(method, draw(600, 0));
  const score0 = (a: readonly number[], b: readonly number[]): number | null =>
    driftOf(numeric(a, b), convention, { method }).score;

  it('has a number for numbers', () => {
    expect(forNumbers).toBeDefined();
    expect(score0(reference, of(method, draw(500, 0.1)))).toEqual(expect.any(Number));
  });

  it('says no drift of a sample and itself, as plainly as it can', () => {
    const drift = driftOf(numeric(reference, reference), convention, { method });
    expect(drift.verdict).toBe('no_drift');
    if (score === 'distance') expect(drift.score).toBeCloseTo(0, 6);
    else expect(drift.score).toBeGreaterThanOrEqual(0.25);
  });

  it('says drift of a shift by two deviations upwards', () => {
    const drift = driftOf(numeric(reference, of(method, draw(500, 2.4))), convention, { method });
    expect(drift.verdict).toBe('drift');
  });

  it('does not see missing values', () => {
    const current = of(method, draw(300, 0.2));
    expect(score0([...reference, NaN], [NaN, ...current, Infinity])).toBe(
      score0(reference, current),
    );
  });

  it('has no score for no rows, and is null rather than NaN on constants and single values', () => {
    const drift = driftOf(numeric(reference, [NaN]), convention, { method });
    expect(drift).toMatchObject({ score: null, verdict: 'insufficient_data', n_current: 0 });
    expect(drift).not.toHaveProperty('p_value');
    for (const [a, b] of [
      [
        [1, 1, 1],
        [1, 1],
      ],
      [
        [1, 1, 1],
        [2, 2],
      ],
      [[1], [1]],
      [[1], [2]],
    ] as const) {
      const value = score0(a, b);
      expect(value === null || (value >= 0 && value < Infinity)).toBe(true);
    }
  });
});

it.each(['jensenshannon', 'psi', 'hellinger', 'ed', 'ks', 't_test'])(
  '%s is the same both ways',
  (method) => {
    const [a, b] = [draw(400, 0), draw(400, 0.5)];
    const there = driftOf(numeric(a, b), 'evidently-0.7', { method }).score as number;
    const back = driftOf(numeric(b, a), 'evidently-0.7', { method }).score as number;
    expect(Math.abs(there - back)).toBeLessThan(1e-9 * there);
  },
);

describe('the choice of evidently-0.7', () => {
  it.each([
    ['numbers of 1,000 rows', numeric(numbered(1000, 6), numbered(50, 6)), 'ks'],
    ['numbers of 1,001 rows', numeric(numbered(1001, 6), numbered(50, 6)), 'wasserstein'],
    ['five numbers', numeric(numbered(1000, 5), numbered(50, 5)), 'chisquare'],
    ['five numbers and a sixth now', numeric(numbered(1000, 5), numbered(50, 6)), 'ks'],
    ['five numbers of 1,001 rows', numeric(numbered(1001, 5), [1]), 'jensenshannon'],
    ['two numbers', numeric(numbered(1000, 2), numbered(50, 2)), 'z'],
    ['three categories', categorical(lettered(1000, 3), lettered(50, 3)), 'chisquare'],
    ['two categories', categorical(lettered(1000, 2), lettered(50, 2)), 'z'],
    ['two categories of 1,001 rows', categorical(lettered(1001, 2), ['k0']), 'jensenshannon'],
  ])('of %s', (_, column, method) => {
    expect(driftOf(column, 'evidently-0.7').method).toBe(method);
  });
});

describe('driftOf', () => {
  const column = numeric(numbered(900, 30), numbered(500, 28));

  it('declares what it measured, and a p-value only where it is one', () => {
    const ks = driftOf(column, 'evidently-0.7');
    expect(ks).toEqual({
      name: 'x',
      method: 'ks',
      convention: 'evidently-0.7',
      score: ks.score,
      threshold: 0.05,
      p_value: ks.score,
      verdict: 'no_drift',
      n_reference: 900,
      n_current: 500,
    });
    expect(driftOf(column, 'decile')).not.toHaveProperty('p_value');
  });

  it.each([
    ['wasserstein', 'drift'],
    ['ks', 'drift'],
    ['ed', 'no_drift'],
    ['mannw', 'no_drift'],
  ])('%s at its threshold itself is %s', (method, verdict) => {
    const { score } = driftOf(column, 'evidently-0.7', { method });
    const at = driftOf(column, 'evidently-0.7', { method, threshold: score as number });
    expect(at.verdict).toBe(verdict);
  });

  it('refuses a method that the convention does not have, or not for such columns', () => {
    expect(() => driftOf(column, 'decile', { method: 'ks' })).toThrow(
      'expected a method of decile: psi, psi_laplace',
    );
    expect(() => driftOf(column, 'decile', { method: 'toString' })).toThrow(RangeError);
    const letters = categorical(['a'], ['b']);
    expect(() => driftOf(letters, 'evidently-0.7', { method: 'ks' })).toThrow(
      'expected a method for categorical columns, which ks is not',
    );
  });

  it('nannyml-0.13 equals NannyML 0.13.1 on categories, new ones in one bin', () => {
    const letters = (a: number, b: number, c: number, d: number): readonly string[] =>
      Array.from('a'.repeat(a) + 'b'.repeat(b) + 'c'.repeat(c) + 'd'.repeat(d));
    const reference = letters(50, 30, 20, 0);
    const score = (current: readonly string[]): number | null =>
      driftOf(categorical(reference, current), 'nannyml-0.13').score;
    expect(score(letters(20, 20, 10, 0))).toBeCloseTo(0.09584323377689244, 12);
    expect(score(letters(20, 20, 0, 10))).toBeCloseTo(0.4573684788666705, 12);
  });
});
