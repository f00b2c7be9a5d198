// PORT: which job is worked on next, and by whom. Adapters: sqlite-job-queue.ts (the table itself), postgres-job-queue.ts (pg-boss).
// A job is worked on in turns of some seconds: one that waits behind a long one waits no longer than that, and a server that dies loses
// one turn. The abstract class is the type, the injection token and the documentation; test/contract runs one suite over both.
import type { Job } from '../job.entity.ts';

/** Some seconds of work on a job, which nobody else has meanwhile. */
export interface JobTurn {
  readonly job: Job;
  /** Every second or so, or the turn goes to somebody else. False: it has gone, or the job is over. */
  renew(): Promise<boolean>;
  /** The job has more work, from an instant on (epoch milliseconds; now unless said). */
  again(from?: number): Promise<void>;
  /** The job needs no more turns. */
  over(): Promise<void>;
}

export abstract class JobQueue {
  /** Stores a job and puts it in the queue: both or neither. */
  abstract add(job: Job): Promise<void>;

  /** A turn for the process of that name; null where there is nothing to do now. */
  abstract take(holder: string): Promise<JobTurn | null>;

  /** Ends what the queue keeps running. */
  abstract close(): Promise<void>;
}
