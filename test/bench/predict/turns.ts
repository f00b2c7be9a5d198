// Servers that have one core in turns. All of them are up; whichever does not have its turn is stopped by a signal and takes no time. So what changes
// on a shared machine within a minute changes for all of them.
import type { StartedServer } from '../../support/started-server.ts';

/** Lets a stopped server run for as long as the work takes. Everything that it was asked must be answered by then. */
export async function inTurn<T>({ pid }: StartedServer, work: () => Promise<T>): Promise<T> {
  process.kill(pid, 'SIGCONT');
  try {
    return await work();
  } finally {
    process.kill(pid, 'SIGSTOP');
  }
}

export async function endStopped(servers: Iterable<StartedServer>): Promise<void> {
  for (const server of servers) {
    process.kill(server.pid, 'SIGCONT');
    await server.stop();
  }
}
