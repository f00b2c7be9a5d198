// Group commit: rows that arrive while a transaction is being written share the next one. One row alone is written at once; a thousand
// callers wait for two transactions at most, not for a thousand.
import type { LoggedPrediction } from '../logged-prediction.entity.ts';

/** Rows of one transaction at most: its write lock is held for some milliseconds, not longer. */
const BATCH = 1024;

/**
 * Told what became of its rows: called once, by one of the two, and throws nothing. An object rather than a promise: thousands of rows a second
 * wait here.
 */
export interface CommitWaiter {
  stored(): void;
  notStored(error: unknown): void;
}

/** Rows of the same transaction, and who waits for it. */
interface Group<Row> {
  readonly rows: Row[];
  readonly waiters: CommitWaiter[];
}

export class GroupCommit<Row = LoggedPrediction> {
  readonly #groups: Group<Row>[] = [];
  #writing: Promise<void> | null = null;
  #pending = 0;

  /** `write` stores all rows or none, as PredictionWriter does. */
  constructor(
    private readonly writer: { readonly write: (rows: readonly Row[]) => Promise<void> },
  ) {}

  /** Rows that are not stored yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Rows of one call are stored together or not at all. */
  add(rows: readonly Row[], waiter: CommitWaiter): void {
    let group = this.#groups.at(-1);
    if (group === undefined || group.rows.length + rows.length > BATCH) {
      group = { rows: [], waiters: [] };
      this.#groups.push(group);
    }
    for (const row of rows) group.rows.push(row);
    group.waiters.push(waiter);
    this.#pending += rows.length;
    this.#writing ??= this.#work();
  }

  /** The same as a promise. */
  append(rows: readonly Row[]): Promise<void> {
    return new Promise((stored, notStored) => {
      this.add(rows, { stored, notStored });
    });
  }

  /** Resolves when nothing waits any more. */
  async drain(): Promise<void> {
    await this.#writing;
  }

  async #work(): Promise<void> {
    // Once what runs now has ended: the rows of one run of the model belong to the same transaction.
    await Promise.resolve();
    for (let group = this.#groups[0]; group !== undefined; group = this.#groups[0]) {
      this.#groups.shift();
      try {
        await this.writer.write(group.rows);
      } catch (error) {
        this.#pending -= group.rows.length;
        for (const waiter of group.waiters) waiter.notStored(error);
        continue;
      }
      this.#pending -= group.rows.length;
      for (const waiter of group.waiters) waiter.stored();
    }
    this.#writing = null;
  }
}
