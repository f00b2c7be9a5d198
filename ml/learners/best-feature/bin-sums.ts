// One column cut into bins, with the sums of the target in each: all that the single best feature needs to know of it.
import { equalCountUppers } from '../../trees/equal-count.ts';
import type { TrainingSet } from '../learner.ts';

/** Bins 0 ... uppers.length - 1 hold values, the one after them the missing values. */
export interface BinSums {
  /** The upper end of each bin, ascending float32, the last Infinity: bin b holds uppers[b - 1] < x <= uppers[b]. */
  readonly uppers: Float32Array;
  /** The weight of the rows in each bin, [bins + 1]. */
  readonly weights: Float64Array;
  /** The weighted sum of each output's target in each bin, [bins + 1, outputs]. */
  readonly sums: Float64Array;
}

/** Cuts are chosen on so many rows at most: more would move them by less than a row in a thousand. */
const SAMPLE_ROWS = 100_000;

/** `rows`: the numbers of the rows that count. `targets` [rows of the set, outputs]. */
export function sumBins(
  { x, columns, weights }: TrainingSet,
  column: number,
  rows: Int32Array,
  targets: Float64Array,
  maxBins: number,
): BinSums {
  const categories = columns[column]?.categories ?? null;
  const valueOf = (row: number): number => x.data[row * x.columns + column] as number;
  const uppers =
    categories === null ? cutsOf(valueOf, rows, maxBins) : uppersOfCodes(Math.max(1, categories));
  const outputs = targets.length / x.rows;
  const bins = uppers.length;
  const held = new Float64Array(bins + 1);
  const sums = new Float64Array((bins + 1) * outputs);
  for (const row of rows) {
    const value = valueOf(row);
    const bin = Number.isNaN(value) ? bins : categories === null ? binOf(uppers, value) : value;
    const weight = weights === null ? 1 : (weights[row] as number);
    held[bin] = (held[bin] as number) + weight;
    for (let k = 0; k < outputs; k++) {
      const at = bin * outputs + k;
      sums[at] = (sums[at] as number) + weight * (targets[row * outputs + k] as number);
    }
  }
  return { uppers, weights: held, sums };
}

/** The bin of a number that is there; by halving. */
export function binOf(uppers: Float32Array, value: number): number {
  let low = 0;
  let high = uppers.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (uppers[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Weights do not move the cuts: a row that counts at all is one row. */
function cutsOf(valueOf: (row: number) => number, rows: Int32Array, maxBins: number): Float32Array {
  const step = Math.ceil(rows.length / SAMPLE_ROWS);
  const values = new Float32Array(Math.ceil(rows.length / step));
  let count = 0;
  for (let i = 0; i < rows.length; i += step) {
    const value = valueOf(rows[i] as number);
    if (!Number.isNaN(value)) values[count++] = value;
  }
  return equalCountUppers(values.subarray(0, count).sort(), maxBins);
}

/** A cut between each two codes. */
const uppersOfCodes = (categories: number): Float32Array =>
  Float32Array.from({ length: categories }, (_, code) =>
    code === categories - 1 ? Infinity : code + 0.5,
  );
