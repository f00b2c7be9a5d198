// Permutation importance against its definition: rows rebuilt one by one with one cell taken from another row.
import { Random } from '../../src/statistics/random.ts';
import { matrixOf, type Float32Matrix } from '../numeric/matrix.ts';
import { logLoss, MetricError, rocAuc } from './metrics.ts';
import { meanAndSd } from '../../src/statistics/summary.ts';
import { permutationImportance } from './permutation-importance.ts';

const random = Random.of(40);
const ROWS = 300;
const x = matrixOf(
  Float32Array.from({ length: ROWS * 3 }, () => random.nextInt(1000) / 1000),
  3,
);
const features = ['strong', 'weak', 'unused'];

/** Reads the first two features. */
const predict = ({ data, rows }: Float32Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, row) => {
    const score = 6 * ((data[3 * row] as number) - 0.5) + (data[3 * row + 1] as number) - 0.5;
    return 1 / (1 + Math.exp(-score));
  });
const y = Uint8Array.from(predict(x), (p) => (random.nextInt(1000) < 1000 * p ? 1 : 0));
const rows = { features, x, y };

describe('permutationImportance', () => {
  it('is how much worse the scores get with one column in another order', () => {
    const before = x.data.slice();
    const found = permutationImportance(predict, rows, 3, Random.of(1));
    expect(x.data).toEqual(before);
    found.forEach(({ feature, log_loss, roc_auc }, column) => {
      const losses: number[] = [];
      const aucs: number[] = [];
      for (let repeat = 0; repeat < 3; repeat++) {
        const order = Int32Array.from({ length: ROWS }, (_, row) => row);
        Random.of(1, column, repeat).shuffle(order);
        const shuffled = Array.from(order, (from, row) =>
          [0, 1, 2].map((c) => x.data[3 * (c === column ? from : row) + c] as number),
        );
        const q = predict(matrixOf(Float32Array.from(shuffled.flat()), 3));
        losses.push(logLoss(y, q) - logLoss(y, predict(x)));
        aucs.push(rocAuc(y, predict(x)) - rocAuc(y, q));
      }
      expect(feature).toBe(features[column]);
      expect(log_loss).toEqual(meanAndSd(losses));
      expect(roc_auc).toEqual(meanAndSd(aucs));
    });
  });

  it('is 0 for a feature that the model does not read, and largest for the one it leans on', () => {
    const [strong, weak, unused] = permutationImportance(predict, rows, 5, Random.of(2));
    expect(unused).toEqual({
      feature: 'unused',
      log_loss: { mean: 0, sd: 0 },
      roc_auc: { mean: 0, sd: 0 },
    });
    expect(strong?.log_loss.mean).toBeGreaterThan(10 * (weak?.log_loss.mean ?? Infinity));
    expect(strong?.roc_auc.mean).toBeGreaterThan(0.2);
    expect(strong?.roc_auc.sd).toBeGreaterThan(0);
  });

  it('depends on the seed alone', () => {
    const importances = (seed: number) => permutationImportance(predict, rows, 2, Random.of(seed));
    expect(importances(3)).toEqual(importances(3));
    expect(importances(3)).not.toEqual(importances(4));
  });

  it('refuses rows of one class', () => {
    const one = { ...rows, y: new Uint8Array(ROWS) };
    expect(() => permutationImportance(predict, one, 1, Random.of(1))).toThrow(MetricError);
  });
});

describe('meanAndSd', () => {
  it('divides by one less than the values, and is 0 for one', () => {
    expect(meanAndSd([1, 3])).toEqual({ mean: 2, sd: Math.SQRT2 });
    expect(meanAndSd([5])).toEqual({ mean: 5, sd: 0 });
  });
});
