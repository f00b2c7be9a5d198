// What makes the verdict on a window: columns that moved by their weight, and columns that stopped to come.
import type { DriftReference } from '../../model/drift-reference.ts';
import { categorySample } from '../../statistics/drift/categories.ts';
import type { DesignRows } from '../../statistics/drift/design-rows.ts';
import { numericSample } from '../../statistics/drift/numeric-sample.ts';
import { Random } from '../../statistics/random.ts';
import {
  LABEL,
  measureDrift,
  SCORE,
  type MeasureOptions,
  type WindowRows,
} from './measure-drift.ts';

const NAMES = ['a', 'b', 'c'];
const ROWS = 2000;

const numbers = (seed: number, rows: number, shift = 0): Float64Array => {
  const random = Random.of(seed);
  return Float64Array.from(
    { length: rows },
    () => (random.nextInt(1000) + random.nextInt(1000)) / 400 + shift,
  );
};

const referenceOf = (missing = 0): DriftReference => ({
  digest: '0'.repeat(64),
  rows: ROWS,
  columns: NAMES.map((name, i) => ({
    name,
    kind: 'numeric',
    missing,
    sample: numericSample(numbers(i, ROWS - missing)),
  })),
  predictions: 'out_of_fold',
  score: numericSample(numbers(7, ROWS)),
  label: categorySample(Array.from({ length: ROWS }, (_, i) => (i % 2 === 0 ? 'yes' : 'no'))),
  performance: null,
});

interface Changes {
  readonly rows?: number;
  readonly shift?: Readonly<Record<string, number>>;
  /** Rows without a value. */
  readonly missing?: Readonly<Record<string, number>>;
}

function windowOf({ rows = 800, shift = {}, missing = {} }: Changes = {}): WindowRows {
  const columns = NAMES.map((name, i) => ({
    name,
    kind: 'numeric' as const,
    values: numbers(20 + i, rows, shift[name]).fill(Number.NaN, 0, missing[name] ?? 0),
  }));
  const labels = Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 'yes' : 'no'));
  return { features: { rows, columns }, scores: numbers(30, rows, shift[SCORE]), labels };
}

const measure = (changes?: Changes, options: Partial<MeasureOptions> = {}, missing = 0) =>
  measureDrift(referenceOf(missing), windowOf(changes), {
    convention: 'evidently-0.7',
    importance: null,
    heldOut: null,
    ...options,
  });

describe('measureDrift', () => {
  it('tells features apart from the score and the label, all of them judged as columns of one data set', () => {
    const drift = measure({ shift: { a: 2, [SCORE]: 2 } });
    expect(drift.features.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['a', 'drift'],
      ['b', 'no_drift'],
      ['c', 'no_drift'],
    ]);
    expect(drift.predictions.map(({ name, kind, verdict }) => [name, kind, verdict])).toEqual([
      [SCORE, 'numeric', 'drift'],
      [LABEL, 'categorical', 'no_drift'],
    ]);
    expect(drift).toMatchObject({ verdict: 'drift', share: 0.4, multivariate: null });
  });

  it('weighs features by their importance', () => {
    const importance = new Map([
      ['a', 0.02],
      ['b', 0.58],
      ['c', 0.4],
    ]);
    const light = measure({ shift: { a: 2 } }, { importance });
    expect(light.features[0]).toMatchObject({ verdict: 'drift', weight: 0.02 });
    expect(light).toMatchObject({ verdict: 'no_drift', weighted_share: 0.02 });
    expect(measure({ shift: { b: 2 } }, { importance }).verdict).toBe('drift');
  });

  it('finds values that stay away, by their difference and beyond chance', () => {
    const drift = measure({ missing: { a: 800, b: 100, c: 60 } });
    expect(drift.features.map(({ missing }) => missing)).toEqual([
      {
        reference: 0,
        current: 1,
        test: 'contingency',
        p_value: 0,
        threshold: 0.1,
        verdict: 'drift',
      },
      expect.objectContaining({ current: 0.125, verdict: 'drift' }),
      // Significant, and of no consequence.
      expect.objectContaining({ current: 0.075, verdict: 'no_drift' }),
    ]);
    expect(drift.features[2]?.missing.p_value).toBeLessThan(1e-6);
    expect(drift.features[0]?.verdict).toBe('insufficient_data');
    expect(drift.verdict).toBe('drift');
  });

  it('finds values that come where none came', () => {
    const [a] = measure({}, {}, 1000).features;
    expect(a?.missing).toMatchObject({ reference: 0.5, current: 0, verdict: 'drift' });
  });

  it('is not moved by values of a feature that counts for little staying away', () => {
    const importance = new Map([
      ['a', 0.02],
      ['b', 0.98],
    ]);
    expect(measure({ missing: { a: 800 } }, { importance }).verdict).toBe('no_drift');
  });

  it('says nothing of what is missing in too few rows', () => {
    const drift = measure({ rows: 499, missing: { a: 499 } });
    expect(drift.features[0]?.missing.verdict).toBe('insufficient_data');
    expect(drift.verdict).toBe('insufficient_data');
  });

  it('compares all features together with rows held out, the same way each time', () => {
    const heldOut: DesignRows = windowOf({ rows: 300 }).features;
    const drift = measure({ shift: { a: 2 } }, { heldOut });
    expect(drift.multivariate).toMatchObject({
      seed: 1,
      domain_classifier: { verdict: 'drift', rows: { reference: 300, current: 800 } },
    });
    expect(measure({ shift: { a: 2 } }, { heldOut })).toEqual(drift);
  });
});
