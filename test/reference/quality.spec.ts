// Our measures of quality, with labels and without, against NannyML 0.13.1, scikit-learn and DeLong, Clarke-Pearson's method.
import { calibrationOf } from '../../src/statistics/calibration-bins.ts';
import {
  averagePrecision,
  brier,
  confusionMatrix,
  logLoss,
  rocAuc,
} from '../../src/statistics/classification.ts';
import {
  estimatePerformance,
  samplingErrors,
  standardError,
  type LabelledScores,
} from '../../src/statistics/cbpe.ts';
import { rocAucInterval } from '../../src/statistics/delong.ts';
import { Random } from '../../src/statistics/random.ts';

describe('CBPE against NannyML 0.13.1, within 1e-12', () => {
  const p = Float64Array.of(0.05, 0.2, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92);

  it.each([
    ['roc_auc', 0.8332053791115781],
    ['average_precision', 0.7826746788633709],
    ['f1', 0.7483702737940027],
    ['precision', 0.7175],
    ['recall', 0.782016348773842],
    ['specificity', 0.7390300230946882],
    ['accuracy', 0.75875],
  ] as const)('%s', (metric, expected) => {
    expect(estimatePerformance(p, 0.5)[metric]).toBeCloseTo(expected, 12);
  });

  it('rounds its sums to five decimals, as NannyML does, where the scores have more', () => {
    const many = [
      1 / 3,
      1 / 7,
      2 / 3,
      5 / 7,
      1 / 11,
      8 / 9,
      0.123456789,
      1e-6,
      0.9999999,
      0.5000004,
    ];
    const { roc_auc, average_precision } = estimatePerformance(Float64Array.from(many), 0.5);
    expect(roc_auc).toBeCloseTo(0.8901046420331298, 12);
    expect(average_precision).toBeCloseTo(0.853815658483811, 12);
  });

  it('is the same in whatever order the rows come', () => {
    const backwards = estimatePerformance(p.toReversed(), 0.5);
    for (const [metric, value] of Object.entries(estimatePerformance(p, 0.5)))
      expect(backwards[metric as keyof typeof backwards]).toBeCloseTo(value ?? NaN, 12);
  });

  it('is null, not 0, where nothing is called positive, or nothing can be positive', () => {
    expect(estimatePerformance(Float64Array.of(0.1, 0.2), 0.5)).toMatchObject({
      precision: null,
      recall: 0,
    });
    expect(estimatePerformance(Float64Array.of(0, 0), 0.5)).toMatchObject({
      roc_auc: null,
      average_precision: null,
      recall: null,
    });
    expect(Object.values(estimatePerformance(new Float64Array(0), 0.5))).toEqual(
      Array(7).fill(null),
    );
  });
});

describe("the sampling errors of CBPE's bands against NannyML 0.13.1's formulae, within 1e-12", () => {
  const random = Random.of(3);
  const p = Float64Array.from({ length: 400 }, () => random.next() / 2 ** 32);
  const y = Uint8Array.from(p, (probability) => Number(random.next() < probability * 2 ** 32));
  const rare = Uint8Array.from(y, (label, i) => Number(label === 1 && i % 3 === 0));
  const often = Uint8Array.from(y, (label, i) => Number(label === 1 || i % 2 === 0));
  const lowest = p.indexOf(Math.min(...p));
  const N = 1000;

  /** The definitions as they stand there: one value per row that counts, numpy's std of them, over sqrt(rows of the data * fraction). */
  function byDefinition(labels: Uint8Array): Record<string, number> {
    const rows = Array.from(labels, (label, i) => ({ label, called: Number((p[i] ?? 0) >= 0.5) }));
    const of = (holds: (row: (typeof rows)[number]) => boolean): (typeof rows)[number][] =>
      rows.filter(holds);
    const tp = of(({ label, called }) => label === 1 && called === 1).length;
    const fp = of(({ label, called }) => label === 0 && called === 1).length;
    const fn = of(({ label, called }) => label === 1 && called === 0).length;
    const tn = of(({ label, called }) => label === 0 && called === 0).length;
    const levels = (hits: number, misses: number, factor = 1): number[] => [
      ...Array<number>(hits).fill(factor),
      ...Array<number>(misses).fill(0),
    ];
    const error = (values: number[], fraction: number): number =>
      std(values) / Math.sqrt(N * fraction);
    const factor = (tp + fp + fn) / ((fn + fp) * 0.5 + tp);
    return {
      f1: error(levels(tp, fp + fn, factor), (tp + fp + fn) / rows.length),
      precision: error(levels(tp, fp), (tp + fp) / rows.length),
      recall: error(levels(tp, fn), (tp + fn) / rows.length),
      specificity: error(levels(tn, fp), (tn + fp) / rows.length),
      accuracy: error(levels(tp + tn, fp + fn), 1),
      roc_auc: aucError(labels),
    };
  }

  function aucError(labels: Uint8Array): number {
    const flip = labels.reduce((sum, label) => sum + label, 0) / labels.length > 0.5;
    const rows = Array.from(labels, (label, i) =>
      flip ? { label: 1 - label, p: 1 - (p[i] ?? 0) } : { label, p: p[i] ?? 0 },
    ).sort((a, b) => a.p - b.p);
    const ranks = rows.map(({ label }, rank) => label * rank);
    const unique = [...new Set(ranks)].sort((a, b) => a - b).slice(1);
    const positives = rows.reduce((sum, { label }) => sum + label, 0);
    const shares = unique.map((index, i) => (index - i) / (rows.length - positives));
    return std(shares) / Math.sqrt((N * positives) / rows.length);
  }

  function std(values: readonly number[]): number {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  }

  it.each([
    ['as many of either class', y],
    ['few positives', rare],
    ['few negatives', often],
    [
      'a positive below all others',
      Uint8Array.from(rare, (label, i) => (i === lowest ? 1 : label)),
    ],
  ])('%s', (_, labels) => {
    const errors = samplingErrors({ y: labels, p }, 0.5, Random.of(1));
    for (const [metric, expected] of Object.entries(byDefinition(labels))) {
      const error = errors[metric as keyof typeof errors];
      expect(error === null ? NaN : standardError(error, N)).toBeCloseTo(expected, 12);
    }
  });

  it('average precision, by resampling: within 15 % of how far that of drawn rows is spread', () => {
    const errors = samplingErrors({ y, p }, 0.5, Random.of(1));
    const draw = Random.of(2);
    const spread = std(
      Array.from({ length: 400 }, () => {
        const rows = Array.from({ length: 200 }, () => draw.nextInt(p.length));
        return averagePrecision(
          Uint8Array.from(rows, (row) => y[row] ?? 0),
          Float64Array.from(rows, (row) => p[row] ?? 0),
        );
      }),
    );
    const error = errors.average_precision;
    expect((error === null ? NaN : standardError(error, 200)) / spread).toBeGreaterThan(0.85);
    expect((error === null ? NaN : standardError(error, 200)) / spread).toBeLessThan(1.15);
  });
});

describe('quality by labels against scikit-learn and DeLong, within 1e-12', () => {
  const labelled: LabelledScores = {
    y: Uint8Array.of(0, 0, 1, 1, 1, 0, 1, 0),
    p: Float64Array.of(0.1, 0.4, 0.35, 0.8, 0.4, 0.2, 0.9, 0.4),
  };
  const { y, p } = labelled;

  it('ROC AUC, average precision, Brier score and log loss', () => {
    expect(rocAuc(y, p)).toBeCloseTo(0.8125, 12);
    expect(averagePrecision(y, p)).toBeCloseTo(0.8166666666666667, 12);
    expect(brier(y, p)).toBeCloseTo(0.1503125, 12);
    expect(logLoss(y, p)).toBeCloseTo(0.4555965297311108, 12);
  });

  it("DeLong's standard error", () => {
    expect(rocAucInterval(y, p).standardError).toBeCloseTo(0.1613743060919757, 12);
  });

  it('confusion matrix at the threshold, where the threshold itself is positive', () => {
    expect(confusionMatrix(y, p, 0.4)).toEqual({ tn: 2, fp: 2, fn: 1, tp: 3 });
  });

  it('calibration: every row is in one bin, and the error is the weighted mean of the gaps', () => {
    const { bins, expected_calibration_error } = calibrationOf(labelled, 2);
    expect(bins).toMatchObject([
      { low: 0.1, high: 0.4, observed: { n: 4 } },
      { low: 0.4, high: 0.9, observed: { n: 4 } },
    ]);
    const gaps = bins.map((bin) => Math.abs(bin.observed.value - bin.mean_probability));
    expect(expected_calibration_error).toBeCloseTo(((gaps[0] ?? 0) + (gaps[1] ?? 0)) / 2, 12);
    expect(calibrationOf({ y: new Uint8Array(0), p: new Float64Array(0) })).toEqual({
      expected_calibration_error: null,
      bins: [],
    });
  });
});
