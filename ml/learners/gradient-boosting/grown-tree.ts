// One tree as it grows: splits and leaves by number, on bins; and how rows that it did not learn from find their leaf.
import { MISSING_BIN } from '../../trees/binning.ts';
import type { Split } from './find-split.ts';
import { BINS } from './histogram.ts';
import type { RowRecords } from './records.ts';

/** Children: a split's number, or the complement (~) of a leaf's. */
export interface GrownSplit {
  readonly column: number;
  /** What it was chosen for, as find-split.ts counts it. */
  readonly gain: number;
  /** Numbers: bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Categories: 1 for the bins that go left, [256]; null for numbers. */
  readonly leftBins: Uint8Array | null;
  readonly left: number;
  readonly right: number;
}

export interface GrownTree {
  /** The sum that its leaves add to. */
  readonly output: number;
  /** Split 0 is the root. */
  readonly splits: readonly GrownSplit[];
  /** What each leaf adds, [splits + 1]. */
  readonly values: Float64Array;
}

/** 1 for the bins that go left at a split, [256]. */
export function binsGoingLeft({
  bin,
  missingLeft,
  leftBins,
}: Pick<Split, 'bin' | 'missingLeft' | 'leftBins'>): Uint8Array {
  const goesLeft = leftBins?.slice() ?? new Uint8Array(BINS).fill(1, 0, bin + 1);
  goesLeft[MISSING_BIN] = missingLeft ? 1 : 0;
  return goesLeft;
}

/** Finds leaves of rows by walking down; tables are made once a tree. */
export class TreeWalker {
  readonly #splits: readonly GrownSplit[];
  readonly #goesLeft: readonly Uint8Array[];

  constructor(splits: readonly GrownSplit[]) {
    this.#splits = splits;
    this.#goesLeft = splits.map(binsGoingLeft);
  }

  leafOf({ bins, rows }: RowRecords, row: number): number {
    let node = this.#splits.length === 0 ? -1 : 0;
    while (node >= 0) {
      const { column, left, right } = this.#splits[node] as GrownSplit;
      const bin = bins[column * rows + row] as number;
      node = (this.#goesLeft[node] as Uint8Array)[bin] === 1 ? left : right;
    }
    return ~node;
  }
}
