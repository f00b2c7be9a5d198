// One turn of work on a job: some parts, each counted into the result as soon as it is stored, then the turn goes to whoever is next.
import { AppError } from '../common/errors.ts';
import { isOutage } from '../common/outage.ts';
import type { Config } from '../config/load-config.ts';
import type { JobInstruments } from '../metrics/instruments.ts';
import { modelFilesOf } from '../prediction/batch/model-files.ts';
import { partFile, partFiles, tidy } from './job-files.ts';
import type { Job } from './job.entity.ts';
import { formatOfAddress } from './job-order.ts';
import type { JobModels } from './job-models.ts';
import type { JobThreadOptions } from './job-scoring.ts';
import type { FinishedPart, JobTable } from './job-table.ts';
import { PartFailed, verdictOn } from './job-verdict.ts';
import { JobWorker } from './job-worker.ts';
import type { JobTurn } from './queue/job-queue.ts';
import type { JobStorage } from './storage/job-storage.ts';
import { parseS3Address } from './storage/s3-address.ts';

/** Others wait no longer than that, and a part. */
const TURN_MS = 5000;
const RENEW_MS = 1000;
/** How often a job may end the whole server at the same place. */
const MAX_CLAIMS = 20;
const NO_MODEL_WAIT_MS = 2000;

export interface JobWorkParts {
  readonly table: JobTable;
  readonly storage: JobStorage;
  readonly models: JobModels;
  readonly instruments: JobInstruments;
  readonly config: Config['jobs'];
  /** URL of the thread's module, without extension; the product's own unless given. */
  readonly thread?: URL;
}

export class JobWork {
  /** Of the job that had the last turn: it goes on where it was if the next turn is that job's. */
  #worker: JobWorker | null = null;
  /** The one under way; null also where it has gone to somebody else, or its job is over. */
  #turn: JobTurn | null = null;
  #isEnded = false;

  constructor(private readonly parts: JobWorkParts) {}

  /** Works for some seconds. Throws what keeps the table from being read or written. */
  async take(turn: JobTurn): Promise<void> {
    this.#turn = turn;
    const renewing = setInterval(() => void this.#renew(turn), RENEW_MS);
    try {
      await this.#work(turn);
    } catch (error) {
      if (isOutage(error)) {
        await this.#drop();
        throw error;
      }
      await this.#settle(turn, error);
    } finally {
      clearInterval(renewing);
      this.#turn = null;
    }
  }

  /** What is under way is dropped; the turn is given back. */
  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#drop();
  }

  async #work(turn: JobTurn): Promise<void> {
    const job = await this.#begun(turn);
    if (job === null) return;
    const until = performance.now() + TURN_MS;
    let now = job;
    while (this.#isWanted() && now.rowsTotal === null) {
      const next = await this.#addPart(now);
      if (next === null) return this.#dropTurn(turn);
      now = next;
      if (performance.now() > until) break;
    }
    if (!this.#isWanted()) return this.#dropTurn(turn);
    if (now.rowsTotal === null) return turn.again();
    if (now.output !== null) await this.#deliver(now);
    if (!this.#isWanted()) return this.#dropTurn(turn);
    await this.#over(turn);
  }

  /** The job with its model; null where there is nothing to be done now. */
  async #begun(turn: JobTurn): Promise<Job | null> {
    const { table, models } = this.parts;
    const { job } = turn;
    if (job.claims > MAX_CLAIMS)
      throw new AppError(
        'INTERNAL',
        `The server that worked on it ended ${MAX_CLAIMS} times in a row after the same ${job.rowsDone} rows.`,
      );
    if (job.state === 'running') return job;
    const model = models.live();
    if (model === null) {
      await turn.again(Date.now() + NO_MODEL_WAIT_MS);
      return null;
    }
    await table.begin(job.id, model);
    return table.find(job.id);
  }

  /** Scores the part that is due and counts it; the job after it, or null where it was not wanted any more. */
  async #addPart(job: Job): Promise<Job | null> {
    const { table, storage, instruments } = this.parts;
    const from = { rows: job.rowsDone, bytes: job.bytesRead, lines: job.linesRead };
    const worker = await this.#workerOf(job);
    const answer = await worker.ask({ kind: 'part', number: job.partsDone, from });
    if ('failure' in answer) {
      if (!this.#isWanted()) return null;
      throw new PartFailed(answer.failure);
    }
    const { part } = answer as { readonly part: FinishedPart };
    if (!(await table.addPart(job, part))) {
      // What cannot be removed now goes with the leftovers at the end.
      await storage.remove(job.id, partFile(job.partsDone, part.suffix)).catch(() => undefined);
      return null;
    }
    const { modelName: model, modelVersion: version } = job;
    instruments.scored(
      { model: model ?? '', version: version ?? '' },
      part.end.rows - from.rows - part.refused,
      part.refused,
    );
    return table.find(job.id);
  }

  async #deliver(job: Job): Promise<void> {
    const worker = await this.#workerOf(job);
    const answer = await worker.ask({ kind: 'deliver', files: partFiles(job) });
    if ('failure' in answer) {
      if (this.#isWanted()) throw new PartFailed(answer.failure);
      return;
    }
    await this.parts.table.deliver(job.id);
  }

  /** What went wrong, told in the job's row. */
  async #settle(turn: JobTurn, error: unknown): Promise<void> {
    const job = await this.parts.table.find(turn.job.id);
    if (!this.#isWanted() || job === null) return this.#dropTurn(turn);
    await this.#drop();
    const verdict = verdictOn(error, job);
    if ('error' in verdict) {
      await this.parts.table.fail(turn.job.id, verdict.error);
      await this.#over(turn);
    } else {
      await this.parts.table.countFailure(turn.job.id);
      await turn.again(Date.now() + verdict.waitMs);
    }
  }

  async #over(turn: JobTurn): Promise<void> {
    await this.#drop();
    await turn.over();
    const ended = await this.parts.table.find(turn.job.id);
    // What stays behind is found by the retention.
    if (ended !== null) await tidy(this.parts.storage, ended).catch(() => undefined);
  }

  /** It may be over, or another one's: the queue knows. */
  async #dropTurn(turn: JobTurn): Promise<void> {
    await this.#drop();
    const { table, storage } = this.parts;
    const job = await table.find(turn.job.id);
    if (job?.state === 'queued' || job?.state === 'running') return turn.again();
    await turn.over();
    if (job !== null) await tidy(storage, job).catch(() => undefined);
    else await storage.remove(turn.job.id).catch(() => undefined);
  }

  #isWanted(): boolean {
    return this.#turn !== null && !this.#isEnded;
  }

  async #renew(turn: JobTurn): Promise<void> {
    // A database that is away says nothing about the turn; what is counted next will show it.
    const isMine = await turn.renew().catch(() => true);
    // The answer may come when the next turn is under way.
    if (isMine || this.#turn !== turn) return;
    this.#turn = null;
    await this.#drop();
  }

  async #drop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.end();
  }

  async #workerOf(job: Job): Promise<JobWorker> {
    if (this.#worker?.isAlive === true && this.#worker.options.job === job.id) return this.#worker;
    await this.#drop();
    const bundle = await this.parts.models.of(job);
    const { storage, s3, partRows } = this.parts.config;
    const options: JobThreadOptions = {
      job: job.id,
      format: job.format,
      input: inputOf(job),
      output: outputOf(job),
      explain: job.explain,
      model: modelFilesOf(bundle),
      features: bundle.features.features,
      partRows,
      storage,
      s3,
    };
    this.#worker = new JobWorker(options, this.parts.thread);
    return this.#worker;
  }
}

function inputOf(job: Job): JobThreadOptions['input'] {
  const { id, input, inputEtag, bytesTotal: bytes } = job;
  const address = input === null ? null : parseS3Address(input);
  return address === null
    ? { kind: 'upload', job: id, bytes }
    : { kind: 's3', ...address, etag: inputEtag ?? '', bytes };
}

function outputOf({ output }: Job): JobThreadOptions['output'] {
  const address = output === null ? null : parseS3Address(output);
  return address === null ? null : { ...address, format: formatOfAddress(address) ?? 'ndjson' };
}
