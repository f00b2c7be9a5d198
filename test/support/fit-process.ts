// Runs fits in Node processes of their own over the compiled learners: processor time and memory are theirs alone, and neither Jest's
// sandbox nor tsx stands between the code and the machine.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { FitJob, ReportOf } from './fit-job.ts';

const run = promisify(execFile);
const CHILD = 'dist/test/support/fit-child.js';
const TSC = 'node_modules/typescript/bin/tsc';

/** Compiles the child beside the learners, into dist; once, before the first fit. */
export async function buildFitChild(): Promise<void> {
  try {
    await run(process.execPath, [TSC, '-p', 'test/support/fit-child.tsconfig.json']);
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    throw new Error(`the fitting process does not compile:\n${stdout ?? ''}`, { cause: error });
  }
}

/** One process for all jobs, one after the other; answers their reports in that order. Throws with what the process said. */
export async function fitInProcess<Job extends FitJob>(
  jobs: readonly Job[],
): Promise<readonly ReportOf<Job>[]> {
  const child = run(process.execPath, [CHILD, JSON.stringify(jobs)], { maxBuffer: 2 ** 26 });
  const { stdout } = await child.catch((error: unknown) => {
    const { stderr } = error as { readonly stderr?: string };
    throw new Error(`a fit failed:\n${stderr ?? ''}`);
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportOf<Job>);
}
