// The thread that works on a job, as the server sees it: one order at a time, and an answer or its death.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../common/start-thread.ts';
import type { JobThreadOptions } from './job-scoring.ts';
import type { JobAnswer, JobOrder } from './job-thread.ts';

/** A run of the model on some rows takes milliseconds; a thread that does not end meanwhile is cut off. */
const PATIENCE_MS = 3000;

export const THREAD_ENTRY = new URL('./job-thread', import.meta.url);

/** What became of a thread that does not answer. */
export class ThreadLost extends Error {
  override readonly name = 'ThreadLost';
}

export class JobWorker {
  readonly #thread: Worker;
  #answered: ((answer: JobAnswer) => void) | null = null;
  #lost: ((why: ThreadLost) => void) | null = null;
  #end: ThreadLost | null = null;

  /** `entry`: URL of the thread's module, without extension. */
  constructor(
    readonly options: JobThreadOptions,
    entry: URL = THREAD_ENTRY,
  ) {
    this.#thread = startThread(entry, options);
    // Listens between two orders as well: a thread that fails with nobody listening would end the process.
    this.#thread
      .on('message', (answer: JobAnswer) => this.#answered?.(answer))
      .on('error', (error: Error) => {
        this.#lose(error.message);
      })
      .on('exit', (code) => {
        this.#lose(`exit code ${code}`);
      });
    this.#thread.unref();
  }

  get isAlive(): boolean {
    return this.#end === null;
  }

  /** One at a time. Throws ThreadLost. */
  ask(order: Exclude<JobOrder, { kind: 'end' }>): Promise<JobAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) {
        reject(this.#end);
        return;
      }
      this.#answered = resolve;
      this.#lost = reject;
      this.#thread.postMessage(order);
    });
  }

  /** Drops what is under way. ONNX Runtime is not to be cut off in a call: the thread is asked first. */
  async end(): Promise<void> {
    if (this.#end !== null) return;
    const ended = once(this.#thread, 'exit');
    this.#thread.postMessage({ kind: 'end' } satisfies JobOrder);
    const patience = new AbortController();
    const late = sleep(PATIENCE_MS, 'late', { signal: patience.signal }).catch(() => null);
    if ((await Promise.race([ended, late])) === 'late') await this.#thread.terminate();
    patience.abort();
  }

  #lose(why: string): void {
    this.#end ??= new ThreadLost(`the thread that works on jobs ended (${why})`);
    this.#lost?.(this.#end);
  }
}
