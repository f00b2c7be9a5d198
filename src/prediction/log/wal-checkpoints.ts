// When SQLite's write-ahead log is copied into its database file. A checkpoint waits for the disk, and whoever wants a row stored would wait with it
// (p99 of 64 callers 11 to 13 ms instead of 8 to 9). So a thread beside the writer does most of it. The writer then finishes between two
// transactions, which takes 2 ms instead of 6: only where nobody writes meanwhile is all of it copied, and the log written from its beginning again.
import type { Worker } from 'node:worker_threads';
import { endThread, startThread } from '../../common/start-thread.ts';

/** Pages written between two checkpoints. */
const EVERY_PAGES = 2000;
/** What a transaction writes, at most: ends of the table and its indexes, its block and roll-ups, and less than a page for each row. */
const PAGES_A_TRANSACTION = 8;

/** With so many pages (16 MB) in the log the writer does all of it: the thread has died, or is too slow. */
export const PAGES_AT_MOST = 4000;

export class WalCheckpoints {
  #thread: Worker | null = null;
  #pages = 0;
  #underWay = false;

  /** `path`: the database file. `finish` is called when little is left to copy: the writer does that. */
  constructor(
    private readonly path: string,
    private readonly finish: () => void,
  ) {}

  /** A transaction with that many rows was committed. */
  committed(rows: number): void {
    this.#pages += PAGES_A_TRANSACTION + rows;
    if (this.#underWay || this.#pages < EVERY_PAGES) return;
    this.#pages = 0;
    this.#underWay = true;
    this.#thread ??= this.#start();
    this.#thread.postMessage('checkpoint');
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    if (thread !== null) await endThread(thread);
  }

  #start(): Worker {
    const thread = startThread(new URL('./wal-checkpoint-thread', import.meta.url), this.path);
    const gone = (): void => {
      this.#underWay = false;
      if (this.#thread === thread) this.#thread = null;
    };
    thread.on('error', gone).on('exit', gone);
    thread.on('message', () => {
      this.#underWay = false;
      this.finish();
    });
    thread.unref();
    return thread;
  }
}
