// Writes the prediction log to SQLite through a thread of its own.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../common/start-thread.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionWriter } from './prediction-writer.ts';
import { flatten, type Cell } from './row-columns.ts';
import type { WriteOrder, WriteOutcome, WriterThreadOptions } from './sqlite-writer-thread.ts';

/** SQLite's word for rows that it did not store, or what became of the thread. */
export class LogWriteError extends Error {
  override readonly name = 'LogWriteError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class SqlitePredictionWriter extends PredictionWriter {
  #thread: Worker | null = null;

  /** `entry`: URL of the thread's module, without extension. */
  constructor(
    private readonly options: WriterThreadOptions,
    private readonly entry = new URL('./sqlite-writer-thread', import.meta.url),
  ) {
    super();
  }

  /** One at a time: the next one begins when this one has ended. */
  write(rows: readonly LoggedPrediction[]): Promise<void> {
    return this.writeCells(flatten(rows));
  }

  /** The same for rows that are flat already. */
  writeCells(cells: readonly Cell[]): Promise<void> {
    const thread = (this.#thread ??= this.#start());
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        thread.off('message', answered).off('error', broke).off('exit', died);
        thread.unref();
        finish();
      };
      const answered = (outcome: WriteOutcome): void => {
        settle(() => {
          if (outcome === null) resolve();
          else reject(new LogWriteError(outcome.code, outcome.message));
        });
      };
      // The next write starts another thread; whether this one's transaction was committed is not known, so it counts as not stored.
      const lost = (why: string): void => {
        this.#thread = null;
        settle(() => {
          reject(new LogWriteError('THREAD_DIED', `the thread that writes died (${why})`));
        });
      };
      const broke = (error: Error): void => {
        lost(error.message);
      };
      const died = (code: number): void => {
        lost(`exit code ${code}`);
      };
      thread.on('message', answered).on('error', broke).on('exit', died);
      thread.ref();
      thread.postMessage({ cells } satisfies WriteOrder);
    });
  }

  /** After the last write. The thread is asked, never terminated: SQLite's binding ends the whole process when it is cut off in a call. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    this.#thread = null;
    const ended = once(thread, 'exit');
    thread.ref();
    thread.postMessage(null);
    await ended;
  }

  #start(): Worker {
    const thread = startThread(this.entry, this.options);
    // A thread that dies between two writes is noticed here; without a listener it would end the process.
    const gone = (): void => {
      if (this.#thread === thread) this.#thread = null;
    };
    thread.on('error', gone).on('exit', gone);
    return thread;
  }
}
