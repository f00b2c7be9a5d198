// Reads the values of one column and writes their bins, wherever the caller's layout wants them.
import type { Matrix } from '../numeric/matrix.ts';
import { MISSING_BIN, type BinnedColumn } from './binning.ts';

/** Where the bin of row r goes: out[offset + (r - from) * stride]. */
export interface BinTarget {
  readonly out: Uint8Array;
  readonly offset: number;
  readonly stride: number;
}

/** A column's look-up table, built once and used for any number of stretches of rows. */
export class ColumnBinner {
  readonly #write: (x: Matrix, column: number, target: BinTarget, from: number, to: number) => void;

  constructor(binned: BinnedColumn) {
    const { uppers, codes } = binned;
    if (uppers !== null) {
      const starts = startsOf(uppers);
      const padded = new Float32Array(MISSING_BIN + 2).fill(Infinity);
      padded.set(uppers);
      this.#write = (x, column, target, from, to) => {
        binNumbers(x, column, starts, padded, target, from, to);
      };
    } else {
      const table = binsOfCodes(codes ?? []);
      this.#write = (x, column, target, from, to) => {
        binCodes(x, column, table, target, from, to);
      };
    }
  }

  /** Writes the bins of rows [from, to) of a column of x (float32 values). */
  into(x: Matrix, column: number, target: BinTarget, from: number, to: number): void {
    this.#write(x, column, target, from, to);
  }
}

/** Bits of a float32 that the table does not look at: 2^(32 - 16) entries keep seven bits of the mantissa. */
const COARSE = 16;
const KEYS = 2 ** (32 - COARSE);

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** By the upper bits of a float32, the bin of the least value that has them; the few bins that follow are stepped over one by one. */
function startsOf(uppers: Float32Array): Uint8Array {
  const starts = new Uint8Array(KEYS);
  let next = 0;
  uppers.forEach((upper, bin) => {
    // Of the keys up to an upper end's own, each has a value that is not above it.
    const end = bin + 1 < uppers.length ? placeOf(upper) + 1 : KEYS;
    if (end > next) fillPlaces(starts, next, end, bin);
    next = Math.max(next, end);
  });
  return starts;
}

/** Where the upper bits of a value stand among all in the order of the values: negative numbers ascend as their keys descend. */
function placeOf(value: number): number {
  // -0 is as large as 0, and has its place.
  float[0] = value === 0 ? 0 : value;
  const key = (bits[0] as number) >>> COARSE;
  return key < KEYS / 2 ? KEYS / 2 + key : KEYS - 1 - key;
}

/** Fills the keys of places [from, to). */
function fillPlaces(starts: Uint8Array, from: number, to: number, bin: number): void {
  const half = KEYS / 2;
  if (from < half) starts.fill(bin, KEYS - Math.min(to, half), KEYS - from);
  if (to > half) starts.fill(bin, Math.max(from, half) - half, to - half);
}

function binNumbers(
  x: Matrix,
  column: number,
  starts: Uint8Array,
  uppers: Float32Array,
  { out, offset, stride }: BinTarget,
  from: number,
  to: number,
): void {
  const { data, columns } = x;
  let at = offset;
  for (let i = from * columns + column, end = to * columns; i < end; i += columns, at += stride) {
    const value = data[i] as number;
    float[0] = value;
    let bin = starts[(bits[0] as number) >>> COARSE] as number;
    // Most keys hold one cut at most: one step without a branch, then a loop that is seldom entered.
    bin += Number((uppers[bin] as number) < value);
    while ((uppers[bin] as number) < value) bin++;
    out[at] = value === value ? bin : MISSING_BIN;
  }
}

function binsOfCodes(codes: readonly Int32Array[]): Uint8Array {
  const count = codes.reduce((sum, { length }) => sum + length, 0);
  const table = new Uint8Array(count).fill(MISSING_BIN);
  codes.forEach((members, bin) => {
    for (const code of members) table[code] = bin;
  });
  return table;
}

function binCodes(
  { data, columns }: Matrix,
  column: number,
  table: Uint8Array,
  { out, offset, stride }: BinTarget,
  from: number,
  to: number,
): void {
  let at = offset;
  for (let i = from * columns + column, end = to * columns; i < end; i += columns, at += stride)
    out[at] = table[data[i] as number] ?? MISSING_BIN;
}
