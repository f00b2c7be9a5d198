// Writes the prediction log to SQLite through a thread of its own.
import type { Worker } from 'node:worker_threads';
import { endThread, startThread } from '../../common/start-thread.ts';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import { PredictionWriter } from './prediction-writer.ts';
import { flatten, LOG_COLUMNS, type Cell } from './row-columns.ts';
import type { WriteOutcome, WriterOrder, WriterThreadOptions } from './sqlite-writer-thread.ts';
import { WalCheckpoints } from './wal-checkpoints.ts';

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
  readonly #checkpoints: WalCheckpoints;

  /** `entry`: URL of the thread's module, without extension. */
  constructor(
    private readonly options: WriterThreadOptions,
    private readonly entry = new URL('./sqlite-writer-thread', import.meta.url),
  ) {
    super();
    this.#checkpoints = new WalCheckpoints(options.path, () => {
      this.#thread?.postMessage('checkpoint' satisfies WriterOrder);
    });
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
          if (outcome === null) {
            this.#checkpoints.committed(cells.length / LOG_COLUMNS.length);
            resolve();
          } else reject(new LogWriteError(outcome.code, outcome.message));
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
      thread.postMessage({ cells } satisfies WriterOrder);
    });
  }

  /** After the last write. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    if (thread !== null) await endThread(thread);
    await this.#checkpoints.close();
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
