// Where each thread of a team posts the best split among its columns, for all to read.
import type { NodeStats, Split } from './find-split.ts';
import { BINS } from './histogram.ts';

/** Nodes searched at once: both children of a split. */
export const NODES_AT_ONCE = 2;
const NUMBERS = 16;

/** On shared memory. */
export interface SplitBoard {
  /** [size, NODES_AT_ONCE, NUMBERS]. */
  readonly numbers: Float64Array;
  /** Which bins go left where a split is categorical, [size, NODES_AT_ONCE, 256]. */
  readonly leftBins: Uint8Array;
}

export const splitBoard = (size: number): SplitBoard =>
  Object.freeze({
    numbers: new Float64Array(new SharedArrayBuffer(8 * size * NODES_AT_ONCE * NUMBERS)),
    leftBins: new Uint8Array(new SharedArrayBuffer(size * NODES_AT_ONCE * BINS)),
  });

/** Posts what thread `rank` found for the node numbered `place` of those searched at once. */
export function postSplit(
  { numbers, leftBins }: SplitBoard,
  rank: number,
  place: number,
  split: Split | null,
): void {
  const at = (rank * NODES_AT_ONCE + place) * NUMBERS;
  if (split === null) {
    numbers[at] = 0;
    return;
  }
  const { column, gain, bin, missingLeft, left, right } = split;
  const kind = split.leftBins === null ? 1 : 2;
  numbers.set([kind, gain, column, bin, missingLeft ? 1 : 0, ...flat(left), ...flat(right)], at);
  if (split.leftBins !== null) leftBins.set(split.leftBins, (at / NUMBERS) * BINS);
}

/** The best posted split of a node: the one of most gain, of those the one of the first column; threads have ascending shares of columns. */
export function bestSplit(board: SplitBoard, size: number, place: number): Split | null {
  let best = -1;
  for (let rank = 0; rank < size; rank++) {
    const at = (rank * NODES_AT_ONCE + place) * NUMBERS;
    if (board.numbers[at] === 0) continue;
    if (best < 0 || (board.numbers[at + 1] as number) > (board.numbers[best + 1] as number))
      best = at;
  }
  return best < 0 ? null : readSplit(board, best);
}

function readSplit({ numbers, leftBins }: SplitBoard, at: number): Split {
  const number = (i: number): number => numbers[at + i] as number;
  const bins = (at / NUMBERS) * BINS;
  return {
    gain: number(1),
    column: number(2),
    bin: number(3),
    missingLeft: number(4) === 1,
    leftBins: number(0) === 2 ? leftBins.slice(bins, bins + BINS) : null,
    left: stats(numbers, at + 5),
    right: stats(numbers, at + 10),
  };
}

const flat = ({ gradient, hessian, rows, lowest, highest }: NodeStats): readonly number[] => [
  gradient,
  hessian,
  rows,
  lowest,
  highest,
];

const stats = (numbers: Float64Array, at: number): NodeStats => ({
  gradient: numbers[at] as number,
  hessian: numbers[at + 1] as number,
  rows: numbers[at + 2] as number,
  lowest: numbers[at + 3] as number,
  highest: numbers[at + 4] as number,
});
