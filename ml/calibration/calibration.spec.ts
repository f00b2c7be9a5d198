// The choice among calibrations against the same comparison written out, and what is exported against ONNX Runtime.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random } from '../../src/statistics/random.ts';
import { calibrationCurve } from '../evaluation/figures.ts';
import { logLoss, MetricError } from '../evaluation/metrics.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import {
  applyInto,
  CalibrationError,
  fitCalibration,
  weightedLogLoss,
  type Calibration,
} from './calibration.ts';
import { fitIsotonic, interpolate } from './isotonic.ts';
import { fitPlatt, plattProbability } from './platt.ts';
import { calibrationToOnnx } from './to-onnx.ts';

interface Rows {
  readonly y: Uint8Array;
  readonly p: Float64Array;
  readonly folds: Uint8Array;
}

/** Rows whose P(positive) is u, scored distort(u). */
function sample(rows: number, seed: number, distort: (u: number) => number): Rows {
  const random = Random.of(seed);
  const uniform = (): number => (random.next() + 0.5) / 2 ** 32;
  const truth = Float64Array.from({ length: rows }, () => uniform());
  return {
    y: Uint8Array.from(truth, (u) => (uniform() < u ? 1 : 0)),
    p: truth.map((u) => Math.fround(distort(u))),
    folds: Uint8Array.from(truth, (_, row) => row % 5),
  };
}

const overconfident = (u: number): number => u ** 3 / (u ** 3 + (1 - u) ** 3);
const stepped = (u: number): number => (u < 0.3 ? u / 3 : u < 0.8 ? 0.1 + (u - 0.3) / 5 : u);

describe('fitCalibration', () => {
  it('keeps none where the scores are probabilities already', () => {
    const { y, p, folds } = sample(3000, 1, (u) => u);
    const { calibration, log_loss } = fitCalibration(y, p, null, folds);
    expect(calibration).toEqual({ kind: 'none' });
    expect(log_loss.none).toBe(logLoss(y, p));
  });

  it("keeps Platt's curve where scores are too sure of themselves", () => {
    const { y, p, folds } = sample(3000, 2, overconfident);
    const { calibration, log_loss } = fitCalibration(y, p, null, folds);
    expect(calibration.kind).toBe('platt');
    expect(calibration.kind === 'platt' ? calibration.slope : NaN).toBeCloseTo(1 / 3, 1);
    expect(log_loss.platt).toBeLessThan(Math.min(log_loss.none, log_loss.isotonic ?? 0));
  });

  it('keeps the isotonic curve where the scores are bent in a way of their own', () => {
    const { y, p, folds } = sample(6000, 3, stepped);
    const { calibration, log_loss } = fitCalibration(y, p, null, folds);
    expect(calibration.kind).toBe('isotonic');
    const after = p.slice();
    applyInto(calibration, after);
    expect(logLoss(y, after)).toBeLessThan(log_loss.none - 0.02);
  });

  it.each([false, true])(
    'tells log losses of rows under the curve of other folds (weighted: %s)',
    (weighted) => {
      const { y, p, folds } = sample(400, 4, overconfident);
      const random = Random.of(6);
      const weights = weighted ? Float64Array.from(y, () => 1 + random.nextInt(3)) : null;
      const fitted = { platt: 0, isotonic: 0 };
      let total = 0;
      for (let fold = 0; fold < 5; fold++) {
        const train = [...y.keys()].filter((row) => folds[row] !== fold);
        const [labels, scores, shares] = [
          Uint8Array.from(train, (row) => y[row] as number),
          Float64Array.from(train, (row) => p[row] as number),
          weights && Float64Array.from(train, (row) => weights[row] as number),
        ];
        const platt = fitPlatt(labels, scores, shares);
        const isotonic = fitIsotonic(labels, scores, shares);
        y.forEach((label, row) => {
          if (folds[row] !== fold) return;
          const weight = weights?.[row] ?? 1;
          const lossOf = (q: number): number => -weight * Math.log(label === 1 ? q : 1 - q);
          fitted.platt += lossOf(plattProbability(platt, p[row] as number));
          fitted.isotonic += lossOf(interpolate(isotonic, p[row] as number));
          total += weight;
        });
      }
      const { log_loss } = fitCalibration(y, p, weights, folds);
      expect(log_loss.platt).toBeCloseTo(fitted.platt / total, 12);
      expect(log_loss.isotonic).toBeCloseTo(fitted.isotonic / total, 12);
      expect(log_loss.none).toBeCloseTo(weightedLogLoss(y, p, weights), 12);
    },
  );

  it.each([false, true])(
    'shows the scores as they came and under the curve of other folds (weighted: %s)',
    (weighted) => {
      const { y, p, folds } = sample(3000, 2, overconfident);
      const weights = weighted ? Float64Array.from(y, (_, row) => 1 + (row % 3)) : null;
      const held = p.slice();
      for (let fold = 0; fold < 5; fold++) {
        const [train, test] = [false, true].map((own) =>
          [...y.keys()].filter((row) => (folds[row] === fold) === own),
        ) as [number[], number[]];
        const curve = fitPlatt(
          Uint8Array.from(train, (row) => y[row] as number),
          Float64Array.from(train, (row) => p[row] as number),
          weights && Float64Array.from(train, (row) => weights[row] as number),
        );
        for (const row of test) held[row] = plattProbability(curve, p[row] as number);
      }
      const { calibration, curves } = fitCalibration(y, p, weights, folds);
      expect(calibration.kind).toBe('platt');
      expect(curves.before).toEqual(calibrationCurve(y, p, weights));
      expect(curves.after).toEqual(calibrationCurve(y, held, weights));
      const farthest = (points: typeof curves.after): number =>
        Math.max(...points.map(([mean, share]) => Math.abs(mean - share)));
      expect(farthest(curves.before)).toBeGreaterThan(0.15);
      expect(farthest(curves.after)).toBeLessThan(0.08);
    },
  );

  it('shows the scores twice as they came where no curve is kept', () => {
    const { y, p, folds } = sample(3000, 1, (u) => u);
    const { curves } = fitCalibration(y, p, null, folds);
    expect(curves.before).toEqual(calibrationCurve(y, p));
    expect(curves.after).toEqual(curves.before);
  });

  it('does not turn the order of the scores round', () => {
    const { y, p, folds } = sample(2000, 5, (u) => 1 - u);
    const { calibration, log_loss } = fitCalibration(y, p, null, folds);
    expect(log_loss.platt).toBeNull();
    expect(calibration.kind).toBe('isotonic');
    const ends = Float64Array.of(0, 1);
    applyInto(calibration, ends);
    expect(ends[1]).toBeGreaterThanOrEqual(ends[0] as number);
  });

  it('weighs a row as often as it would stand there', () => {
    const { y, p } = sample(200, 7, overconfident);
    const weights = Float64Array.from(y, (_, row) => 1 + (row % 3));
    const twice = [...y.keys()].flatMap((row) => Array<number>(1 + (row % 3)).fill(row));
    const expected = logLoss(
      Uint8Array.from(twice, (row) => y[row] as number),
      Float64Array.from(twice, (row) => p[row] as number),
    );
    expect(weightedLogLoss(y, p, weights)).toBeCloseTo(expected, 12);
  });

  it('compares no curve where the rows of the other folds weigh nothing', () => {
    const { y, p, folds } = sample(50, 9, overconfident);
    const weights = Float64Array.from(folds, (fold) => (fold === 2 ? 1 : 0));
    const { calibration, log_loss } = fitCalibration(y, p, weights, folds);
    expect(calibration.kind).toBe('none');
    expect(log_loss).toMatchObject({ platt: null, isotonic: null });
  });

  it('refuses one fold, and rows that do not belong together', () => {
    const { y, p, folds } = sample(20, 8, (u) => u);
    expect(() => fitCalibration(y, p, null, new Uint8Array(20))).toThrow(CalibrationError);
    expect(() => fitCalibration(y, p, null, folds.subarray(1))).toThrow(CalibrationError);
    expect(() => fitCalibration(y, p.subarray(1), null, folds)).toThrow(MetricError);
    expect(() =>
      fitCalibration(
        y,
        p.map((q) => q - 1),
        null,
        folds,
      ),
    ).toThrow(MetricError);
    expect(() => fitCalibration(y, p, new Float64Array(20), folds)).toThrow(MetricError);
  });

  it('is the same after it was written as JSON', () => {
    const { y, p, folds } = sample(2000, 3, stepped);
    const { calibration } = fitCalibration(y, p, null, folds);
    const again = JSON.parse(JSON.stringify(calibration)) as Calibration;
    const [one, other] = [p.slice(), p.slice()];
    applyInto(calibration, one);
    applyInto(again, other);
    expect(other).toEqual(one);
  });
});

describe('calibrationToOnnx', () => {
  async function inOnnx(calibration: Calibration, scores: Float32Array): Promise<Float32Array> {
    const graph = new GraphBuilder();
    const input = graph.input('features', 'float', ['N', 1]);
    graph.output(calibrationToOnnx(graph, input, calibration), 'probability', 'float', ['N', 1]);
    const session = await InferenceSession.create(graph.build());
    const { probability } = await session.run({
      features: new Tensor('float32', scores, [scores.length, 1]),
    });
    expect(probability?.dims).toEqual([scores.length, 1]);
    return probability?.data as Float32Array;
  }

  const { y, p } = sample(5000, 9, stepped);
  const isotonic: Calibration = { kind: 'isotonic', ...fitIsotonic(y, p, null) };
  const random = Random.of(31);
  const scores = Float32Array.from([
    ...[0, 1, 1e-45, 1e-7, 1e-5, 1 - 1e-5, 1 - 2 ** -24, 0.5],
    ...isotonic.scores,
    ...isotonic.scores.map((score) => score - 1e-7),
    ...Array.from({ length: 20_000 }, () => random.next() / 2 ** 32),
    ...Array.from({ length: 2000 }, () => Math.exp(-random.nextInt(20))),
    ...Array.from({ length: 2000 }, () => 1 - Math.exp(-random.nextInt(20))),
  ]);

  it.each<readonly [string, Calibration]>([
    ['none', { kind: 'none' }],
    ["Platt's curve", { kind: 'platt', ...fitPlatt(y, p, null) }],
    ["a steep Platt's curve", { kind: 'platt', slope: 30, intercept: -2 }],
    ['an isotonic curve', isotonic],
    ['an isotonic curve of one knot', { kind: 'isotonic', scores: [0.4], values: [0.25] }],
    [
      'an isotonic curve of two knots',
      { kind: 'isotonic', scores: [0.4, 0.6], values: [0.1, 0.9] },
    ],
  ])('answers what the trainer does, within 1e-7: %s', async (_name, calibration) => {
    const expected = Float64Array.from(scores);
    applyInto(calibration, expected);
    const answered = await inOnnx(calibration, scores);
    let largest = 0;
    answered.forEach((q, row) => {
      largest = Math.max(largest, Math.abs(q - (expected[row] as number)));
    });
    expect(largest).toBeLessThan(1e-7);
    if (calibration.kind !== 'none') expect(answered.every((q) => q > 0 && q < 1)).toBe(true);
  });
});
