// Jobs as their owners see them: ordered, looked at, cancelled, their results fetched.
import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import type { BatchFormat } from '../prediction/batch/batch-format.ts';
import { writeResults } from '../prediction/batch/write-results.ts';
import { partFiles, tidy } from './job-files.ts';
import { allowedBy, readOrder } from './job-order.ts';
import { JobRunner } from './job-runner.ts';
import { JobTable, type JobPage, type Owner } from './job-table.ts';
import { ENDED, NOTHING_DONE, type Job } from './job.entity.ts';
import { JobQueue } from './queue/job-queue.ts';
import { resultBlocks, resultBytes } from './result-blocks.ts';
import { INPUT, JobStorage, StorageError } from './storage/job-storage.ts';
import { S3Buckets } from './storage/s3-buckets.ts';

const RETRY_AFTER_SECONDS = 5;

/** What is known of a job before its rows are. */
type NewJob = Pick<Job, 'id' | 'format' | 'explain' | 'bytesTotal'> &
  Partial<Pick<Job, 'input' | 'inputEtag' | 'output'>>;

@Injectable()
export class JobsService {
  private readonly config: Config['jobs'];
  private readonly buckets: S3Buckets;

  constructor(
    { jobs }: Config,
    private readonly table: JobTable,
    private readonly storage: JobStorage,
    private readonly queue: JobQueue,
    private readonly runner: JobRunner,
  ) {
    this.config = jobs;
    this.buckets = new S3Buckets(jobs.s3);
  }

  /**
   * A job over the rows of an upload, which is kept whole before the job exists. Throws UNAVAILABLE where it cannot be kept, and what the
   * upload throws; nothing stays behind then.
   */
  async upload(
    caller: Principal,
    upload: {
      readonly format: BatchFormat;
      readonly explain: ExplanationChoice | null;
      readonly bytes: AsyncIterable<Uint8Array>;
    },
  ): Promise<Job> {
    await this.table.expectDatabase();
    const id = randomUUID();
    const { format, explain } = upload;
    try {
      const bytesTotal = await this.storage.write(id, INPUT, upload.bytes);
      return await this.add(caller, { id, format, explain, bytesTotal });
    } catch (error) {
      await this.storage.remove(id).catch(() => undefined);
      throw notKept(error);
    }
  }

  /** A job over an object in S3. Throws INVALID_INPUT, also where the object cannot be read; UNAVAILABLE. */
  async order(caller: Principal, body: object): Promise<Job> {
    const { input, ...order } = readOrder(body, allowedBy(this.config));
    await this.table.expectDatabase();
    const bucket = await this.buckets.of(input.bucket);
    const found = await bucket.head(input.key).catch((error: unknown) => {
      throw notKept(error);
    });
    if (found === null)
      throw new AppError('INVALID_INPUT', 'The input cannot be read.', {
        errors: [
          {
            field: 'input',
            code: 'not_found',
            expected: 'an object that this server may read',
          },
        ],
      });
    return this.add(caller, {
      id: randomUUID(),
      ...order,
      input: input.text,
      inputEtag: found.etag,
      bytesTotal: found.bytes,
    });
  }

  /** Newest first: the caller's, or everybody's for an admin. */
  list(caller: Principal, limit: number, after?: JobPage['next']): Promise<JobPage> {
    return this.table.list(visibleTo(caller), limit, after);
  }

  /** Throws NOT_FOUND, also for a job of somebody else: who may not see it learns nothing of it. */
  async get(caller: Principal, id: string): Promise<Job> {
    const job = await this.table.find(id, visibleTo(caller));
    if (job === null) throw new AppError('NOT_FOUND', 'There is no job with this id.');
    return job;
  }

  /** Cancels a job that is under way; deletes one that is over, with its result. Throws NOT_FOUND. */
  async delete(caller: Principal, id: string): Promise<void> {
    const job = await this.get(caller, id);
    if (!ENDED.includes(job.state) && (await this.table.cancel(id))) {
      // The part in work writes its file to the end of its block, and removes it then.
      await tidy(this.storage, { id, parts: job.parts, state: 'cancelled' }).catch(() => undefined);
      return;
    }
    if (await this.table.deleteEnded(id)) await this.storage.remove(id).catch(() => undefined);
  }

  /** The result from its first row on, as often as it is asked for. Throws NOT_FOUND; CONFLICT while there is none. */
  async result(
    caller: Principal,
    id: string,
    format: BatchFormat,
  ): Promise<AsyncGenerator<Uint8Array, void, undefined>> {
    const job = await this.get(caller, id);
    if (job.state !== 'done')
      throw new AppError('CONFLICT', NO_RESULT[job.state], { members: { state: job.state } });
    const bytes = resultBytes(this.storage, id, partFiles(job));
    return format === 'ndjson' ? bytes : writeResults(format, resultBlocks(bytes));
  }

  private async add(caller: Principal, job: NewJob): Promise<Job> {
    const now = Date.now();
    const row: Job = {
      ...NOTHING_DONE,
      ...job,
      createdAt: now,
      heldUntil: now,
      userId: caller.userId,
    };
    await this.queue.add(row);
    this.runner.wake();
    return row;
  }
}

const NO_RESULT: Readonly<Record<Exclude<Job['state'], 'done'>, string>> = {
  queued: 'The job has not begun; its result comes when it is done.',
  running: 'The job is not done yet; its result comes when it is.',
  failed: 'The job failed and has no result; its error says why.',
  cancelled: 'The job was cancelled and has no result.',
};

const visibleTo = ({ userId, scopes }: Principal): Owner =>
  scopes.includes('admin') ? {} : { userId };

/** What files cannot be kept in now is an outage of ours. */
const notKept = (error: unknown): unknown =>
  error instanceof StorageError
    ? new AppError('UNAVAILABLE', error.message, {
        cause: error,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      })
    : error;
