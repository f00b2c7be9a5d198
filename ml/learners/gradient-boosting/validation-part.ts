// The rows that a fit sets aside to see when to stop.
import type { Random } from '../../../src/statistics/random.ts';
import { FitError, type TrainingSet } from '../learner.ts';

export interface ValidationPart {
  /** Ascending. */
  readonly rows: Int32Array;
  /** 0 for its rows, 1 for those that are learnt from, [rows]. */
  readonly learning: Uint8Array;
}

/** A share of the rows drawn at random, of classes the share of each (rounded down, one at least). Throws FitError where none would be left. */
export function drawValidationPart(
  { y, task, x }: Pick<TrainingSet, 'y' | 'task' | 'x'>,
  share: number,
  random: Random,
): ValidationPart {
  const groups = new Map<number, number[]>();
  y.forEach((value, row) => {
    const group = task.kind === 'regression' ? 0 : value;
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [row]);
    else members.push(row);
  });
  const learning = new Uint8Array(x.rows).fill(1);
  for (const [group, members] of [...groups].sort(([a], [b]) => a - b)) {
    const count = Math.max(1, Math.floor(share * members.length));
    if (count === members.length)
      throw new FitError(
        'early stopping sets rows aside: expected at least two rows of each class, two rows in all for regression',
      );
    const drawn = Int32Array.from(members);
    random.stream(group).shuffle(drawn);
    for (const row of drawn.subarray(0, count)) learning[row] = 0;
  }
  const rows = Int32Array.from(learning.keys()).filter((row) => learning[row] === 0);
  return Object.freeze({ rows, learning });
}
