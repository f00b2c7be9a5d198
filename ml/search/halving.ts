// Successive halving (Jamieson and Talwalkar 2016) over rows: all candidates on few rows, the best third on three times as many, and so on.
import type { RowSplit } from '../evaluation/folds.ts';
import type { Random } from '../../src/statistics/random.ts';

/** How many candidates go into a rung, and the share of the training rows that they are fitted on. */
export interface Rung {
  readonly share: number;
  readonly survivors: number;
}

/** scikit-learn's factor. */
const FACTOR = 3;
/** Training rows of the smaller class that the first rung has at least: below them scores are mostly luck. */
const FEWEST = 50;

/** From the first rung to the one with all rows; only that one where rows or candidates are few. */
export function rungsOf(
  candidates: number,
  splits: readonly RowSplit[],
  y: Uint8Array,
): readonly Rung[] {
  const smallest = Math.min(...splits.map(({ train }) => smallerClass(train, y)));
  const byRows = Math.floor(Math.log(smallest / FEWEST) / Math.log(FACTOR));
  const byCandidates = Math.ceil(Math.log(candidates) / Math.log(FACTOR));
  const steps = Math.max(0, Math.min(byRows, byCandidates));
  return Array.from({ length: steps + 1 }, (_, rung) => ({
    share: FACTOR ** (rung - steps),
    survivors: Math.ceil(candidates / FACTOR ** rung),
  }));
}

function smallerClass(rows: Int32Array, y: Uint8Array): number {
  const positives = rows.reduce((sum, row) => sum + (y[row] as number), 0);
  return Math.min(positives, rows.length - positives);
}

/** A share of each class of the rows, ascending; the same rows for every candidate, and a larger share holds the smaller one. */
export function thinnedTo(
  share: number,
  rows: Int32Array,
  y: Uint8Array,
  random: Random,
): Int32Array {
  if (share === 1) return rows;
  return Int32Array.from(
    [0, 1].flatMap((label) => {
      const members = rows.filter((row) => y[row] === label);
      random.stream(label).shuffle(members);
      return [...members.subarray(0, Math.round(members.length * share))];
    }),
  ).sort();
}
