// Fits a forest: each tree on its own bag with its own stream of random numbers, on as many threads as there are.
import { runTeam } from '../../threads/run-team.ts';
import { FitError, type FitResources, type TrainingSet } from '../learner.ts';
import { flattenForest } from './flatten-forest.ts';
import type { ForestJob, GrownForest, GrownTree } from './forest-job.ts';
import { RandomForestModel } from './model.ts';
import { mergeOutOfBag, outOfBagScore } from './out-of-bag.ts';
import type { RandomForestParams } from './params.ts';
import { prepareJob } from './prepare-job.ts';
import { run, url } from './program.ts';

/** `x` holds float32 values; NaN counts as larger than any number. Throws FitError. */
export async function fitRandomForest(
  params: RandomForestParams,
  data: TrainingSet,
  resources: FitResources,
): Promise<RandomForestModel> {
  const { job, binned, centre } = prepareJob(params, data, resources);
  const threads = Math.min(resources.threads, params.n_estimators);
  const forests = await runTeam(url, run, job, threads, revive);
  const trees = inOrder(forests, params.n_estimators);
  const ensemble = flattenForest(trees, binned, job.target);
  const scores = scoresOf(job, data.weights, forests);
  return new RandomForestModel(ensemble, centre, scores, gainsOf(trees, job.columns));
}

const revive = (name: string, message: string): Error =>
  new FitError(`random forest: a thread failed: ${name}: ${message}`);

function inOrder(forests: readonly GrownForest[], count: number): readonly GrownTree[] {
  const trees = new Array<GrownTree>(count);
  for (const [tree, grown] of forests.flatMap((forest) => forest.trees)) trees[tree] = grown;
  return trees;
}

/**
 * The impurity decrease of the splits on each column, summed tree after tree: of each split weight(node) / weight(bag) * (impurity of the
 * node less that of its sides by their weights). Gini impurity for classes, variance for values; divided by the number of trees,
 * scikit-learn's feature_importances_ but that no tree is normalised by itself first. [columns]
 */
function gainsOf(trees: readonly Pick<GrownTree, 'gains'>[], columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (const { gains } of trees)
    gains.forEach((gain, column) => {
      sums[column] = (sums[column] as number) + gain;
    });
  return sums;
}

function scoresOf(
  job: ForestJob,
  weights: Float64Array | null,
  forests: readonly GrownForest[],
): Readonly<Record<string, number>> {
  const parts = forests.flatMap(({ outOfBag }) => (outOfBag === null ? [] : [outOfBag]));
  return parts.length === 0 ? {} : { oob_score: outOfBagScore(job, weights, mergeOutOfBag(parts)) };
}
