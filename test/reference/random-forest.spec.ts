// Our random forest against scikit-learn's on the same five folds. Random numbers differ, so figures are compared, not trees.
import { brier, logLoss, rocAuc } from '../../ml/evaluation/metrics.ts';
import { splitByFold } from '../../ml/evaluation/folds.ts';
import { randomForest } from '../../ml/learners/random-forest/index.ts';
import { takeRows } from '../../ml/numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import { goldenFolds, goldenResult, loadGolden, takeLabels } from '../support/golden.ts';
import { loadWdbc } from '../support/wdbc.ts';

const SEEDS = [0, 1, 2];
const { features, rows, y } = loadWdbc();
const golden = loadGolden();
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
      const x = takeRows(rows, train);
      const random = Random.of(seed, k);
      const forest = await fitPipeline(
        { learner: randomForest, params, features, derived: [], task: { kind: 'binary' } },
        { x, y: takeLabels(y, train), weights: null },
        { random, threads: 1 },
      );
      const p = new Float64Array(test.length);
      forest.predictInto(takeRows(rows, test), p);
      const known = takeLabels(y, test);
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
  const seeds = [name, `${name}/seed1`, `${name}/seed2`].map((key) =>
    goldenResult(golden, 'wdbc', key),
  );
  return {
    auc: mean(seeds.map(({ mean_auc }) => mean_auc)),
    brier: mean(seeds.map(({ mean_brier }) => mean_brier)),
  };
};

describe('random forest on wdbc, mean of three seeds', () => {
  it.each([
    ['leaves of one row', 1, 'rf'],
    ['leaves of at least 20 rows', 20, 'rf20'],
  ])('ranks and calibrates as well as scikit-learn: %s', async (_, minSamplesLeaf, name) => {
    const ours = await crossValidate(minSamplesLeaf);
    const theirs = reference(name);
    expect(ours.auc).toBeGreaterThanOrEqual(theirs.auc - 0.001);
    expect(ours.brier).toBeLessThanOrEqual(theirs.brier + 0.001);
  });
});
