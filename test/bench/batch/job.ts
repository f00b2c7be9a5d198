// What callers of POST /predict notice of a long job: latency at half load, without a job and while one runs on the same server.
import { openAsBlob } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServer, type StartedServer } from '../../support/started-server.ts';
import { json } from '../client.ts';
import { options } from '../options.ts';
import { generate, type Target } from '../predict/generator.ts';
import { measureRaw } from '../predict/raw-load.ts';
import type { Stage } from '../predict/stage.ts';
import { startCommand } from '../start-command.ts';
import { say } from '../workbench/say.ts';
import type { BatchResult } from './parts.ts';
import { writeManyRows } from './score.ts';

const ROWS = 10_000_000;
const SECONDS = 15;
const SETTLE_MS = 2000;
const LOOK_MS = 200;
const CONNECTIONS = 64;
const MOST_TIMES = 2;
const OPEN_LOAD = join(import.meta.dirname, '../overload/open-load.mjs');

interface Latency {
  readonly answered: number;
  readonly p50: number;
  readonly p99: number;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly rows_done: number;
}

export async function measureJob(stage: Stage): Promise<BatchResult> {
  const input = stage.path('job.csv');
  await writeManyRows(stage, input, options.rows ?? ROWS);
  const server = await startServer({
    env: stage.environment({ JOB_MAX_MB: '10240' }),
    command: startCommand(),
  });
  try {
    const target: Target = { ...stage.request, url: server.url, pid: server.pid };
    const capacity = await measureRaw({
      ...target,
      connections: CONNECTIONS,
      warmUpMs: 3000,
      measureMs: 4000,
    });
    const half = capacity.perSecond / 2;
    say(`  half load: ${half.toFixed(0)} predictions a second`);
    const alone = await atHalfLoad(target, half);
    const job = await startJob(server, stage, input);
    await pause(SETTLE_MS);
    const before = await jobOf(server, stage, job.id);
    const beside = await atHalfLoad(target, half);
    const after = await jobOf(server, stage, job.id);
    if (after.state !== 'running')
      throw new Error(`the job was ${after.state} before the load ended`);
    const rowsPerSecond = (after.rows_done - before.rows_done) / SECONDS;
    await fetch(`${server.url}/jobs/${job.id}`, {
      method: 'DELETE',
      headers: stage.request.headers,
    });
    const figures = [
      { what: 'POST /predict at half load: p99 without a job', value: alone.p99, unit: 'ms' },
      { what: 'the same while a job runs', value: beside.p99, unit: 'ms' },
      {
        what: 'p99 with the job, of that without',
        value: beside.p99 / alone.p99,
        unit: 'x',
        goal: MOST_TIMES,
      },
      { what: 'rows of the job meanwhile', value: rowsPerSecond, unit: 'rows/s', digits: 0 },
    ];
    return { figures, measured: { half, alone, beside } };
  } finally {
    await server.stop();
  }
}

const atHalfLoad = (target: Target, perSecond: number): Promise<Latency> =>
  generate<Latency>(OPEN_LOAD, target, {
    callers: CONNECTIONS,
    patient: true,
    perSecond,
    measureMs: SECONDS * 1000,
  });

/** Uploads the file; answers once its rows are being scored. */
async function startJob({ url }: StartedServer, { request }: Stage, file: string): Promise<Job> {
  const job = await json<Job>(
    await fetch(`${url}/jobs`, {
      method: 'POST',
      headers: { ...request.headers, 'content-type': 'text/csv' },
      body: await openAsBlob(file),
    }),
  );
  for (;;) {
    const now = await jobOf({ url }, { request }, job.id);
    if (now.rows_done > 0) return now;
    if (now.state !== 'queued' && now.state !== 'running')
      throw new Error(`the job is ${now.state}`);
    await pause(LOOK_MS);
  }
}

const jobOf = async (
  { url }: Pick<StartedServer, 'url'>,
  { request }: Pick<Stage, 'request'>,
  id: string,
): Promise<Job> => json<Job>(await fetch(`${url}/jobs/${id}`, { headers: request.headers }));
