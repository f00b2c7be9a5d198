// Seeded splits that keep the share of each class: folds for cross-validation and the held-out part.
import type { Random } from '../../src/statistics/random.ts';

/** Rows that cannot be split as asked; the message says what it takes. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

/** The shuffled row numbers of the class `label`. */
function shuffledRows(y: Uint8Array, label: number, random: Random): Int32Array {
  const rows = Int32Array.from(y.keys()).filter((row) => y[row] === label);
  random.shuffle(rows);
  return rows;
}

/**
 * The fold of each row [N], 0 to folds - 1. Dealt like cards, one class after the other without starting again, so that fold sizes
 * differ by at most one, and by at most one within each class.
 */
export function stratifiedFolds(y: Uint8Array, folds: number, random: Random): Uint8Array {
  const fold = new Uint8Array(y.length);
  let dealt = 0;
  for (const label of [0, 1]) {
    const rows = shuffledRows(y, label, random);
    if (rows.length < folds)
      throw new SplitError(`${folds} folds take at least ${folds} rows of each class`);
    for (const row of rows) fold[row] = dealt++ % folds;
  }
  return fold;
}

export interface RowSplit {
  /** Row numbers, ascending. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** The rows with that fold as test, the others as training part. */
export function splitByFold(fold: Uint8Array, test: number): RowSplit {
  const rows = Int32Array.from(fold.keys());
  return {
    train: rows.filter((row) => fold[row] !== test),
    test: rows.filter((row) => fold[row] === test),
  };
}

/** Holds out `share` of the rows (0 to 1, exclusive), rounded within each class, at least one row of each class on both sides. */
export function stratifiedHoldout(y: Uint8Array, share: number, random: Random): RowSplit {
  const held = new Uint8Array(y.length);
  for (const label of [0, 1]) {
    const rows = shuffledRows(y, label, random);
    if (rows.length < 2)
      throw new SplitError('a held-out part takes at least 2 rows of each class');
    const count = Math.min(Math.max(Math.round(rows.length * share), 1), rows.length - 1);
    for (const row of rows.subarray(0, count)) held[row] = 1;
  }
  return splitByFold(held, 1);
}
