// Group commit: rows that arrive while a transaction is being written share the next one. One row alone is written at once; a thousand
// callers wait for two transactions at most, not for a thousand.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LoggedPrediction } from '../logged-prediction.entity.ts';
import type { PredictionWriter } from './prediction-writer.ts';

/** Rows of one transaction at most: its write lock is held for some milliseconds, not longer. */
const BATCH = 1024;

/** Rows that wait for the same transaction, and what they wait for. */
class Group {
  readonly rows: LoggedPrediction[] = [];
  readonly committed: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.committed = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // A caller that has gone must not make a rejection unhandled.
    this.committed.catch(() => {});
  }
}

export class GroupCommit {
  readonly #groups: Group[] = [];
  #writing: Promise<void> | null = null;
  #pending = 0;

  constructor(private readonly writer: PredictionWriter) {}

  /** Rows that are not stored yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves once the rows are stored, rejects where they are not; rows of one call are stored together or not at all. */
  append(rows: readonly LoggedPrediction[]): Promise<void> {
    let group = this.#groups.at(-1);
    if (group === undefined || group.rows.length + rows.length > BATCH) {
      group = new Group();
      this.#groups.push(group);
    }
    for (const row of rows) group.rows.push(row);
    this.#pending += rows.length;
    this.#writing ??= this.#work();
    return group.committed;
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.#writing;
  }

  async #work(): Promise<void> {
    // The end of this turn of the event loop: whatever else is answered in it belongs to the same transaction.
    await nextTurn();
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      this.#groups.shift();
      try {
        await this.writer.write(group.rows);
        this.#pending -= group.rows.length;
        group.resolve();
      } catch (error) {
        this.#pending -= group.rows.length;
        group.reject(error);
      }
    }
    this.#writing = null;
  }
}
