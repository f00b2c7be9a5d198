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
  const ensemble = flattenForest(inOrder(forests, params.n_estimators), binned, job.target);
  return new RandomForestModel(ensemble, centre, scoresOf(job, data.weights, forests));
}

const revive = (name: string, message: string): Error =>
  new FitError(`random forest: a thread failed: ${name}: ${message}`);

function inOrder(forests: readonly GrownForest[], count: number): readonly GrownTree[] {
  const trees = new Array<GrownTree>(count);
  for (const [tree, grown] of forests.flatMap((forest) => forest.trees)) trees[tree] = grown;
  return trees;
}

function scoresOf(
  job: ForestJob,
  weights: Float64Array | null,
  forests: readonly GrownForest[],
): Readonly<Record<string, number>> {
  const parts = forests.flatMap(({ outOfBag }) => (outOfBag === null ? [] : [outOfBag]));
  return parts.length === 0 ? {} : { oob_score: outOfBagScore(job, weights, mergeOutOfBag(parts)) };
}
