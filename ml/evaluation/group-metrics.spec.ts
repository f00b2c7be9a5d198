// Metrics by group against the metrics of rows picked out by hand.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';
import { groupMetrics } from './group-metrics.ts';
import { evaluate, MetricError } from './metrics.ts';

const colour: FeatureSpec = {
  kind: 'categorical',
  name: 'colour',
  nullable: true,
  categories: ['red', 'green', 'blue', 'grey', 'unseen'],
};
const amount: FeatureSpec = { kind: 'numeric', name: 'amount', nullable: true };
const random = Random.of(60);
const ROWS = 400;
const p = Float64Array.from({ length: ROWS }, () => random.nextInt(1000) / 1000);
const y = Uint8Array.from(p, (score) => (random.nextInt(1000) < 1000 * score ? 1 : 0));
const scores = { y, p, threshold: 0.4 };
/** Some 170 red, 170 green, 20 blue, 20 grey, 20 missing. */
const codes = Float32Array.from({ length: ROWS }, (_, row) => {
  const place = row % 20;
  return place === 0 ? NaN : place === 1 ? 2 : place === 2 ? 3 : place % 2;
});

function expectedOf(holds: (row: number) => boolean) {
  const rows = [...y.keys()].filter(holds);
  const labels = Uint8Array.from(rows, (row) => y[row] as number);
  const part = Float64Array.from(rows, (row) => p[row] as number);
  const { roc_auc, log_loss, precision, recall } = evaluate(labels, part, 0.4);
  return {
    rows: rows.length,
    positives: labels.reduce((sum, label) => sum + label, 0),
    metrics: {
      roc_auc,
      log_loss,
      precision,
      recall,
      mean_probability: part.reduce((sum, score) => sum + score, 0) / rows.length,
    },
  };
}

describe('groupMetrics', () => {
  it('measures each category, small ones together, and leaves out those without rows', () => {
    const groups = groupMetrics(colour, codes, scores);
    expect(groups).toEqual([
      { label: 'red', kind: 'category', ...expectedOf((row) => codes[row] === 0) },
      { label: 'green', kind: 'category', ...expectedOf((row) => codes[row] === 1) },
      { label: 'other', kind: 'other', ...expectedOf((row) => (codes[row] as number) >= 2) },
      {
        label: 'missing',
        kind: 'missing',
        ...expectedOf((row) => Number.isNaN(codes[row])),
        metrics: null,
      },
    ]);
  });

  it('keeps every category where small ones are wanted', () => {
    const labels = groupMetrics(colour, codes, scores, 1).map(({ label }) => label);
    expect(labels).toEqual(['red', 'green', 'blue', 'grey', 'missing']);
  });

  it('measures a number by quartile, up to and with each quartile', () => {
    const values = Float32Array.from(p, (_, row) => (row % 100 >= 95 ? NaN : (row % 100) / 10));
    const groups = groupMetrics(amount, values, scores, 1);
    const ranges = [
      ['up to 2.3', -1, 2.3],
      ['above 2.3 up to 4.7', 2.3, 4.7],
      ['above 4.7 up to 7.1', 4.7, 7.1],
      ['above 7.1', 7.1, 10],
    ] as const;
    expect(groups).toEqual([
      ...ranges.map(([label, above, end]) => ({
        label,
        kind: 'range',
        ...expectedOf((row) => {
          const value = values[row] as number;
          return value > Math.fround(above) && value <= Math.fround(end);
        }),
      })),
      { label: 'missing', kind: 'missing', ...expectedOf((row) => row % 100 >= 95) },
    ]);
  });

  it('has fewer ranges where many values are equal, and one where all are', () => {
    const labelsOf = (value: (row: number) => number): readonly string[] =>
      groupMetrics(
        amount,
        Float32Array.from(p, (_, row) => value(row)),
        scores,
      ).map(({ label }) => label);
    expect(labelsOf((row) => Math.max(0, (row % 10) - 6))).toEqual([
      'up to 0',
      'above 0 up to 1',
      'above 1',
    ]);
    expect(labelsOf((row) => row % 2)).toEqual(['up to 0', 'above 0']);
    expect(labelsOf(() => 3)).toEqual(['all']);
    expect(labelsOf(() => NaN)).toEqual(['missing']);
  });

  it('counts every row once', () => {
    for (const [feature, column] of [
      [colour, codes],
      [amount, Float32Array.from(p)],
    ] as const) {
      const groups = groupMetrics(feature, column, scores);
      expect(groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(ROWS);
      expect(groups.reduce((sum, { positives }) => sum + positives, 0)).toBe(
        y.reduce((sum, label) => sum + label, 0),
      );
    }
  });

  it('has no AUC and no recall where they are not defined', () => {
    const none = { ...scores, y: new Uint8Array(ROWS) };
    const [group] = groupMetrics(amount, new Float32Array(ROWS), none);
    expect(group?.metrics).toMatchObject({ roc_auc: null, recall: null, precision: 0 });
    const all = { ...scores, y: new Uint8Array(ROWS).fill(1) };
    expect(groupMetrics(amount, new Float32Array(ROWS), all)[0]?.metrics).toMatchObject({
      roc_auc: null,
      precision: 1,
    });
  });

  it('calls a row at the threshold positive, both as float32', () => {
    const at = { y: Uint8Array.of(1, 0), p: Float64Array.of(0.1, 0.05), threshold: 0.1 };
    // The float32 next to 0.1 is larger.
    const rounded = { ...at, threshold: Math.fround(0.1) };
    for (const each of [at, rounded])
      expect(groupMetrics(amount, new Float32Array(2), each, 1)[0]?.metrics?.recall).toBe(1);
  });

  it('refuses rows that do not belong together', () => {
    expect(() =>
      groupMetrics(amount, new Float32Array(2), { ...scores, y: y.subarray(1) }),
    ).toThrow(MetricError);
  });
});
