// The results of a batch while they come: counted, and kept as the bytes that the API sent. The bytes are in the browser's Blob store, which moves
// to disk what is large; of each row the page's memory holds 9 bytes, where it ends and what became of it.
import type { ProblemDetails } from '../../api/problem.ts';
import { CSV_HEADER, csvRecordOf, isRefused, type BatchRow, type FaultLine } from './batch-row.ts';
import { LineSplitter, linesOf } from './line-splitter.ts';

export const ROW_FILTERS = ['all', 'positive', 'refused'] as const;
export type RowFilter = (typeof ROW_FILTERS)[number];

/** What became of a row. */
const KINDS = { negative: 0, positive: 1, refused: 2 } as const;

export const BINS = 20;
/** Bytes that wait for being handed to the Blob store together. */
const PART_BYTES = 1024 ** 2;
const FIRST_ROWS = 1024;

export interface BatchCounts {
  readonly rows: number;
  readonly positive: number;
  readonly refused: number;
  /** Rows by their probability, 0 to 1 in equal steps. */
  readonly histogram: readonly number[];
}

export class BatchResults {
  readonly #splitter = new LineSplitter();
  readonly #positiveLabel: string;
  readonly #parts: Blob[] = [];
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #rows = 0;
  #positive = 0;
  #refused = 0;
  readonly #histogram = new Array<number>(BINS).fill(0);
  #ends = new Float64Array(FIRST_ROWS);
  #kinds = new Uint8Array(FIRST_ROWS);
  #fault: ProblemDetails | null = null;

  constructor(positiveLabel: string) {
    this.#positiveLabel = positiveLabel;
  }

  /** The next piece of the API's NDJSON, cut anywhere. */
  push(piece: Uint8Array): void {
    const whole = this.#splitter.push(piece);
    let kept = 0;
    for (const { text, end } of linesOf(whole)) {
      const line = JSON.parse(text) as BatchRow | FaultLine;
      if ('error' in line) {
        this.#fault = line.error;
        break;
      }
      this.#count(line, this.#bytes + end);
      kept = end;
    }
    if (kept > 0) this.#keep(whole.slice(0, kept));
  }

  /** The answer has ended. False where it was cut off: whole answers end with a line feed. */
  get isWhole(): boolean {
    return this.#splitter.rest.length === 0;
  }

  /** Why the batch ended before its rows did; null where it did not. */
  get fault(): ProblemDetails | null {
    return this.#fault;
  }

  counts(): BatchCounts {
    return {
      rows: this.#rows,
      positive: this.#positive,
      refused: this.#refused,
      histogram: [...this.#histogram],
    };
  }

  /** Rows that a filter leaves. */
  matching(filter: RowFilter): number {
    return { all: this.#rows, positive: this.#positive, refused: this.#refused }[filter];
  }

  /** `count` rows from the `first` on, of those that the filter leaves, in the order of the upload. */
  async page(filter: RowFilter, first: number, count: number): Promise<readonly BatchRow[]> {
    const all = this.ndjson();
    return Promise.all(
      this.#places(filter, first, count).map(async (row) => {
        const text = await all.slice(this.#ends[row - 1] ?? 0, this.#ends[row]).text();
        return JSON.parse(text) as BatchRow;
      }),
    );
  }

  /** The rows as the API sent them. */
  ndjson(): Blob {
    return new Blob([...this.#parts, ...this.#waiting], { type: 'application/x-ndjson' });
  }

  /** The rows as the API answers them as CSV. Made part by part: the page goes on meanwhile. */
  async csv(): Promise<Blob> {
    const parts: Blob[] = [new Blob([CSV_HEADER])];
    const splitter = new LineSplitter();
    const all = this.ndjson();
    for (let start = 0; start < all.size; start += PART_BYTES) {
      const piece = new Uint8Array(await all.slice(start, start + PART_BYTES).arrayBuffer());
      const records = Array.from(linesOf(splitter.push(piece)), ({ text }) =>
        csvRecordOf(JSON.parse(text) as BatchRow),
      );
      parts.push(new Blob(records));
      await new Promise((resolve) => setTimeout(resolve));
    }
    return new Blob(parts, { type: 'text/csv' });
  }

  #count(row: BatchRow, end: number): void {
    if (this.#rows === this.#ends.length) this.#grow();
    const kind = this.#kindOf(row);
    this.#ends[this.#rows] = end;
    this.#kinds[this.#rows] = kind;
    this.#rows += 1;
    if (kind === KINDS.refused) this.#refused += 1;
    if (kind === KINDS.positive) this.#positive += 1;
    if (isRefused(row)) return;
    const bin = Math.min(BINS - 1, Math.floor(row.probability * BINS));
    this.#histogram[bin] = (this.#histogram[bin] ?? 0) + 1;
  }

  #kindOf(row: BatchRow): number {
    if (isRefused(row)) return KINDS.refused;
    return row.label === this.#positiveLabel ? KINDS.positive : KINDS.negative;
  }

  #places(filter: RowFilter, first: number, count: number): readonly number[] {
    const places: number[] = [];
    if (filter === 'all') {
      for (let row = first; row < Math.min(this.#rows, first + count); row += 1) places.push(row);
      return places;
    }
    let passed = 0;
    for (let row = 0; row < this.#rows && places.length < count; row += 1) {
      if (this.#kinds[row] !== KINDS[filter]) continue;
      passed += 1;
      if (passed > first) places.push(row);
    }
    return places;
  }

  #keep(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#waitingBytes < PART_BYTES) return;
    this.#parts.push(new Blob(this.#waiting));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #grow(): void {
    const ends = new Float64Array(this.#ends.length * 2);
    ends.set(this.#ends);
    const kinds = new Uint8Array(ends.length);
    kinds.set(this.#kinds);
    this.#ends = ends;
    this.#kinds = kinds;
  }
}
