// Rows of unknown number, kept as float32 row by row while a file is read; grows by doubling, so appending costs O(1) on average.

const FIRST_ROWS = 1024;

export class RowStore {
  private x: Float32Array;
  private y = new Uint8Array(FIRST_ROWS);
  private weights: Float64Array | null;
  private rows = 0;
  positives = 0;

  constructor(
    private readonly columns: number,
    weighted = false,
  ) {
    this.x = new Float32Array(FIRST_ROWS * columns);
    this.weights = weighted ? new Float64Array(FIRST_ROWS) : null;
  }

  /** Appends a row of the given class and, where rows are weighted, weight; returns its cells to fill. */
  next(label: 0 | 1, weight = 1): Float32Array {
    if (this.rows === this.y.length) this.grow();
    this.y[this.rows] = label;
    if (this.weights !== null) this.weights[this.rows] = weight;
    this.positives += label;
    const start = this.rows++ * this.columns;
    return this.x.subarray(start, start + this.columns);
  }

  /** The rows so far, copied to their exact size. */
  take(): {
    readonly x: Float32Array;
    readonly y: Uint8Array;
    readonly weights: Float64Array | null;
  } {
    return {
      x: this.x.slice(0, this.rows * this.columns),
      y: this.y.slice(0, this.rows),
      weights: this.weights?.slice(0, this.rows) ?? null,
    };
  }

  private grow(): void {
    const x = new Float32Array(this.x.length * 2);
    x.set(this.x);
    this.x = x;
    const y = new Uint8Array(this.y.length * 2);
    y.set(this.y);
    this.y = y;
    if (this.weights === null) return;
    const weights = new Float64Array(this.weights.length * 2);
    weights.set(this.weights);
    this.weights = weights;
  }
}
