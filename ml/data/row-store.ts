// Rows of unknown number, kept as float32 row by row while a file is read.

const FIRST_ROWS = 1024;
/** Room is made in large steps; pages that no row has touched take no memory, so that room to spare costs nothing. */
const GROWTH = 1.5;

export class RowStore {
  private x: Float32Array;
  private y = new Uint8Array(FIRST_ROWS);
  private weights: Float64Array | null;
  rows = 0;
  positives = 0;

  constructor(
    private readonly columns: number,
    weighted = false,
  ) {
    this.x = new Float32Array(FIRST_ROWS * columns);
    this.weights = weighted ? new Float64Array(FIRST_ROWS) : null;
  }

  /** Makes room before the first row, so that nothing is copied later where the estimate is good. */
  expect(rows: number): void {
    if (rows > this.y.length) this.resize(rows);
  }

  /** Appends a row of the given class and, where rows are weighted, weight; returns its cells to fill. */
  next(label: 0 | 1, weight = 1): Float32Array {
    if (this.rows === this.y.length) this.resize(Math.ceil(this.rows * GROWTH));
    this.y[this.rows] = label;
    if (this.weights !== null) this.weights[this.rows] = weight;
    this.positives += label;
    const start = this.rows++ * this.columns;
    return this.x.subarray(start, start + this.columns);
  }

  /** Takes the last row back. */
  drop(): void {
    this.rows -= 1;
    this.positives -= this.y[this.rows] as number;
  }

  /** The rows so far: views of the room that was made. */
  take(): {
    readonly x: Float32Array;
    readonly y: Uint8Array;
    readonly weights: Float64Array | null;
  } {
    return {
      x: this.x.subarray(0, this.rows * this.columns),
      y: this.y.subarray(0, this.rows),
      weights: this.weights?.subarray(0, this.rows) ?? null,
    };
  }

  private resize(rows: number): void {
    const { x, y, weights } = this.take();
    this.x = new Float32Array(rows * this.columns);
    this.x.set(x);
    this.y = new Uint8Array(rows);
    this.y.set(y);
    if (weights === null) return;
    this.weights = new Float64Array(rows);
    this.weights.set(weights);
  }
}
