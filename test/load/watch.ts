// Looks at the server's process while it is under load. Linux only: memory and descriptors are read from /proc.
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { residentOf } from '../bench/predict/stage.ts';
import type { StartedServer } from '../support/started-server.ts';
import type { ProcessSample } from './record.ts';

/** p99 of the time since it was last asked for. */
const LAG = /^nodejs_eventloop_lag_p99_seconds (\S+)$/m;

/** Until it is stopped, which answers the samples. */
export function watch(server: StartedServer, everyMs: number): () => Promise<ProcessSample[]> {
  const samples: ProcessSample[] = [];
  const stopped = new AbortController();
  const looking = (async () => {
    while (!stopped.signal.aborted) {
      samples.push(await look(server));
      await pause(everyMs);
    }
  })();
  return async () => {
    stopped.abort();
    await looking;
    return samples;
  };
}

async function look({ url, pid }: StartedServer): Promise<ProcessSample> {
  const [at, megabytes] = [Date.now(), residentOf(pid)];
  const descriptors = readdirSync(`/proc/${pid}/fd`).length;
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return { at, megabytes, descriptors, lagMs: 1000 * Number(LAG.exec(metrics)?.[1]) };
}
