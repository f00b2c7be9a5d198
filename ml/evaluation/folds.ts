// Seeded splits: folds for cross-validation and the held-out part, by class alone, by groups of rows that belong together, or in order of time.
import type { Random } from '../../src/statistics/random.ts';

/** Rows that cannot be split as asked; the message says what it takes. */
export class SplitError extends Error {
  override readonly name = 'SplitError';
}

/** The row numbers, ascending, where the value is (or, with `not`, is not) `value`; counted first, so that millions of rows take no more than themselves. */
function rowsOf(values: Uint8Array, value: number, not = false): Int32Array {
  let count = 0;
  for (const each of values) if ((each === value) !== not) count++;
  const rows = new Int32Array(count);
  let at = 0;
  for (let row = 0; row < values.length; row++)
    if ((values[row] === value) !== not) rows[at++] = row;
  return rows;
}

/** The shuffled row numbers of the class `label`. */
function shuffledRows(y: Uint8Array, label: number, random: Random): Int32Array {
  const rows = rowsOf(y, label);
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
  return { train: rowsOf(fold, test, true), test: rowsOf(fold, test) };
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

/** Rows that must stay on one side of every split. */
interface Group {
  readonly rows: number[];
  positives: number;
}

/** `groups` [N] numbers the group of each row. Groups come out largest first, those of one size shuffled. */
function collectGroups(y: Uint8Array, groups: Int32Array, random: Random): readonly Group[] {
  const found = new Map<number, Group>();
  groups.forEach((id, row) => {
    const group = found.get(id) ?? { rows: [], positives: 0 };
    found.set(id, group);
    group.rows.push(row);
    group.positives += y[row] as number;
  });
  const shuffled = [...found.values()];
  const order = Int32Array.from(shuffled.keys());
  random.shuffle(order);
  return Array.from(order, (i) => shuffled[i] as Group).toSorted(
    (a, b) => b.rows.length - a.rows.length,
  );
}

/**
 * The fold of each row [N], no group in two folds. Greedy, largest group first, each to the fold where it keeps the sum over classes of
 * (rows of the class in the fold / rows of the class)^2 smallest: sizes and class shares as even as the groups allow.
 */
export function groupedFolds(
  y: Uint8Array,
  groups: Int32Array,
  folds: number,
  random: Random,
): Uint8Array {
  const all = collectGroups(y, groups, random);
  if (all.length < folds)
    throw new SplitError(`${folds} folds take at least ${folds} groups, there are ${all.length}`);
  const positives = y.reduce((sum, label) => sum + label, 0);
  const negatives = y.length - positives;
  const held = Array.from({ length: folds }, () => ({ rows: 0, positives: 0 }));
  const fold = new Uint8Array(y.length);
  for (const group of all) {
    const cost = (f: { rows: number; positives: number }): number => {
      const add = group.rows.length - group.positives;
      const before = f.rows - f.positives;
      return (
        ((f.positives + group.positives) ** 2 - f.positives ** 2) / positives ** 2 +
        ((before + add) ** 2 - before ** 2) / negatives ** 2
      );
    };
    const costs = held.map(cost);
    const cheapest = costs.indexOf(Math.min(...costs));
    const to = held[cheapest] as { rows: number; positives: number };
    to.rows += group.rows.length;
    to.positives += group.positives;
    for (const row of group.rows) fold[row] = cheapest;
  }
  if (held.some(({ rows, positives: p }) => p === 0 || p === rows))
    throw new SplitError('the groups leave a fold without rows of both classes: take fewer folds');
  return fold;
}

/** Holds out whole groups, taken at random until they hold at least `share` of the rows. */
export function groupedHoldout(
  y: Uint8Array,
  groups: Int32Array,
  share: number,
  random: Random,
): RowSplit {
  // As many folds as make one of them about the share; the first is held out.
  const split = splitByFold(groupedFolds(y, groups, Math.max(2, Math.round(1 / share)), random), 0);
  return expectBothClasses(y, split, 'the groups leave a part without rows of both classes');
}

/** Row numbers by time, earlier row first among equals. */
const inOrderOf = (times: Float64Array): Int32Array =>
  Int32Array.from(times.keys()).sort(
    (a, b) => (times[a] as number) - (times[b] as number) || a - b,
  );

/** The first place from `from` on where time moves: rows of one time never stand on both sides of a cut. */
function nextCut(times: Float64Array, order: Int32Array, from: number): number {
  let cut = from;
  while (
    cut > 0 &&
    cut < order.length &&
    timeAt(times, order, cut) === timeAt(times, order, cut - 1)
  )
    cut += 1;
  return cut;
}

const timeAt = (times: Float64Array, order: Int32Array, place: number): number =>
  times[order[place] as number] as number;

/**
 * Forward chaining: the rows in order of time are cut into folds + 1 blocks of about the same size; split k trains on blocks 0 ... k and
 * tests on block k + 1, so that no model is tested on a time before the end of its training.
 */
export function timeOrderedSplits(
  y: Uint8Array,
  times: Float64Array,
  folds: number,
): readonly RowSplit[] {
  const order = inOrderOf(times);
  const cuts = Array.from({ length: folds + 2 }, (_, block) =>
    nextCut(times, order, Math.round((block * order.length) / (folds + 1))),
  );
  return Array.from({ length: folds }, (_, k) =>
    expectBothClasses(
      y,
      {
        train: order.slice(0, cuts[k + 1]).sort(),
        test: order.slice(cuts[k + 1], cuts[k + 2]).sort(),
      },
      `split ${k + 1} of ${folds} in order of time has a part without rows of both classes: take fewer folds`,
    ),
  );
}

/** Holds out the latest rows, at least `share` of all. */
export function timeOrderedHoldout(y: Uint8Array, times: Float64Array, share: number): RowSplit {
  const order = inOrderOf(times);
  let cut = Math.floor(order.length * (1 - share));
  while (cut > 0 && timeAt(times, order, cut) === timeAt(times, order, cut - 1)) cut -= 1;
  return expectBothClasses(
    y,
    { train: order.slice(0, cut).sort(), test: order.slice(cut).sort() },
    'the latest rows or those before them are without rows of both classes: take another share',
  );
}

function expectBothClasses(y: Uint8Array, split: RowSplit, message: string): RowSplit {
  for (const part of [split.train, split.test]) {
    const positives = part.reduce((sum, row) => sum + (y[row] as number), 0);
    if (positives === 0 || positives === part.length) throw new SplitError(message);
  }
  return split;
}
