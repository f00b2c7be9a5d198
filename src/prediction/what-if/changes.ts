// All changes of a number of features, counted and listed.
import type { Change, Option } from './adjustable.ts';

/** How many changes of `size` features there are, given how many options each feature has. */
export function countChanges(options: readonly number[], size: number): number {
  // Elementary symmetric polynomial: ways[n] of changing n of the features so far.
  const ways = [1, ...new Array<number>(size).fill(0)];
  for (const count of options)
    for (let n = size; n > 0; n -= 1) ways[n] = (ways[n] ?? 0) + count * (ways[n - 1] ?? 0);
  return ways[size] ?? 0;
}

/** Those that cost less than `bound`, which may fall meanwhile. The options of each feature come by rising cost. */
export function* changesOf(
  features: readonly (readonly Option[])[],
  size: number,
  bound: () => number,
  begun: Change = [],
  cost = 0,
): Generator<Change> {
  for (let at = 0; at <= features.length - size; at += 1) {
    for (const option of features[at] ?? []) {
      const total = cost + option.cost;
      if (total >= bound()) break;
      const change = [...begun, option];
      if (size === 1) yield change;
      else yield* changesOf(features.slice(at + 1), size - 1, bound, change, total);
    }
  }
}

export const costOf = (change: Change): number => change.reduce((sum, { cost }) => sum + cost, 0);
