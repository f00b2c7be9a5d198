// The queue of one machine: the table of jobs itself. Whoever claims a row has the turn; a lease that is not renewed for ten seconds ends it.
import type { Job } from '../job.entity.ts';
import type { JobTable } from '../job-table.ts';
import { JobQueue, type JobTurn } from './job-queue.ts';

export class SqliteJobQueue extends JobQueue {
  constructor(private readonly table: JobTable) {
    super();
  }

  add(job: Job): Promise<void> {
    return this.table.insert(job);
  }

  async take(holder: string): Promise<JobTurn | null> {
    const id = await this.table.due();
    const job = id === null ? null : await this.table.claim(id, holder);
    if (job === null) return null;
    return {
      job,
      renew: () => this.table.renew(job.id, holder),
      again: (from = Date.now()) => this.table.release(job.id, holder, from),
      over: () => Promise.resolve(),
    };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
