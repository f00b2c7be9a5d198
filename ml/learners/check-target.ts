// What every learner expects of targets and weights, checked once before any is fitted.
import { FitError, type Task } from './learner.ts';

/** Throws FitError: the numbers of the first row that is wrong, and what was expected. */
export function checkTarget(
  task: Task,
  rows: number,
  y: Uint8Array | Float64Array,
  weights: Float64Array | null,
): void {
  if (rows === 0) throw new FitError('expected at least one training row');
  if (y.length !== rows) throw new FitError(`expected ${rows} targets, one a row, got ${y.length}`);
  if (weights !== null) checkWeights(rows, weights);
  const counted = (row: number): boolean => weights === null || (weights[row] as number) > 0;
  if (task.kind === 'regression') {
    const bad = y.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new FitError(`row ${bad}: expected a finite target`);
    return;
  }
  const classes = task.kind === 'binary' ? 2 : task.classes;
  const found = new Set<number>();
  y.forEach((label, row) => {
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new FitError(`row ${row}: expected a class from 0 to ${classes - 1}`);
    if (counted(row)) found.add(label);
  });
  if (found.size < classes)
    throw new FitError(
      `expected training rows of all ${classes} classes${weights === null ? '' : ' with a weight above 0'}, got ${found.size}: a constant target teaches nothing`,
    );
}

function checkWeights(rows: number, weights: Float64Array): void {
  if (weights.length !== rows)
    throw new FitError(`expected ${rows} weights, one a row, got ${weights.length}`);
  const bad = weights.findIndex((weight) => !(weight >= 0 && Number.isFinite(weight)));
  if (bad >= 0) throw new FitError(`row ${bad}: expected a finite weight of at least 0`);
  if (weights.every((weight) => weight === 0))
    throw new FitError('expected a weight above 0 in at least one row, got 0 in every row');
}
