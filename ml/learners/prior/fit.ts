// The shares of the classes among the training rows, or the mean of the target: the best answer that looks at no feature.
import type { TrainingSet } from '../learner.ts';
import { ConstantModel } from './model.ts';

/** Least log loss (shares of the classes) and least squared error (mean) of all constant answers on the weighted rows. */
export function fitPrior(data: TrainingSet): ConstantModel {
  return new ConstantModel(priorOf(data));
}

/** The answer as a model gives it: P(positive), P(class) or the value, [outputs]. */
export function priorOf(data: TrainingSet): Float64Array {
  if (data.task.kind === 'regression') return Float64Array.of(meanTarget(data));
  const totals = classTotals(data);
  const all = totals.reduce((sum, total) => sum + total, 0);
  const shares = totals.map((total) => total / all);
  return data.task.kind === 'binary' ? shares.subarray(1) : shares;
}

/** The weight of all rows of each class, [classes]; of a classification. */
export function classTotals({ y, task, weights }: TrainingSet): Float64Array {
  const totals = new Float64Array(task.kind === 'multiclass' ? task.classes : 2);
  y.forEach((label, row) => {
    totals[label] = (totals[label] as number) + (weights?.[row] ?? 1);
  });
  return totals;
}

function meanTarget({ y, weights }: TrainingSet): number {
  let sum = 0;
  let total = 0;
  y.forEach((value, row) => {
    const weight = weights?.[row] ?? 1;
    sum += weight * value;
    total += weight;
  });
  return sum / total;
}
