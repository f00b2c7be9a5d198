// Gradient boosting as a learner: what the rest of the project sees of this folder.
import type { DataShape, Learner } from '../learner.ts';
import { blockCount } from './blocks.ts';
import { fitGradientBoosting } from './fit.ts';
import { histogramLength } from './histogram.ts';
import { poolSlots } from './histogram-pool.ts';
import { gradientBoostingParams, type GradientBoostingParams } from './params.ts';
import { recordBytes } from './records.ts';

export const gradientBoosting = Object.freeze<Learner<GradientBoostingParams>>({
  name: 'gradient_boosting',
  input: 'native',
  tasks: ['binary', 'multiclass', 'regression'] as const,
  params: gradientBoostingParams,
  bytesNeeded,
  fit: fitGradientBoosting,
});

/** Isolate, compiled code and small arrays of a thread. */
const THREAD_BYTES = 2 ** 24;
/** Node, split and leaf of a tree while it is an object, before the ensemble is flat. */
const SPLIT_BYTES = 200;

function bytesNeeded(
  { num_leaves, n_estimators }: GradientBoostingParams,
  { rows, columns, task, threads }: DataShape,
): number {
  const outputs = task.kind === 'multiclass' ? task.classes : 1;
  const histogram = 8 * histogramLength(columns);
  // Score and leaf for each output; target, weight and its copy, gradient, hessian, order, spill and the marks of samples for each row.
  const perRow = outputs * (8 + 2) + 8 + 16 + 8 + 8 + 2;
  const histograms = histogram * (poolSlots(columns, num_leaves) + 3 * threads);
  const trees = n_estimators * outputs * num_leaves * SPLIT_BYTES;
  return (
    recordBytes(rows, columns) +
    rows * perRow +
    blockCount(rows) * 40 +
    histograms +
    trees +
    threads * THREAD_BYTES
  );
}
