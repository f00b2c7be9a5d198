// A process and all that it started, ended at once as a machine's failure would end them.
import { readFileSync } from 'node:fs';

/** The process and its descendants, parents first. */
export function processTree(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  const pids = children === '' ? [] : children.split(' ').map(Number);
  return [pid, ...pids.flatMap(processTree)];
}

export function killAll(pid: number): void {
  for (const each of processTree(pid)) process.kill(each, 'SIGKILL');
}
