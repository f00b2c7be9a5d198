// What a forest takes at most, foreseen from the shape of its data.
import type { DataShape } from '../learner.ts';
import type { RandomForestParams } from './params.ts';

/** Bytes of a node while its thread grows it, is cloned to the caller, and stands in the ensemble. */
const NODE_BYTES = 60;
/** Numbers of a leaf value likewise, and of a row's bag: counts, places, both orders, target and weight. */
const VALUE_BYTES = 16;
const ROW_BYTES = 29;

/** Every tree is taken to have as many leaves as the params allow; trees of real data stop sooner, where their nodes are pure. */
export function forestBytes(
  { n_estimators, min_samples_leaf, max_depth, bootstrap, oob_score }: RandomForestParams,
  { rows, columns, task, threads }: DataShape,
): number {
  const width = task.kind === 'multiclass' ? task.classes : 1;
  // A bootstrap draws 63 % of the rows.
  const bag = Math.ceil(rows * (bootstrap ? 0.65 : 1));
  const leaves = Math.min(Math.ceil(bag / min_samples_leaf), 2 ** (max_depth ?? 52));
  const trees = n_estimators * leaves * (2 * NODE_BYTES + width * VALUE_BYTES);
  // The gains of a tree's columns, in its thread and with the caller.
  const gains = n_estimators * columns * 16;
  const shared = rows * (columns + 8 + 8);
  const outOfBag = oob_score ? rows * (8 * width + 4) : 0;
  return (
    shared +
    trees +
    gains +
    Math.min(threads, n_estimators) * (rows * (columns + ROW_BYTES) + outOfBag)
  );
}
