// A lease: of all processes on a database one holds it, until it gives it back or has said nothing for its length. Time is the database's, so
// that no two clocks need agree; on SQLite that is the one clock of the machine.
import { randomUUID } from 'node:crypto';
import type { Repository } from 'typeorm';
import type { LeaseRow } from './lease.entity.ts';

/** How long a holder that says nothing keeps it: what a server that was killed delays its successor. */
export const LEASE_MS = 20_000;

/** The clock of an engine in epoch milliseconds, as SQL. */
const NOW = {
  postgres: '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint',
  sqlite: "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
};

export class Lease {
  readonly #holder = randomUUID();
  /** By performance.now(), reckoned from before the database was asked: never longer than the database has it. */
  #heldUntil = -Infinity;

  constructor(
    private readonly rows: Repository<LeaseRow>,
    private readonly name: string,
    private readonly lengthMs = LEASE_MS,
  ) {}

  /** Whether this process may go on. A process that stood still for longer than the lease learns here that it may not. */
  get isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  /** Takes the lease where nobody has it, or renews it; false where another has it. */
  async hold(): Promise<boolean> {
    const until = performance.now() + this.lengthMs;
    const isMine = (await this.#take()) || ((await this.#isFirst()) && (await this.#take()));
    this.#heldUntil = isMine ? until : -Infinity;
    return isMine;
  }

  /** Gives it back, where this process has it. */
  async release(): Promise<void> {
    if (this.#heldUntil === -Infinity) return;
    this.#heldUntil = -Infinity;
    await this.rows.update({ name: this.name, holder: this.#holder }, { heldUntil: 0 });
  }

  /** One statement that compares and sets: of two who try at once the second finds the lease taken. */
  async #take(): Promise<boolean> {
    const now = this.#now;
    const taken = await this.rows
      .createQueryBuilder()
      .update()
      .set({ holder: this.#holder, heldUntil: () => `${now} + ${this.lengthMs}` })
      .where(`name = :name AND (holder = :holder OR held_until <= ${now})`, {
        name: this.name,
        holder: this.#holder,
      })
      .execute();
    return taken.affected === 1;
  }

  /** Makes the row, held by nobody, where nobody ever asked for this lease. */
  async #isFirst(): Promise<boolean> {
    if (await this.rows.existsBy({ name: this.name })) return false;
    const row = { name: this.name, holder: this.#holder, heldUntil: 0 };
    await this.rows.createQueryBuilder().insert().values(row).orIgnore().execute();
    return true;
  }

  get #now(): string {
    return this.rows.manager.dataSource.options.type === 'postgres' ? NOW.postgres : NOW.sqlite;
  }
}
