// The thread that works on one job: it reads, has the rows scored, and writes the parts of the result, each when it is asked for. Whatever
// it does comes after what the server has to answer.
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, type ErrorCode } from '../common/errors.ts';
import { JobScoring, Stopped, type JobThreadOptions } from './job-scoring.ts';
import type { FinishedPart } from './job-table.ts';
import { StorageError } from './storage/job-storage.ts';
import type { Position } from '../prediction/batch/row-block.ts';

export type JobOrder =
  | { readonly kind: 'part'; readonly number: number; readonly from: Position }
  | { readonly kind: 'deliver'; readonly files: readonly string[] }
  /** What is under way is dropped, and the thread ends. */
  | { readonly kind: 'end' };

/** Why an order was not carried out; `code` null: none of the catalogue. */
export interface JobFailure {
  readonly code: ErrorCode | null;
  readonly detail: string;
  /** The files cannot be reached now. */
  readonly isStorage: boolean;
}

/** One answer an order but `end`, in their order. */
export type JobAnswer =
  { readonly part: FinishedPart } | { readonly delivered: true } | { readonly failure: JobFailure };

// On Linux this is the thread's own, and that of the threads it starts; elsewhere it would be the whole server's.
if (platform() === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

const scoring = new JobScoring(workerData as JobThreadOptions);

async function answerTo(order: Exclude<JobOrder, { kind: 'end' }>): Promise<JobAnswer> {
  try {
    if (order.kind === 'part') return { part: await scoring.part(order.number, order.from) };
    await scoring.deliver(order.files);
    return { delivered: true };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

function toFailure(error: unknown): JobFailure {
  if (error instanceof AppError)
    return { code: error.code, detail: error.message, isStorage: error.code === 'UNAVAILABLE' };
  if (error instanceof Stopped) return { code: null, detail: 'stopped', isStorage: false };
  return { code: null, detail: messageOf(error), isStorage: error instanceof StorageError };
}

let last: Promise<unknown> = Promise.resolve();

parentPort?.on('message', (order: JobOrder) => {
  if (order.kind === 'end') scoring.stop();
  last = last.then(async () => {
    if (order.kind !== 'end') {
      parentPort?.postMessage(await answerTo(order));
      return;
    }
    await scoring.close();
    parentPort?.close();
  });
});
