// Rows of unknown number, kept as float32 row by row while a file is read; grows by doubling, so appending costs O(1) on average.

const FIRST_ROWS = 1024;

export class RowStore {
  private x: Float32Array;
  private y = new Uint8Array(FIRST_ROWS);
  private rows = 0;
  positives = 0;

  constructor(private readonly columns: number) {
    this.x = new Float32Array(FIRST_ROWS * columns);
  }

  /** Appends a row of the given class and returns its cells to fill. */
  next(label: 0 | 1): Float32Array {
    if (this.rows === this.y.length) this.grow();
    this.y[this.rows] = label;
    this.positives += label;
    const start = this.rows++ * this.columns;
    return this.x.subarray(start, start + this.columns);
  }

  /** The rows so far, copied to their exact size. */
  take(): { readonly x: Float32Array; readonly y: Uint8Array } {
    return { x: this.x.slice(0, this.rows * this.columns), y: this.y.slice(0, this.rows) };
  }

  private grow(): void {
    const x = new Float32Array(this.x.length * 2);
    x.set(this.x);
    this.x = x;
    const y = new Uint8Array(this.y.length * 2);
    y.set(this.y);
    this.y = y;
  }
}
