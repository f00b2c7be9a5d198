// Our random forest against scikit-learn's on the same five folds. Random numbers differ, so figures are compared, not trees.
import { brier, logLoss, rocAuc } from '../../ml/evaluation/metrics.ts';
import { splitByFold } from '../../ml/evaluation/folds.ts';
import { randomForest } from '../../ml/learners/random-forest/index.ts';
import { takeRows } from '../../ml/numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import { loadWdbc } from '../support/wdbc.ts';
import { goldenFolds, loadGolden } from './golden-wdbc.ts';

const SEEDS = [0, 1, 2];
const { features, rows, y } = loadWdbc();
const { results } = loadGolden();
const fold = goldenFolds(y);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Means over five folds and three seeds. */
async function crossValidate(
  minSamplesLeaf: number,
): Promise<{ auc: number; loss: number; brier: number }> {
  const params = randomForest.params.parse({ min_samples_leaf: minSamplesLeaf });
  const fits = SEEDS.flatMap((seed) =>
    [0, 1, 2, 3, 4].map(async (k) => {
      const { train, test } = splitByFold(fold, k);
      const labels = (of: Int32Array): Uint8Array =>
        Uint8Array.from(of, (row) => y[row] ?? Number.NaN);
      const x = takeRows(rows, train);
      const random = Random.of(seed, k);
      const forest = await fitPipeline(
        { learner: randomForest, params, features, derived: [], task: { kind: 'binary' } },
        { x, y: labels(train), weights: null },
        { random, threads: 1 },
      );
      const p = new Float64Array(test.length);
      forest.predictInto(takeRows(rows, test), p);
      const known = labels(test);
      return { auc: rocAuc(known, p), loss: logLoss(known, p), brier: brier(known, p) };
    }),
  );
  const scores = await Promise.all(fits);
  return {
    auc: mean(scores.map(({ auc }) => auc)),
    loss: mean(scores.map(({ loss }) => loss)),
    brier: mean(scores.map((score) => score.brier)),
  };
}

const reference = (name: string) => {
  const seeds = [name, `${name}/seed1`, `${name}/seed2`].map((key) => results[key]);
  return {
    auc: mean(seeds.map((result) => result?.mean_auc ?? Number.NaN)),
    brier: mean(seeds.map((result) => result?.mean_brier ?? Number.NaN)),
  };
};

describe('random forest on wdbc, mean of three seeds', () => {
  it.each([
    ['leaves of one row', 1, 'wdbc/rf'],
    ['leaves of at least 20 rows', 20, 'wdbc/rf20'],
  ])('ranks and calibrates as well as scikit-learn: %s', async (_, minSamplesLeaf, name) => {
    const ours = await crossValidate(minSamplesLeaf);
    const theirs = reference(name);
    expect(ours.auc).toBeGreaterThanOrEqual(theirs.auc - 0.003);
    expect(ours.brier).toBeLessThanOrEqual(theirs.brier + 0.002);
  });
});
