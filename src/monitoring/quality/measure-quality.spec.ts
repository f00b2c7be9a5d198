// Quality of a window: what rests on labels, what on scores alone, and what the reference leads to expect.
import type { ReferencePerformance } from '../../model/drift-reference.ts';
import { Random } from '../../statistics/random.ts';
import { measureQuality, type QualityRows } from './measure-quality.ts';

const random = Random.of(8);
const uniform = (): number => random.next() / 2 ** 32;
const scores = Float64Array.from({ length: 600 }, uniform);
const y = Uint8Array.from(scores.subarray(0, 300), (p) => Number(uniform() < p));
const predicted = Uint8Array.from(scores.subarray(0, 300), (p) => Number(p >= 0.5));

const window = (changes: Partial<QualityRows['labelled']> = {}): QualityRows => ({
  labelled: {
    y,
    p: scores.slice(0, 300),
    predicted,
    delaySeconds: Float64Array.from({ length: 300 }, (_, i) => i),
    ...changes,
  },
  scores,
  threshold: 0.5,
});
const performance = (mean: number): ReferencePerformance => ({
  rows: 1000,
  chunks: 10,
  metrics: { roc_auc: { mean, std: 0.01 }, precision: { mean: 0.99, std: 0.2 } },
  roc_auc: { value: mean, low: mean - 0.02, high: mean + 0.02 },
});
const UNKNOWN = { heldOut: null, performance: null };
const heldOut = { y, p: scores.slice(0, 300) };

describe('measureQuality', () => {
  it('measures labels against what was answered, and estimates from all scores', () => {
    const quality = measureQuality(window(), UNKNOWN);
    const { tp, fp, fn, tn } = quality.confusion_matrix;
    expect([quality.measured, quality.estimated_rows]).toEqual([300, 600]);
    expect(quality.precision).toMatchObject({ value: tp / (tp + fp), n: tp + fp });
    expect(quality.specificity?.value).toBeCloseTo(tn / (tn + fp), 12);
    expect(quality.delay).toEqual({ mean: 149.5, p50: 149, p95: 284 });
    // A threshold that has moved since does not change what was answered.
    const moved = measureQuality({ ...window(), threshold: 0.9 }, UNKNOWN);
    expect(moved.confusion_matrix).toEqual(quality.confusion_matrix);
    expect(moved.estimates.estimated_recall?.value).toBeLessThan(0.5);
    expect(fn).toBeGreaterThan(0);
  });

  it('gives F1 the interval of a share, around F1 itself', () => {
    const { f1, confusion_matrix: matrix } = measureQuality(window(), UNKNOWN);
    const { tp, fp, fn } = matrix;
    expect(f1?.value).toBeCloseTo((2 * tp) / (2 * tp + fp + fn), 12);
    expect(f1?.low).toBeLessThan(f1?.value ?? 0);
    expect(f1?.high).toBeGreaterThan(f1?.value ?? 1);
    expect(f1?.n).toBe(tp + fp + fn);
  });

  it('has no band where the bundle has no rows to tell chance by, and one of three errors otherwise', () => {
    const without = measureQuality(window(), UNKNOWN).estimates.estimated_accuracy;
    expect(without).toMatchObject({ low: null, high: null });
    const { estimates } = measureQuality(window(), { heldOut, performance: null });
    const rate = y.reduce((sum, label, i) => sum + Number(label === predicted[i]), 0) / 300;
    const reach = 3 * Math.sqrt((rate * (1 - rate)) / 600);
    expect(estimates.estimated_accuracy?.low).toBeCloseTo((without?.value ?? 0) - reach, 12);
    expect(estimates.estimated_accuracy?.high).toBeCloseTo((without?.value ?? 0) + reach, 12);
    expect(estimates.estimated_average_precision?.low).toBeGreaterThan(0);
  });

  it('alerts where a figure lies three deviations from the reference, within 0 and 1', () => {
    const quality = measureQuality(window(), { heldOut, performance: performance(0.95) });
    expect(quality.alert_bounds?.['roc_auc']?.low).toBeCloseTo(0.92, 12);
    expect(quality.alert_bounds?.['precision']?.high).toBe(1);
    expect(quality.alerts).toEqual({ live: ['roc_auc'], estimated: ['roc_auc'] });
    const auc = quality.roc_auc?.value ?? NaN;
    const same = measureQuality(window(), { heldOut, performance: performance(auc) });
    expect(same.alerts.live).toEqual([]);
  });

  it('knows no ranking by labels of one class, and no figure at all of no labels', () => {
    const ones = measureQuality(window({ y: new Uint8Array(300).fill(1) }), UNKNOWN);
    expect(ones).toMatchObject({ roc_auc: null, average_precision: null, specificity: null });
    expect(ones.log_loss).toBeGreaterThan(0);
    expect(ones.recall).toMatchObject({ n: 300 });
    const none = measureQuality(
      window({
        y: new Uint8Array(0),
        p: new Float64Array(0),
        predicted: new Uint8Array(0),
        delaySeconds: new Float64Array(0),
      }),
      { heldOut, performance: performance(0.9) },
    );
    expect(none).toMatchObject({ delay: null, log_loss: null, accuracy: null, f1: null });
    expect(none.estimates.estimated_roc_auc).not.toBeNull();
    expect(none.alerts.live).toEqual([]);
  });

  it('tells labels that no longer follow the scores, and the same digits for the same rows', () => {
    const torn = window({ y: y.map((label, i) => (i % 2 === 0 ? 1 - label : label)) });
    const quality = measureQuality(torn, UNKNOWN);
    expect(quality.concept_drift.verdict).toBe('drift');
    expect(measureQuality(torn, UNKNOWN)).toEqual(quality);
    expect(measureQuality(window(), UNKNOWN).concept_drift.verdict).toBe('no_drift');
  });
});
