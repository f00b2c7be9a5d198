// Which held-out rows a bundle carries, and in which form.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { sampleHoldout } from './sample-holdout.ts';

const FEATURES: readonly FeatureSpec[] = [
  { kind: 'numeric', name: 'age', nullable: true },
  { kind: 'categorical', name: 'side', nullable: false, categories: ['left', 'right'] },
];
const ROWS = 1000;
/** One row in ten is positive. */
const held = {
  x: matrixOf(
    Float32Array.from({ length: 2 * ROWS }, (_, i) =>
      i % 2 === 0 ? Math.fround(i / 10) : (i >> 1) % 2,
    ),
    2,
  ),
  y: Uint8Array.from({ length: ROWS }, (_, i) => Number(i % 10 === 0)),
  weights: null,
};
const probability = Float64Array.from({ length: ROWS }, (_, i) => i / ROWS);
const sample = (maxRows?: number, seed = 1) =>
  sampleHoldout({ features: FEATURES, seed }, held, probability, maxRows);

describe('sampleHoldout', () => {
  it('carries every row where there are few, raw, in their order', () => {
    const holdout = sample();
    expect(holdout).toMatchObject({ rows_held_out: ROWS, columns: ['age', 'side'] });
    expect(holdout.rows.slice(0, 2)).toEqual([
      [0, 'left'],
      [0.2, 'right'],
    ]);
    expect(holdout.y).toEqual([...held.y]);
    expect(holdout.probability).toEqual([...probability]);
  });

  it('writes a missing value as null', () => {
    const x = matrixOf(Float32Array.of(Number.NaN, 1), 2);
    const one = { x, y: Uint8Array.of(1), weights: null };
    expect(sampleHoldout({ features: FEATURES, seed: 1 }, one, Float64Array.of(0.5)).rows).toEqual([
      [null, 'right'],
    ]);
  });

  it('takes a seeded sample of many that keeps the share of each class', () => {
    const holdout = sample(100);
    expect(holdout.rows_held_out).toBe(ROWS);
    expect(holdout.rows.length).toBeLessThanOrEqual(100);
    expect(holdout.rows.length).toBeGreaterThanOrEqual(98);
    expect(holdout.y.filter((label) => label === 1)).toHaveLength(10);
    expect(sample(100)).toEqual(holdout);
    expect(sample(100, 2).rows).not.toEqual(holdout.rows);
  });

  it('keeps each row with its label and probability', () => {
    const { rows, y, probability: p } = sample(100);
    rows.forEach((row, i) => {
      const original = Math.round(Number(row[0]) * 5);
      expect([y[i], p[i]]).toEqual([Number(original % 10 === 0), original / ROWS]);
    });
  });
});
