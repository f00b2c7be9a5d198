// The entry of every thread that runTeam starts: loads the program, joins the team, answers once.
import { parentPort, workerData } from 'node:worker_threads';
import type { TeamMember, ThreadReport } from './run-team.ts';
import { joinTeam, type TeamProgram } from './team.ts';

const { module, rank, size, cells, job } = workerData as TeamMember;

async function answer(): Promise<ThreadReport> {
  try {
    const { run } = (await import(module)) as { run: TeamProgram<unknown, unknown> };
    return { result: run(joinTeam(rank, size, cells), job) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { failure: { name, message } };
  }
}

parentPort?.postMessage(await answer());
