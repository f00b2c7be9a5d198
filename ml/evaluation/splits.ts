// Which rows are held out and which folds are made, by what the rows are kept together or in order by.
import type { RowKeys } from '../data/row-keys.ts';
import type { Random } from '../../src/statistics/random.ts';
import {
  groupedFolds,
  groupedHoldout,
  splitByFold,
  stratifiedFolds,
  stratifiedHoldout,
  timeOrderedHoldout,
  timeOrderedSplits,
  type RowSplit,
} from './folds.ts';

export interface RowsToSplit {
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  /** null or absent: by class alone. */
  readonly keys?: RowKeys | null;
}

/** Holds out `share` of the rows, 0 to 1, exclusive. Throws SplitError. */
export function holdOut({ y, keys }: RowsToSplit, share: number, random: Random): RowSplit {
  if (keys?.kind === 'time') return timeOrderedHoldout(y, keys.times, share);
  return keys?.kind === 'group'
    ? groupedHoldout(y, keys.groups, share, random)
    : stratifiedHoldout(y, share, random);
}

/** One split a fold; in order of time the earliest rows are in no test part. Throws SplitError. */
export function foldSplits(
  { y, keys }: RowsToSplit,
  folds: number,
  random: Random,
): readonly RowSplit[] {
  if (keys?.kind === 'time') return timeOrderedSplits(y, keys.times, folds);
  const fold =
    keys?.kind === 'group'
      ? groupedFolds(y, keys.groups, folds, random)
      : stratifiedFolds(y, folds, random);
  return Array.from({ length: folds }, (_, i) => splitByFold(fold, i));
}
