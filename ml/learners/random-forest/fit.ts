// Fits a forest: each tree on its own bootstrap with its own stream of random numbers, so that trees do not depend on their order.
import type { Random } from '../../../src/statistics/random.ts';
import { FitError, type TrainingSet } from '../learner.ts';
import { flattenForest } from './flat-forest.ts';
import { TreeGrower } from './grow-tree.ts';
import { RandomForestModel } from './model.ts';
import type { RandomForestParams } from './params.ts';
import { rankColumns } from './rank-columns.ts';

/** Ranks and bootstrap counts share 32 bits while splits are searched; no row is drawn more than 2^7 - 1 times. */
const MAX_ROWS = 2 ** 24;

/** `x` holds finite float32 values. */
export function fitRandomForest(
  params: RandomForestParams,
  { x, y }: TrainingSet,
  random: Random,
): RandomForestModel {
  if (x.rows === 0 || x.rows > MAX_ROWS)
    throw new FitError(`random forest expects 1 to ${MAX_ROWS} rows, not ${x.rows}`);
  const maxFeatures =
    params.max_features === 'sqrt'
      ? Math.max(1, Math.floor(Math.sqrt(x.columns)))
      : params.max_features;
  if (maxFeatures > x.columns)
    throw new FitError(`max_features: expected at most ${x.columns}, the number of columns`);
  const grower = new TreeGrower(rankColumns(x), y, {
    maxDepth: params.max_depth ?? Infinity,
    minSamplesLeaf: params.min_samples_leaf,
    maxFeatures,
  });
  const trees = Array.from({ length: params.n_estimators }, (_, tree) =>
    grower.grow(random.stream(tree)),
  );
  return new RandomForestModel(flattenForest(trees));
}
