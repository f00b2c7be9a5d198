// Threads that work off the folds of a search. A thread that dies fails the one fold that it was on and is replaced.
import type { Worker } from 'node:worker_threads';
import { sharedCopy } from '../threads/shared-copy.ts';
import { startThread } from '../../src/common/start-thread.ts';
import { scoreFold, type FoldTask, type SearchData } from './fold-task.ts';

export type FoldOutcome = { readonly score: number } | { readonly failure: string };

/** The search was told to stop. */
export class SearchInterrupted extends Error {
  override readonly name = 'SearchInterrupted';
  constructor() {
    super(
      'the search was interrupted; the folds that were done are kept: run the same command again to go on',
    );
  }
}

const shared = <T extends Float32Array | Float64Array | Uint8Array>(values: T): T =>
  values.buffer instanceof SharedArrayBuffer ? values : sharedCopy(values);

export class FoldPool {
  readonly #data: SearchData;
  readonly #size: number;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  /** One thread is the caller's own: nothing is started. `entry`: URL of the thread's module, without extension. */
  constructor(
    data: SearchData,
    threads: number,
    private readonly entry = new URL('./fold-thread', import.meta.url),
  ) {
    this.#size = threads;
    const { x, y, weights } = data.rows;
    this.#data =
      threads === 1
        ? data
        : {
            ...data,
            rows: {
              x: { ...x, data: shared(x.data) },
              y: shared(y),
              weights: weights === null ? null : shared(weights),
            },
          };
  }

  /** Works off all tasks, in any order, and tells each outcome as it comes. Throws SearchInterrupted when `signal` says so, and what `done` throws. */
  async run<Task extends FoldTask>(
    tasks: readonly Task[],
    done: (task: Task, outcome: FoldOutcome) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const waiting = [...tasks];
    const work = async (): Promise<void> => {
      for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
        if (signal?.aborted === true) throw new SearchInterrupted();
        done(task, await this.#outcomeOf(task, signal));
      }
    };
    const threads = Math.min(this.#size, tasks.length);
    try {
      await Promise.all(Array.from({ length: threads }, work));
    } finally {
      waiting.length = 0;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((thread) => thread.terminate()));
  }

  async #outcomeOf(task: FoldTask, signal?: AbortSignal): Promise<FoldOutcome> {
    if (this.#size === 1) return outcomeHere(this.#data, task);
    const thread = this.#idle.pop() ?? this.#start();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        thread.off('message', answered).off('error', broke).off('exit', died);
        signal?.removeEventListener('abort', interrupted);
        finish();
      };
      const answered = (outcome: FoldOutcome): void => {
        settle(() => {
          this.#idle.push(thread);
          resolve(outcome);
        });
      };
      const lost = (why: string): void => {
        settle(() => {
          this.#all.delete(thread);
          resolve({ failure: `its thread died (${why})` });
        });
      };
      const broke = (error: Error): void => {
        lost(error.message);
      };
      const died = (code: number): void => {
        lost(`exit code ${code}`);
      };
      const interrupted = (): void => {
        settle(() => {
          reject(new SearchInterrupted());
        });
      };
      thread.once('message', answered).once('error', broke).once('exit', died);
      signal?.addEventListener('abort', interrupted, { once: true });
      thread.postMessage(task);
    });
  }

  #start(): Worker {
    const thread = startThread(this.entry, this.#data);
    // A thread that dies between two tasks is noticed by the next one; without a listener it would end the process.
    thread.on('error', () => this.#all.delete(thread));
    this.#all.add(thread);
    return thread;
  }
}

async function outcomeHere(data: SearchData, task: FoldTask): Promise<FoldOutcome> {
  try {
    // A turn of the event loop between fits: an interrupt is heard.
    await new Promise((resolve) => setImmediate(resolve));
    return { score: await scoreFold(data, task) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
