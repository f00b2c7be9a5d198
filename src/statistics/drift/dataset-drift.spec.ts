// Our verdict on whole windows: how often it is wrong where nothing moved, and how surely it sees what did.
import { Random } from '../random.ts';
import { categorySample } from './categories.ts';
import { datasetDrift } from './dataset-drift.ts';
import type { DriftColumn } from './drift-of.ts';
import { numericSample } from './numeric-sample.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;
/** Three uniform ones: a bell with a standard deviation of 1. */
const bell = (random: Random): number =>
  2 * ((random.next() + random.next() + random.next()) / 2 ** 32 - 1.5);

const NUMERIC = 3;
const CATEGORICAL = 2;
const names = Array.from({ length: NUMERIC + CATEGORICAL }, (_, k) => `x${k}`);
/** One over the place: the first feature weighs nearly half. */
const importance = new Map(names.map((name, k) => [name, 1 / (k + 1)]));

/** Features of a window: numbers with light and with heavy tails, categories with rare ones; the first one shifted. */
const drawNumbers = (random: Random, rows: number, k: number, shift: number): Float64Array =>
  Float64Array.from({ length: rows }, () => {
    const value = bell(random) + (k === 0 ? shift : 0);
    return k % 2 === 0 ? value : value ** 3;
  });
const drawCategories = (random: Random, rows: number): readonly string[] =>
  Array.from({ length: rows }, () => `c${Math.floor(uniform(random) ** 3 * 12)}`);

function windowsOf(
  referenceRows: number,
  rows: number,
  shift: number,
): () => readonly DriftColumn[] {
  const random = Random.of(21, referenceRows, rows);
  const numbers = names
    .slice(0, NUMERIC)
    .map((_, k) => numericSample(drawNumbers(random, referenceRows, k, 0)));
  const categories = names
    .slice(NUMERIC)
    .map(() => categorySample(drawCategories(random, referenceRows)));
  return () => [
    ...numbers.map((reference, k) => ({
      name: names[k] as string,
      kind: 'numeric' as const,
      reference,
      current: numericSample(drawNumbers(random, rows, k, shift)),
    })),
    ...categories.map((reference, k) => ({
      name: names[NUMERIC + k] as string,
      kind: 'categorical' as const,
      reference,
      current: categorySample(drawCategories(random, rows)),
    })),
  ];
}

const flagged = (windows: number, next: () => readonly DriftColumn[]): number =>
  Array.from({ length: windows }, () =>
    datasetDrift(next(), 'evidently-0.7', { importance }),
  ).filter(({ verdict }) => verdict === 'drift').length;

describe('our verdict', () => {
  it.each([
    [1000, 1000],
    [2000, 500],
  ])(
    'with %p rows of reference flags at most 4 of 200 windows of %p rows where nothing moved',
    (referenceRows, rows) => {
      expect(flagged(200, windowsOf(referenceRows, rows, 0))).toBeLessThanOrEqual(4);
    },
  );

  it.each([1000, 2000])(
    'with %p rows of reference flags at least 48 of 50 windows of 1,000 rows where the most important feature moved by half a deviation',
    (referenceRows) => {
      expect(flagged(50, windowsOf(referenceRows, 1000, 0.5))).toBeGreaterThanOrEqual(48);
    },
  );

  it('is insufficient data, never no drift, below 500 rows, whatever the shift; the convention has its own', () => {
    const columns = windowsOf(2000, 499, 3)();
    const drift = datasetDrift(columns, 'evidently-0.7');
    expect(drift.verdict).toBe('insufficient_data');
    expect(drift.features.map(({ verdict }) => verdict)).toEqual(
      columns.map(() => 'insufficient_data'),
    );
    expect(drift.features[0]).toMatchObject({ convention_verdict: 'drift', method: 'wasserstein' });
    expect(drift.convention_verdict).toBe('no_drift');
  });

  it('leaves a column with too few values out, and judges the others', () => {
    const [first, ...others] = windowsOf(2000, 1000, 3)() as [DriftColumn, ...DriftColumn[]];
    if (first.kind !== 'numeric') throw new Error('expected a numeric column');
    const sparse = { ...first, current: numericSample(first.current.values.slice(0, 400)) };
    const drift = datasetDrift([sparse, ...others], 'evidently-0.7');
    expect(drift.features[0]?.verdict).toBe('insufficient_data');
    expect(drift.verdict).toBe('no_drift');
    expect(drift.share).toBe(0);
  });
});

describe('datasetDrift', () => {
  it('weighs: a feature of no importance that moved is no drift of the whole, unless all weigh alike', () => {
    const columns = windowsOf(2000, 1000, 1)();
    const others = new Map(names.map((name, k) => [name, k === 0 ? 0.01 : 1]));
    const weighed = datasetDrift(columns, 'evidently-0.7', { importance: others });
    expect(weighed.features[0]?.verdict).toBe('drift');
    expect(weighed).toMatchObject({ verdict: 'no_drift', share: 1 / 5 });
    expect(weighed.weighted_share).toBeCloseTo(0.01 / 4.01, 12);
    expect(datasetDrift(columns, 'evidently-0.7').verdict).toBe('drift');
  });

  it('has a significance for each column: ks for numbers, contingency for categories, null for no rows', () => {
    const columns = windowsOf(2000, 600, 0)();
    const { features } = datasetDrift(columns, 'decile');
    expect(features.map(({ significance }) => significance?.test)).toEqual([
      ...new Array<string>(NUMERIC).fill('ks'),
      ...new Array<string>(CATEGORICAL).fill('contingency'),
    ]);
    const empty: DriftColumn = {
      name: 'x',
      kind: 'numeric',
      reference: numericSample([1]),
      current: numericSample([]),
    };
    const nothing = datasetDrift([empty], 'decile');
    expect(nothing).toMatchObject({
      verdict: 'insufficient_data',
      convention_verdict: 'insufficient_data',
      share: 0,
      weighted_share: 0,
    });
    expect(nothing.features[0]?.significance).toBeNull();
  });

  it('refuses no columns', () => {
    expect(() => datasetDrift([], 'decile')).toThrow('expected at least one column');
  });
});
