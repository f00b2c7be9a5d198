// Rows as Parquet, encoded by a thread of its own for as long as the file is written. One thread that is done waits for the next file: to
// start another takes as long as to encode 20,000 rows.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../common/start-thread.ts';
import { VERSION } from '../../common/version.ts';
import type { ColumnKind } from './export-columns.ts';
import type { ParquetOrder, ParquetThreadOptions } from './parquet-thread.ts';

/** `float`: a float32. */
export type ParquetKind = ColumnKind | 'float';
export type ParquetCell = string | number | null;

/** Some hundred rows, column by column in the order of the table's. Numbers and choices cross to a thread as bytes, each cell of a list by itself: 0.2 us. */
export interface ParquetRows {
  readonly count: number;
  readonly columns: readonly ParquetCells[];
}

/** null: all are missing. */
export type ParquetCells = readonly ParquetCell[] | Float32Array | Float64Array | Choices | null;

/** Each cell is one of a few texts. */
export interface Choices {
  readonly texts: readonly string[];
  /** The number of its text, by row. */
  readonly chosen: Uint8Array;
}

export interface ParquetColumn {
  readonly name: string;
  readonly kind: ParquetKind;
  readonly nullable: boolean;
}

export interface ParquetTable {
  readonly name: string;
  readonly columns: readonly ParquetColumn[];
  /** Of the first groups, where a file is mostly short and somebody waits for its end; absent: as of the others. */
  readonly firstGroupRows?: number;
}

const ENTRY = new URL('./parquet-thread', import.meta.url);
const OPTIONS: ParquetThreadOptions = { createdBy: `foretell ${VERSION}` };
const IDLE_MS = 60_000;

/** `entry`: URL of the thread's module, without extension. Throws what became of a thread that does not answer. */
export async function* encodeParquet(
  table: ParquetTable,
  rows: AsyncIterable<ParquetRows>,
  entry = ENTRY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = takeIdle(entry) ?? new ParquetEncoder(startThread(entry, OPTIONS));
  let isWhole = false;
  try {
    await encoder.ask({ table });
    for await (const some of rows) {
      const bytes = await encoder.ask({ rows: some });
      if (bytes.length > 0) yield bytes;
    }
    const last = await encoder.ask(null);
    isWhole = true;
    yield last;
  } finally {
    if (isWhole && entry === ENTRY) keepIdle(encoder);
    else await encoder.end();
  }
}

/** The one that waits, and when it ends. */
let idle: { readonly encoder: ParquetEncoder; readonly timer: NodeJS.Timeout } | null = null;

function takeIdle(entry: URL): ParquetEncoder | null {
  if (idle === null || entry !== ENTRY) return null;
  const { encoder, timer } = idle;
  clearTimeout(timer);
  idle = null;
  encoder.hold();
  return encoder.isAlive ? encoder : null;
}

function keepIdle(encoder: ParquetEncoder): void {
  const end = (): void => void encoder.end();
  if (idle !== null) {
    end();
    return;
  }
  encoder.letGo();
  const timer = setTimeout(() => {
    idle = null;
    end();
  }, IDLE_MS).unref();
  idle = { encoder, timer };
}

class ParquetEncoder {
  private failure: Error | null = null;
  private answer: ((bytes: Uint8Array) => void) | null = null;
  private refuse: ((why: Error) => void) | null = null;

  constructor(private readonly thread: Worker) {
    // Listens between two orders as well: a thread that fails with nobody listening would end the process.
    thread
      .on('message', (bytes: Uint8Array) => this.answer?.(bytes))
      .on('error', (error: Error) => {
        this.fail(error);
      })
      .on('exit', (code) => {
        this.fail(new Error(`the thread that writes Parquet ended (exit code ${code})`));
      });
  }

  get isAlive(): boolean {
    return this.failure === null;
  }

  /** The process waits for it. */
  hold(): void {
    this.thread.ref();
  }

  /** The process may end before it. */
  letGo(): void {
    this.thread.unref();
  }

  /** One at a time. */
  ask(order: ParquetOrder): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) {
        reject(this.failure);
        return;
      }
      this.answer = resolve;
      this.refuse = reject;
      this.thread.postMessage(order);
    });
  }

  /** It holds no file and no database, so it may be cut off anywhere. */
  async end(): Promise<void> {
    await this.thread.terminate();
  }

  private fail(error: Error): void {
    this.failure ??= error;
    this.refuse?.(this.failure);
  }
}
