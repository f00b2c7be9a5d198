// An export as Parquet, encoded by a thread of its own that lives as long as the export.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../common/start-thread.ts';
import { VERSION } from '../../common/version.ts';
import { flatten } from '../log/row-columns.ts';
import type { LogPages } from './log-pages.ts';
import type { ParquetOrder, ParquetThreadOptions } from './parquet-thread.ts';

const ENTRY = new URL('./parquet-thread', import.meta.url);
const OPTIONS: ParquetThreadOptions = { createdBy: `foretell ${VERSION}` };

/** `entry`: URL of the thread's module, without extension. Throws what became of a thread that does not answer. */
export async function* toParquet(
  pages: LogPages,
  entry = ENTRY,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new ParquetEncoder(startThread(entry, OPTIONS));
  try {
    for await (const page of pages) {
      const bytes = await encoder.ask({ cells: flatten(page) });
      if (bytes.length > 0) yield bytes;
    }
    yield await encoder.ask(null);
  } finally {
    await encoder.end();
  }
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
