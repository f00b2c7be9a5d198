// What every method answers a block of rows: contributions of the design's columns, before raw features share them.

export interface ColumnContributions {
  /** The margin of the background. */
  readonly base: number;
  /**
   * Adds the contributions of `rows` rows (at most BLOCK) of `design` from row `from` on to `sums` [rows, design columns], zeros before, and
   * writes their margins into `margins` at their own places.
   */
  explainInto(
    design: Float32Array | Float64Array,
    from: number,
    rows: number,
    sums: Float64Array,
    margins: Float64Array,
  ): void;
}

/** Rows that are explained together: their values, masks and sums stay in the cache while a leaf's table is looked up. */
export const BLOCK = 128;
