// Whether a number leaves no question as a cell, for the loops that ask it of every cell: the limits of all columns in one flat array, since
// reading them from an object per column takes longer than reading the number itself. Pure.
import type { Column } from './encode-row.ts';

const MAX_FLOAT32 = 2 ** 128 - 2 ** 104;
const LIMITS = 4;

export class CellLimits {
  readonly #limits: Float64Array;

  constructor(columns: readonly Column[]) {
    this.#limits = Float64Array.from(
      columns.flatMap(({ min, max, trainedMin, trainedMax }) => [
        min,
        max,
        Math.max(trainedMin, -MAX_FLOAT32),
        Math.min(trainedMax, MAX_FLOAT32),
      ]),
    );
  }

  /** `cell` is `value` as float32: finite, inside what training saw, and the value inside the declared domain. */
  fits(column: number, value: number, cell: number): boolean {
    const limits = this.#limits;
    const at = column * LIMITS;
    return (
      value >= (limits[at] as number) &&
      value <= (limits[at + 1] as number) &&
      cell >= (limits[at + 2] as number) &&
      cell <= (limits[at + 3] as number)
    );
  }
}
