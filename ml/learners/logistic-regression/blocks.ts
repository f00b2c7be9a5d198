// The loops over a block of rows that the time of a fit goes to: scores, gradients and cross products. Blocks are small enough that the rows
// stay in the first-level cache between one loop and the next.

/** Rows of a block. */
export const BLOCK = 128;
/** Columns of a tile: 3 x 3 sums and their 6 factors are as many numbers as fit into the 16 registers. */
export const TILE = 3;

type Values = Float32Array | Float64Array;

/** Where a block lies: rows from ... from + rows - 1 of x [., columns]. */
export interface Block {
  readonly x: Values;
  readonly columns: number;
  readonly from: number;
  readonly rows: number;
}

/** scores[to + i] = row i times the weights at `at` ... plus the intercept behind them. Each row is summed in the order of its columns. */
export function scoreInto(
  { x, columns, from, rows }: Block,
  weights: Float64Array,
  at: number,
  scores: Float64Array,
  to: number,
): void {
  const intercept = weights[at + columns] as number;
  let i = 0;
  // Four rows side by side: one load of a weight for four products, and four sums that need not wait for each other.
  for (; i + 3 < rows; i += 4) {
    let z0 = intercept;
    let z1 = intercept;
    let z2 = intercept;
    let z3 = intercept;
    const r0 = (from + i) * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    for (let j = 0; j < columns; j++) {
      const w = weights[at + j] as number;
      z0 += w * (x[r0 + j] as number);
      z1 += w * (x[r1 + j] as number);
      z2 += w * (x[r2 + j] as number);
      z3 += w * (x[r3 + j] as number);
    }
    scores[to + i] = z0;
    scores[to + i + 1] = z1;
    scores[to + i + 2] = z2;
    scores[to + i + 3] = z3;
  }
  for (; i < rows; i++) {
    let z = intercept;
    const r = (from + i) * columns;
    for (let j = 0; j < columns; j++) z += (weights[at + j] as number) * (x[r + j] as number);
    scores[to + i] = z;
  }
}

/** Adds the rows, each times its factor[at + i], to sums[to + column]; the factors themselves to the place of the intercept. */
export function addRows(
  { x, columns, from, rows }: Block,
  factor: Float64Array,
  at: number,
  sums: Float64Array,
  to: number,
): void {
  let total = 0;
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    const f0 = factor[at + i] as number;
    const f1 = factor[at + i + 1] as number;
    const f2 = factor[at + i + 2] as number;
    const f3 = factor[at + i + 3] as number;
    total += f0 + f1 + (f2 + f3);
    const r0 = (from + i) * columns;
    const r1 = r0 + columns;
    const r2 = r1 + columns;
    const r3 = r2 + columns;
    for (let j = 0; j < columns; j++)
      sums[to + j] =
        (sums[to + j] as number) +
        (f0 * (x[r0 + j] as number) +
          f1 * (x[r1 + j] as number) +
          (f2 * (x[r2 + j] as number) + f3 * (x[r3 + j] as number)));
  }
  for (; i < rows; i++) {
    const f = factor[at + i] as number;
    total += f;
    const r = (from + i) * columns;
    for (let j = 0; j < columns; j++)
      sums[to + j] = (sums[to + j] as number) + f * (x[r + j] as number);
  }
  sums[to + columns] = (sums[to + columns] as number) + total;
}

/** Columns and intercept, filled up to whole tiles. */
export const paddedWidth = (columns: number): number => Math.ceil((columns + 1) / TILE) * TILE;

/**
 * Writes the rows, each times its factor, tile by tile: packed[(tile * BLOCK + row) * TILE + column of the tile], so that the loop of
 * addCrossProducts reads on and on. The column behind the last is the intercept's 1; those behind it are left 0.
 */
export function packTiles(
  { x, columns, from, rows }: Block,
  factor: Float64Array | null,
  at: number,
  packed: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const f = factor === null ? 1 : (factor[at + i] as number);
    const row = (from + i) * columns;
    let to = i * TILE;
    let j = 0;
    for (; j + 2 < columns; j += TILE, to += BLOCK * TILE) {
      packed[to] = f * (x[row + j] as number);
      packed[to + 1] = f * (x[row + j + 1] as number);
      packed[to + 2] = f * (x[row + j + 2] as number);
    }
    for (; j < columns; j++) packed[to++] = f * (x[row + j] as number);
    packed[to] = f;
  }
}

/** scaled = packed, each row times factor[at + i]. */
export function scaleTiles(
  packed: Float64Array,
  rows: number,
  factor: Float64Array,
  at: number,
  scaled: Float64Array,
): void {
  for (let tile = 0; tile < packed.length; tile += BLOCK * TILE)
    for (let i = 0; i < rows; i++) {
      const f = factor[at + i] as number;
      const p = tile + i * TILE;
      scaled[p] = f * (packed[p] as number);
      scaled[p + 1] = f * (packed[p + 1] as number);
      scaled[p + 2] = f * (packed[p + 2] as number);
    }
}

/**
 * Adds left' right of packed tiles to the lower triangle of `sums` [width, width], whole tiles at a time; the product must be symmetric.
 * One multiplication and addition of float64 in 0.43 ns where loops over the rows of x take 0.9.
 */
export function addCrossProducts(
  left: Float64Array,
  right: Float64Array,
  rows: number,
  width: number,
  sums: Float64Array,
): void {
  for (let j = 0; j < width; j += TILE)
    for (let k = 0; k <= j; k += TILE) {
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      let p = j * BLOCK;
      let q = k * BLOCK;
      for (const end = p + rows * TILE; p < end; p += TILE, q += TILE) {
        const a0 = left[p] as number;
        const a1 = left[p + 1] as number;
        const a2 = left[p + 2] as number;
        const b0 = right[q] as number;
        const b1 = right[q + 1] as number;
        const b2 = right[q + 2] as number;
        s00 += a0 * b0;
        s01 += a0 * b1;
        s02 += a0 * b2;
        s10 += a1 * b0;
        s11 += a1 * b1;
        s12 += a1 * b2;
        s20 += a2 * b0;
        s21 += a2 * b1;
        s22 += a2 * b2;
      }
      const first = j * width + k;
      const second = first + width;
      const third = second + width;
      sums[first] = (sums[first] as number) + s00;
      sums[first + 1] = (sums[first + 1] as number) + s01;
      sums[first + 2] = (sums[first + 2] as number) + s02;
      sums[second] = (sums[second] as number) + s10;
      sums[second + 1] = (sums[second + 1] as number) + s11;
      sums[second + 2] = (sums[second + 2] as number) + s12;
      sums[third] = (sums[third] as number) + s20;
      sums[third + 1] = (sums[third + 1] as number) + s21;
      sums[third + 2] = (sums[third + 2] as number) + s22;
    }
}

/**
 * Adds factor[at + i] times the outer product of row i (with its 1 for the intercept) to the lower triangle of `sums` [width, width].
 * Only what is not 0 is looked at: for one-hot columns, where rows hold few numbers. `places` is scratch, [columns + 1].
 */
export function addOuterProducts(
  { x, columns, from, rows }: Block,
  factor: Float64Array,
  at: number,
  width: number,
  sums: Float64Array,
  places: Int32Array,
): void {
  for (let i = 0; i < rows; i++) {
    const row = (from + i) * columns;
    const f = factor[at + i] as number;
    let count = 0;
    for (let j = 0; j < columns; j++) if (x[row + j] !== 0) places[count++] = j;
    for (let a = 0; a < count; a++) {
      const j = places[a] as number;
      const scaled = f * (x[row + j] as number);
      const to = j * width;
      for (let b = 0; b <= a; b++) {
        const k = places[b] as number;
        sums[to + k] = (sums[to + k] as number) + scaled * (x[row + k] as number);
      }
      const last = columns * width + j;
      sums[last] = (sums[last] as number) + scaled;
    }
    const corner = columns * width + columns;
    sums[corner] = (sums[corner] as number) + f;
  }
}
