// From a training set to what the threads of a fit share: bins, targets, weights and the seed of each tree.
import { sharedCopy } from '../../threads/shared-copy.ts';
import { fitBins, type BinnedColumn } from '../../trees/binning.ts';
import { ColumnBinner } from '../../trees/column-binner.ts';
import { gridStep } from '../../trees/tree-ensemble.ts';
import { classWeights } from '../class-weights.ts';
import { FitError, type FitResources, type TrainingSet } from '../learner.ts';
import { MAX_ROWS } from './bag.ts';
import type { ForestJob, GrowthLimits, Target } from './forest-job.ts';
import { featuresPerSplit, type RandomForestParams } from './params.ts';

const MAX_SUM = 2 ** 127;

export interface PreparedForest {
  readonly job: ForestJob;
  readonly binned: readonly BinnedColumn[];
  /** What was taken off the values: their mean for regression, 0 for classes. */
  readonly centre: number;
}

/** Throws FitError. */
export function prepareJob(
  params: RandomForestParams,
  data: TrainingSet,
  { random }: FitResources,
): PreparedForest {
  const { x, y, task } = data;
  if (x.rows === 0 || x.rows > MAX_ROWS)
    throw new FitError(`random forest expects 1 to ${MAX_ROWS} rows, not ${x.rows}`);
  const limits = limitsOf(params, data);
  const counted = classWeights(params.class_weight, data);
  const weights = counted === null ? null : sharedCopy(counted);
  const centre = task.kind === 'regression' ? weightedMean(y, weights) : 0;
  const centred = sharedFloats(x.rows);
  y.forEach((value, row) => {
    centred[row] = value - centre;
  });
  // Codes of categories are cut like numbers: a forest splits them in their order, missing ones first.
  const numbers = data.columns.map(({ name }) => ({ name, categories: null }));
  const binned = fitBins(x, numbers);
  const trees = params.n_estimators;
  const job: ForestJob = {
    rows: x.rows,
    columns: x.columns,
    bins: binsOf(data, binned),
    binCounts: Uint8Array.from(binned, ({ bins }) => bins),
    target: targetOf(data),
    y: centred,
    weights,
    counted: countedRows(weights),
    limits,
    step: gridStep(trees * (task.kind === 'regression' ? largestOf(centred, trees) : 1)),
    outOfBag: params.oob_score,
    seeds: seedsOf(random, trees),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  };
  return { job, binned, centre };
}

function limitsOf(params: RandomForestParams, { x, task }: TrainingSet): GrowthLimits {
  const maxFeatures = featuresPerSplit(params, x.columns, task.kind !== 'regression');
  if (maxFeatures > x.columns)
    throw new FitError(`max_features: expected at most ${x.columns}, the number of columns`);
  if (params.oob_score && !params.bootstrap)
    throw new FitError(
      'oob_score: expected bootstrap true, as without it every tree sees all rows',
    );
  return {
    maxDepth: params.max_depth ?? Infinity,
    minSamplesLeaf: params.min_samples_leaf,
    maxFeatures,
    bootstrap: params.bootstrap,
  };
}

function targetOf({ task }: TrainingSet): Target {
  if (task.kind === 'multiclass') return { kind: 'shares', classes: task.classes };
  return { kind: 'mean', labels: task.kind === 'binary' };
}

const sharedFloats = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length));

function weightedMean(y: ArrayLike<number>, weights: Float64Array | null): number {
  let sum = 0;
  let weight = 0;
  for (let row = 0; row < y.length; row++) {
    const w = weights === null ? 1 : (weights[row] as number);
    sum += w * (y[row] as number);
    weight += w;
  }
  return sum / weight;
}

/** No sum of leaf values is beyond the number of trees times this; throws FitError where that is more than float32 holds. */
function largestOf(centred: Float64Array, trees: number): number {
  const largest = centred.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest * trees < MAX_SUM) return largest;
  throw new FitError(
    `random forest expects targets within ${(MAX_SUM / trees).toPrecision(2)} of their mean, so that the sums of ${trees} trees stay within float32`,
  );
}

function countedRows(weights: Float64Array | null): Int32Array | null {
  if (weights === null || !weights.includes(0)) return null;
  const rows = Int32Array.from(weights.keys()).filter((row) => weights[row] !== 0);
  return sharedCopy(rows);
}

function binsOf({ x }: TrainingSet, binned: readonly BinnedColumn[]): Uint8Array {
  const out = new Uint8Array(new SharedArrayBuffer(x.rows * x.columns));
  binned.forEach((column, c) => {
    new ColumnBinner(column).into(x, c, { out, offset: c * x.rows, stride: 1 }, 0, x.rows);
  });
  return out;
}

function seedsOf(random: FitResources['random'], trees: number): Float64Array {
  const seeds = new Float64Array(2 * trees);
  for (let tree = 0; tree < trees; tree++) {
    const own = random.stream(tree);
    seeds[2 * tree] = own.next();
    seeds[2 * tree + 1] = own.next();
  }
  return seeds;
}
