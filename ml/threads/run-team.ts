// Starts a team of worker threads on one program and gathers what they return; a thread that dies ends the whole team with a clear error.
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../src/common/start-thread.ts';
import { SOLO, TEAM_CELLS, type TeamProgram } from './team.ts';

/** A thread died before it answered. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError';
}

/** What a thread is started with. */
export interface TeamMember {
  /** URL of the module that exports `run`. */
  readonly module: string;
  readonly rank: number;
  readonly size: number;
  readonly cells: Int32Array;
  readonly job: unknown;
}

export type ThreadReport =
  | { readonly result: unknown }
  /** What the program threw; its class does not survive the way between threads, its name does. */
  | { readonly failure: { readonly name: string; readonly message: string } };

/**
 * Runs `program`, exported as `run` by `module` (its import.meta.url), on `size` threads at once; one runs on the caller's thread. Resolves
 * to the results by rank. Rejects with what the program threw first, remade by `revive`, or with ThreadError; the other threads are
 * stopped by then, wherever they are.
 */
export async function runTeam<Job, Result>(
  module: string,
  program: TeamProgram<Job, Result>,
  job: Job,
  size: number,
  revive: (name: string, message: string) => Error,
): Promise<readonly Result[]> {
  if (size === 1) return [program(SOLO, job)];
  const cells = new Int32Array(new SharedArrayBuffer(4 * TEAM_CELLS));
  const threads: Worker[] = [];
  try {
    return await Promise.all(
      Array.from({ length: size }, (_, rank) => {
        const member: TeamMember = { module, rank, size, cells, job };
        const thread = startThread(new URL('./thread', import.meta.url), member);
        threads.push(thread);
        return answerOf<Result>(thread, rank, revive);
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function answerOf<Result>(
  thread: Worker,
  rank: number,
  revive: (name: string, message: string) => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const dead = (why: string, cause?: Error): void => {
      const message = `thread ${rank + 1} died before it had finished (${why}); nothing was kept of its work: run it again`;
      reject(new ThreadError(message, { cause }));
    };
    thread.once('message', (report: ThreadReport) => {
      if ('result' in report) resolve(report.result as Result);
      else reject(revive(report.failure.name, report.failure.message));
    });
    thread.once('error', (error: Error) => {
      dead(error.message, error);
    });
    thread.once('exit', (code) => {
      dead(`exit code ${code}`);
    });
  });
}
