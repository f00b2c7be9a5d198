// Metrics against their definitions counted out pair by pair, and against figures of scikit-learn's documentation.
import {
  averagePrecision,
  brier,
  confusionMatrix,
  logLoss,
  MetricError,
  rocAuc,
} from './classification.ts';
import { Random } from './random.ts';

const y = Uint8Array.of(0, 0, 1, 1);
const p = Float64Array.of(0.1, 0.4, 0.35, 0.8);

/** Rows with many ties. */
function sample(rows: number): { y: Uint8Array; p: Float64Array } {
  const random = Random.of(11);
  const labels = Uint8Array.from({ length: rows }, () => random.nextInt(2));
  return { y: labels, p: Float64Array.from(labels, (label) => (random.nextInt(6) + label) / 8) };
}

describe('rocAuc', () => {
  it('gives the figure of the scikit-learn documentation', () => {
    expect(rocAuc(y, p)).toBe(0.75);
  });

  it('is the share of pairs in the right order, ties counted one half', () => {
    const { y: labels, p: scores } = sample(200);
    let wins = 0;
    let pairs = 0;
    labels.forEach((a, i) => {
      labels.forEach((b, j) => {
        if (a !== 1 || b !== 0) return;
        const difference = (scores[i] as number) - (scores[j] as number);
        pairs += 1;
        wins += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      });
    });
    expect(rocAuc(labels, scores)).toBeCloseTo(wins / pairs, 14);
  });

  it('refuses rows of one class', () => {
    expect(() => rocAuc(Uint8Array.of(1, 1), Float64Array.of(0.1, 0.2))).toThrow(MetricError);
  });
});

describe('averagePrecision', () => {
  it('gives the figure of the scikit-learn documentation', () => {
    expect(averagePrecision(y, p)).toBeCloseTo(0.8333333333333333, 15);
  });

  it('sums precision over the steps of recall, one step for each distinct probability', () => {
    const { y: labels, p: scores } = sample(200);
    const thresholds = [...new Set(scores)].toSorted((a, b) => b - a);
    let area = 0;
    let recallBefore = 0;
    for (const threshold of thresholds) {
      const { tp, fp, fn } = confusionMatrix(labels, scores, threshold);
      area += (tp / (tp + fn) - recallBefore) * (tp / (tp + fp));
      recallBefore = tp / (tp + fn);
    }
    expect(averagePrecision(labels, scores)).toBeCloseTo(area, 14);
  });
});

describe('logLoss and brier', () => {
  it('are the means of their definitions', () => {
    const loss = -(Math.log(0.9) + Math.log(0.6) + Math.log(0.35) + Math.log(0.8)) / 4;
    expect(logLoss(y, p)).toBeCloseTo(loss, 14);
    expect(brier(y, p)).toBeCloseTo((0.01 + 0.16 + 0.65 ** 2 + 0.04) / 4, 14);
  });

  it('clips certainty that was wrong to 1e-15', () => {
    expect(logLoss(Uint8Array.of(1), Float64Array.of(0))).toBeCloseTo(-Math.log(1e-15), 10);
    expect(logLoss(Uint8Array.of(0), Float64Array.of(1))).toBeCloseTo(-Math.log(1e-15), 1);
  });
});

it('calls a row positive at the threshold itself', () => {
  expect(confusionMatrix(y, p, 0.35)).toEqual({ tn: 1, fp: 1, fn: 0, tp: 2 });
  expect(confusionMatrix(y, p, 0.36)).toEqual({ tn: 1, fp: 1, fn: 1, tp: 1 });
});
