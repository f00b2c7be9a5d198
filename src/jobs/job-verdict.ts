// Whether work on a job that went wrong is tried again, and after how long, or the job has failed.
import { AppError, CATALOGUE, messageOf, type ErrorCode } from '../common/errors.ts';
import type { Job, JobError } from './job.entity.ts';
import type { JobFailure } from './job-thread.ts';
import { ThreadLost } from './job-worker.ts';
import { StorageError } from './storage/job-storage.ts';

/** How often the same part may end its thread, or be refused by ONNX Runtime. */
const MAX_DEATHS = 3;
/** How often it may find its files out of reach: some four minutes, each wait twice the one before. */
const MAX_WAITS = 10;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** What the thread said of an order that it could not carry out. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';

  constructor(readonly failure: JobFailure) {
    super(failure.detail);
  }
}

/** Tried again after a while, or failed for a reason. */
export type Verdict = { readonly waitMs: number } | { readonly error: JobError };

export function verdictOn(error: unknown, { failures }: Pick<Job, 'failures'>): Verdict {
  const tries = failures + 1;
  if (isOutOfReach(error))
    return tries < MAX_WAITS
      ? { waitMs: Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) }
      : givenUp('UNAVAILABLE', error, tries);
  if (isDeath(error))
    return tries < MAX_DEATHS ? { waitMs: FIRST_WAIT_MS } : givenUp('MODEL_ERROR', error, tries);
  return { error: toJobError(codeOf(error) ?? 'INTERNAL', messageOf(error)) };
}

const givenUp = (code: ErrorCode, error: unknown, tries: number): Verdict => ({
  error: toJobError(code, `${messageOf(error).replace(/\.$/, '')}; it was tried ${tries} times.`),
});

const toJobError = (code: ErrorCode, detail: string): JobError => ({
  code,
  title: CATALOGUE[code].title,
  detail,
});

function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof AppError) return error.code;
  return error instanceof PartFailed ? error.failure.code : null;
}

const isOutOfReach = (error: unknown): boolean =>
  error instanceof StorageError ||
  codeOf(error) === 'REGISTRY_UNAVAILABLE' ||
  (error instanceof PartFailed && error.failure.isStorage);

const isDeath = (error: unknown): boolean =>
  error instanceof ThreadLost ||
  codeOf(error) === 'MODEL_ERROR' ||
  (error instanceof PartFailed && error.failure.code === null);
