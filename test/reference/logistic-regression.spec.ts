// Our logistic regression against the optimum of the same objective found by an independent Newton solver, and its five-fold figures.
import { brier, logLoss, rocAuc } from '../../ml/evaluation/metrics.ts';
import { splitByFold } from '../../ml/evaluation/folds.ts';
import { fitLogisticRegression } from '../../ml/learners/logistic-regression/fit.ts';
import {
  logisticRegressionParams,
  penaltyOf,
} from '../../ml/learners/logistic-regression/params.ts';
import { logisticRegression } from '../../ml/learners/logistic-regression/index.ts';
import { matrixOf, takeRows, type Matrix } from '../../ml/numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import { slowObjective } from '../support/slow-log-loss.ts';
import { loadWdbc } from '../support/wdbc.ts';
import { digestOf, goldenFolds, loadGolden } from './golden-wdbc.ts';

const { features, exact, rows, y } = loadWdbc();
const golden = loadGolden();
const fold = goldenFolds(y);
const params = logisticRegressionParams.parse({ C: 1 });
const everyRow = Int32Array.from(y.keys());

const trainingRows = (fitOn: string): Int32Array =>
  fitOn === 'all' ? everyRow : splitByFold(fold, Number(fitOn.slice('fold'.length))).train;

const labelsOf = (indices: Int32Array): Uint8Array =>
  Uint8Array.from(indices, (row) => y[row] ?? Number.NaN);

/** The rows at `indices`, standardised by their own means and population standard deviations, in float64. */
function standardise({ data, columns }: Matrix, indices: Int32Array): Matrix {
  const design = new Float64Array(indices.length * columns);
  for (let column = 0; column < columns; column++) {
    const values = Array.from(indices, (row) => data[row * columns + column] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    values.forEach((value, i) => {
      design[i * columns + column] = (value - mean) / Math.sqrt(variance);
    });
  }
  return matrixOf(design, columns);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('logistic regression on wdbc', () => {
  it('is measured on the folds of the reference', () => {
    expect(digestOf(fold)).toBe(golden.folds.sha256);
  });

  it.each(golden.lr.map((fit) => [fit.fit_on, fit] as const))(
    'reaches the reference optimum fitted on %s: coefficients to 1e-8, objective to 1e-12 relative',
    (fitOn, expected) => {
      const train = trainingRows(fitOn);
      const data = {
        x: standardise(exact, train),
        columns: features.map(({ name }) => ({ name, categories: null })),
        y: labelsOf(train),
        task: { kind: 'binary' },
        weights: null,
      } as const;
      const model = fitLogisticRegression(params, data);
      const weights = Float64Array.of(...model.coefficients, model.intercept);
      const reference = Float64Array.of(...expected.coef, expected.intercept);
      const differences = weights.map((w, i) => Math.abs(w - (reference[i] ?? Number.NaN)));
      expect(Math.max(...differences)).toBeLessThan(1e-8);
      const reached = model.diagnostics['objective'] ?? Number.NaN;
      expect(Math.abs(reached / expected.objective - 1)).toBeLessThan(1e-12);
      const slow = slowObjective({ ...data, outputs: 1 }, penaltyOf(params), weights);
      expect(Math.abs(slow / expected.objective - 1)).toBeLessThan(1e-12);
    },
  );

  it('has the five-fold figures of the reference, trained and asked with float32 rows', async () => {
    const scores = await Promise.all(
      [0, 1, 2, 3, 4].map(async (k) => {
        const { train, test } = splitByFold(fold, k);
        const pipeline = await fitPipeline(
          { learner: logisticRegression, params, features, derived: [], task: { kind: 'binary' } },
          { x: takeRows(rows, train), y: labelsOf(train), weights: null },
          { random: Random.of(0), threads: 1 },
        );
        const p = new Float64Array(test.length);
        pipeline.predictInto(takeRows(rows, test), p);
        const labels = labelsOf(test);
        return { auc: rocAuc(labels, p), loss: logLoss(labels, p), brier: brier(labels, p) };
      }),
    );
    const expected = golden.results['wdbc/lr'];
    expect(mean(scores.map(({ auc }) => auc))).toBeCloseTo(expected?.mean_auc ?? Number.NaN, 12);
    expect(mean(scores.map(({ loss }) => loss))).toBeCloseTo(
      expected?.mean_logloss ?? Number.NaN,
      6,
    );
    expect(mean(scores.map((score) => score.brier))).toBeCloseTo(
      expected?.mean_brier ?? Number.NaN,
      6,
    );
  });
});
