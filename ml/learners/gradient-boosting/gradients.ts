// From scores to packed gradients: derivatives of the loss, the scale that this tree's sums allow, and a rounded word in each record.
import type { Team } from '../../threads/team.ts';
import { blockCount, ownBlocks } from './blocks.ts';
import type { Loss } from './losses.ts';
import { mixBits, packRow, type GradientTotals, type PackedScale } from './packing.ts';
import type { RowRecords } from './records.ts';

/** Numbers kept of each block: rows, sum of |gradient|, sum of hessians, the largest of both. */
const NOTES = 5;

/** On shared memory. */
export interface GradientSpace {
  /** [rows] each. */
  readonly gradient: Float32Array;
  readonly hessian: Float32Array;
  /** [blocks, NOTES]. */
  readonly notes: Float64Array;
}

export const gradientSpace = (rows: number): GradientSpace =>
  Object.freeze({
    gradient: new Float32Array(new SharedArrayBuffer(4 * rows)),
    hessian: new Float32Array(new SharedArrayBuffer(4 * rows)),
    notes: new Float64Array(new SharedArrayBuffer(8 * NOTES * blockCount(rows))),
  });

/** What the derivatives are taken of. */
export interface Scored {
  readonly loss: Loss;
  readonly y: Uint8Array | Float64Array;
  readonly weights: Float64Array | null;
  /** [rows, outputs]. */
  readonly scores: Float64Array;
}

/** Writes the derivatives of this thread's rows, and notes each block's sums over the rows that the tree learns from (null: all). */
export function differentiate(
  team: Team,
  { loss, y, weights, scores }: Scored,
  output: number,
  learning: Uint8Array | null,
  { gradient, hessian, notes }: GradientSpace,
): void {
  ownBlocks(team, y.length, (from, to, block) => {
    loss.differentiate(from, to, y, weights, scores, output, gradient, hessian);
    noteBlock(gradient, hessian, learning, from, to, notes, block * NOTES);
  });
}

function noteBlock(
  gradient: Float32Array,
  hessian: Float32Array,
  learning: Uint8Array | null,
  from: number,
  to: number,
  notes: Float64Array,
  at: number,
): void {
  let rows = 0;
  let absoluteGradient = 0;
  let hessians = 0;
  let largestGradient = 0;
  let largestHessian = 0;
  for (let row = from; row < to; row++) {
    if (learning !== null && learning[row] === 0) continue;
    const g = Math.abs(gradient[row] as number);
    const h = hessian[row] as number;
    rows++;
    absoluteGradient += g;
    hessians += h;
    if (g > largestGradient) largestGradient = g;
    if (h > largestHessian) largestHessian = h;
  }
  notes.set([rows, absoluteGradient, hessians, largestGradient, largestHessian], at);
}

/** The notes of all blocks together. */
export function totalsOf({ notes }: GradientSpace): GradientTotals {
  let rows = 0;
  let absoluteGradient = 0;
  let hessian = 0;
  let largestGradient = 0;
  let largestHessian = 0;
  for (let at = 0; at < notes.length; at += NOTES) {
    rows += notes[at] as number;
    absoluteGradient += notes[at + 1] as number;
    hessian += notes[at + 2] as number;
    largestGradient = Math.max(largestGradient, notes[at + 3] as number);
    largestHessian = Math.max(largestHessian, notes[at + 4] as number);
  }
  return { rows, absoluteGradient, hessian, largestGradient, largestHessian };
}

/** Writes the packed gradients of rows [from, to) into their records; each row's rounding hangs on `seed` and its number alone. */
export function packStretch(
  { gradient, hessian }: GradientSpace,
  { words, stride }: RowRecords,
  scale: PackedScale,
  seed: number,
  from: number,
  to: number,
): void {
  const gradientScale = 1 / scale.gradientUnit;
  const hessianScale = 1 / scale.hessianUnit;
  for (let row = from, at = (from + 1) * stride - 1; row < to; row++, at += stride)
    words[at] = packRow(
      gradient[row] as number,
      hessian[row] as number,
      gradientScale,
      hessianScale,
      mixBits(Math.imul(row, 0x9e3779b1) + seed),
    );
}
