// The queue of several servers on one PostgreSQL: pg-boss, in a schema of its own. A message is a job's id and good for one turn; its
// successor is sent in the transaction that completes it, so that every job that is under way has exactly one. That of a server which was
// killed expires and goes to another one. A turn is the job's lease as well: a server that was only slow keeps its job.
import { Logger } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import PgBoss from 'pg-boss';
import type { DataSource, EntityManager } from 'typeorm';
import { messageOf } from '../../common/errors.ts';
import type { Job } from '../job.entity.ts';
import type { JobTable } from '../job-table.ts';
import { JobQueue, type JobTurn } from './job-queue.ts';

export const SCHEMA = 'foretell_queue';
const QUEUE = 'jobs';
/** A turn takes some seconds; one of which nothing was heard for so long goes to somebody else, when the next look finds it. */
const EXPIRE_SECONDS = 15;
const LOOK_SECONDS = 3;
/** Of a job that is held by a server whose message expired. */
const HELD_RETRY_MS = 3000;
const YEAR_DAYS = 365;

interface Message {
  readonly job: string;
}

export class PostgresJobQueue extends JobQueue {
  readonly #logger = new Logger('Jobs');
  readonly #boss: PgBoss;
  #started: Promise<void> | null = null;
  #isFailing = false;

  constructor(
    private readonly table: JobTable,
    private readonly dataSource: DataSource,
  ) {
    super();
    this.#boss = new PgBoss({
      db: { executeSql: (text, values) => poolOf(dataSource).query(text, values) },
      schema: SCHEMA,
      schedule: false,
      // A message may wait for as long as the jobs before it take.
      retentionDays: YEAR_DAYS,
      maintenanceIntervalSeconds: LOOK_SECONDS,
      archiveCompletedAfterSeconds: 60,
      deleteAfterHours: 1,
    });
    // Told once: it asks every few seconds, and goes on by itself when the database is back.
    this.#boss.on('error', (error) => {
      if (!this.#isFailing)
        this.#logger.warn(`The queue of jobs cannot be read: ${messageOf(error)}`);
      this.#isFailing = true;
    });
    this.#boss.on('maintenance', () => {
      this.#isFailing = false;
    });
  }

  async add(job: Job): Promise<void> {
    await this.#start();
    await this.dataSource.transaction(async (manager) => {
      await this.table.insert(job, manager);
      await this.#send(job.id, manager);
    });
  }

  async take(holder: string): Promise<JobTurn | null> {
    await this.#start();
    const [message] = await this.#boss.fetch<Message>(QUEUE);
    if (message === undefined) return null;
    const { id } = message;
    const job = await this.table.claim(message.data.job, holder);
    if (job === null) {
      await this.#giveBack(id, message.data.job);
      return null;
    }
    return {
      job,
      renew: () => this.table.renew(job.id, holder),
      again: async (from = Date.now()) => {
        await this.table.release(job.id, holder, from);
        await this.#succeed(id, job.id, from);
      },
      over: async () => {
        await this.#boss.complete(QUEUE, id);
      },
    };
  }

  async close(): Promise<void> {
    if (this.#started === null) return;
    await this.#started.catch(() => null);
    await this.#boss.stop({ graceful: false, close: false });
  }

  /** Makes the schema where it is missing; tried again by the next call where the database was away. */
  async #start(): Promise<void> {
    this.#started ??= this.#open();
    try {
      await this.#started;
    } catch (error) {
      this.#started = null;
      throw error;
    }
  }

  async #open(): Promise<void> {
    await this.#boss.start();
    await this.#boss.createQueue(QUEUE, {
      name: QUEUE,
      expireInSeconds: EXPIRE_SECONDS,
      // How often a job may fail is counted in its row; a message may expire as often as servers die.
      retryLimit: 1_000_000,
      retryDelay: 0,
    });
  }

  /** A message whose job is over is of no more use; one whose job is held comes again, in case its holder dies. */
  async #giveBack(message: string, id: string): Promise<void> {
    const job = await this.table.find(id);
    const isOpen = job?.state === 'queued' || job?.state === 'running';
    if (isOpen)
      await this.#succeed(message, id, Math.max(job.heldUntil, Date.now()) + HELD_RETRY_MS);
    else await this.#boss.complete(QUEUE, message);
  }

  /** Only of a message that is still this turn's: one that expired has gone to somebody, who has sent or will send the next. */
  async #succeed(message: string, job: string, from?: number): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const db = dbOf(manager);
      // It answers how many; its types do not say so.
      const completing: Promise<unknown> = this.#boss.complete(QUEUE, message, {}, { db });
      const { affected } = (await completing) as { readonly affected: number };
      if (affected === 1) await this.#send(job, manager, from);
    });
  }

  async #send(job: string, manager: EntityManager, from?: number): Promise<void> {
    await this.#boss.send(QUEUE, { job } satisfies Message, {
      db: dbOf(manager),
      ...(from !== undefined && from > Date.now() && { startAfter: new Date(from) }),
    });
  }
}

/** The pool that the server's own statements take: its limits and its listeners hold for the queue, too. */
const poolOf = (dataSource: DataSource): Pool =>
  (dataSource.driver as unknown as { master: Pool }).master;

/** The connection of a transaction. */
const dbOf = ({ queryRunner }: EntityManager): PgBoss.Db => ({
  executeSql: async (text, values) =>
    ((await queryRunner?.connect()) as unknown as PoolClient).query(text, values),
});
