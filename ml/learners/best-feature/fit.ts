// The single column whose bins, each answering its smoothed mean target, give the least training loss.
import type { Task, TrainingSet } from '../learner.ts';
import { priorOf } from '../prior/fit.ts';
import { sumBins, type BinSums } from './bin-sums.ts';
import { BestFeatureModel } from './model.ts';
import type { BestFeatureParams } from './params.ts';

/** Mean log loss, or mean squared error in regression; of columns with the same loss the first. */
export function fitBestFeature(params: BestFeatureParams, data: TrainingSet): BestFeatureModel {
  const prior = priorOf(data);
  const targets = targetsOf(data, prior);
  const rows = Int32Array.from({ length: data.x.rows }, (_, row) => row).filter(
    (row) => data.weights === null || (data.weights[row] as number) > 0,
  );
  let best: BestFeatureModel | null = null;
  let least = Infinity;
  for (let column = 0; column < data.x.columns; column++) {
    const sums = sumBins(data, column, rows, targets, params.max_bins);
    const values = smoothedMeans(sums, data.task, prior, params.smoothing);
    const loss = lossOfBins(sums, data.task, prior, values);
    if (!(loss < least)) continue;
    least = loss;
    best = new BestFeatureModel(column, sums.uppers, values, prior.length);
  }
  // A design has a column, and a sum over finite numbers is less than Infinity.
  return best as BestFeatureModel;
}

/** What is summed for each output, [rows, outputs]: 1 for the class, or the value less the mean, so that its squares do not cancel. */
function targetsOf({ y, task }: TrainingSet, prior: Float64Array): Float64Array {
  if (task.kind === 'regression')
    return Float64Array.from(y, (value) => value - (prior[0] as number));
  if (task.kind === 'binary') return Float64Array.from(y);
  const targets = new Float64Array(y.length * task.classes);
  y.forEach((label, row) => {
    targets[row * task.classes + label] = 1;
  });
  return targets;
}

/** The answer of each bin as if `smoothing` more rows of the prior were in it, [bins + 1, outputs]; a bin without rows answers the prior. */
function smoothedMeans(
  { weights, sums }: BinSums,
  task: Task,
  prior: Float64Array,
  smoothing: number,
): Float64Array {
  return sums.map((sum, at) => {
    const rows = (weights[Math.floor(at / prior.length)] as number) + smoothing;
    const share = prior[at % prior.length] as number;
    return task.kind === 'regression' ? share + sum / rows : (sum + smoothing * share) / rows;
  });
}

/** The sum of losses, in regression less the sum of squares about the mean, which is the same for every column. */
function lossOfBins(
  { weights, sums }: BinSums,
  task: Task,
  prior: Float64Array,
  values: Float64Array,
): number {
  return sums.reduce((loss, sum, at) => {
    const value = values[at] as number;
    const weight = weights[Math.floor(at / prior.length)] as number;
    if (task.kind === 'regression') {
      const moved = value - (prior[0] as number);
      return loss + moved * (moved * weight - 2 * sum);
    }
    const others = task.kind === 'binary' ? (weight - sum) * Math.log1p(-value) : 0;
    return loss - sum * Math.log(value) - others;
  }, 0);
}
