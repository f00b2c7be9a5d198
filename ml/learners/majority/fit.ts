// The most frequent class with probability 1, or the median of the target: the answer that is most often right without looking.
import type { TrainingSet } from '../learner.ts';
import { classTotals } from '../prior/fit.ts';
import { ConstantModel } from '../prior/model.ts';

/** Most correct labels and least absolute error (median) of all constant answers on the weighted rows; of equal classes the first. */
export function fitMajority(data: TrainingSet): ConstantModel {
  if (data.task.kind === 'regression') return new ConstantModel([medianTarget(data)]);
  const totals = classTotals(data);
  const winner = totals.indexOf(Math.max(...totals));
  const certain = totals.map((_, label) => (label === winner ? 1 : 0));
  return new ConstantModel(data.task.kind === 'binary' ? certain.subarray(1) : certain);
}

/** Half of the weight is below it and half above; between two such values their mean. */
function medianTarget({ y, weights }: TrainingSet): number {
  const weightOf = (row: number): number => weights?.[row] ?? 1;
  const order = Int32Array.from(y.keys())
    .filter((row) => weightOf(row) > 0)
    .sort((a, b) => (y[a] as number) - (y[b] as number));
  const half = order.reduce((sum, row) => sum + weightOf(row), 0) / 2;
  let below = 0;
  const middle = order.findIndex((row) => (below += weightOf(row)) >= half);
  const [value = NaN, next = value] = Array.from(
    order.subarray(middle, middle + 2),
    (row) => y[row] as number,
  );
  return below === half ? (value + next) / 2 : value;
}
