// npm run bench -- crash [--times N] [--workers N] [--seed N]: the server is killed at full load, over and over; how many acknowledged
// predictions are missing from the database afterwards. Killing ends processes, not the machine: what the disk had not yet is not lost by it.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../src/statistics/random.ts';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { json } from './client.ts';
import { killAll } from './crash/process-tree.ts';
import { inLog } from './crash/stored-log.ts';
import { writeResults } from './document.ts';
import { figureTable, quantile, report, type Figure } from './figures.ts';
import { options } from './options.ts';
import { generate } from './predict/generator.ts';
import { Stage } from './predict/stage.ts';
import { startCommand } from './start-command.ts';
import { say } from './workbench/say.ts';

const TIMES = 20;
const SEED = 1;
const CONNECTIONS = 64;
const SHORTEST_MS = 500;
const LONGEST_MS = 2000;
const LOAD = join(import.meta.dirname, 'crash/load.mjs');

interface Told {
  /** Of the predictions that were acknowledged. */
  readonly ids: readonly string[];
  /** Answers by status. */
  readonly others: Readonly<Record<string, number>>;
}

interface Crash {
  readonly acknowledged: number;
  /** Rows more than before, those among them whose answer did not leave. */
  readonly stored: number;
  readonly lost: number;
  readonly others: Told['others'];
  readonly restartMs: number;
}

const settings = {
  PREDICTION_LOG: 'acknowledged',
  ...(options.workers !== undefined && { WORKERS: String(options.workers) }),
};

/** Ready, the log recovered. */
async function restarted(stage: Stage): Promise<{ server: StartedServer; restartMs: number }> {
  const began = performance.now();
  const env = stage.environment(settings);
  // On all cores: what is measured here is not speed.
  const server = await startServer({ env, command: startCommand() });
  await json(await fetch(`${server.url}/health/ready`));
  return { server, restartMs: performance.now() - began };
}

async function crash(stage: Stage, server: StartedServer, afterMs: number) {
  const before = inLog(stage.database, (log) => log.rows);
  const target = { ...stage.request, url: server.url, pid: server.pid };
  const told = generate<Told>(LOAD, target, { connections: CONNECTIONS });
  await pause(afterMs);
  killAll(server.pid);
  const { ids, others } = await told;
  const next = await restarted(stage);
  const { rows, lost } = inLog(stage.database, (log) => ({
    rows: log.rows,
    lost: log.countMissing(ids),
  }));
  const found: Crash = {
    acknowledged: ids.length,
    stored: rows - before,
    lost,
    others,
    restartMs: next.restartMs,
  };
  return { found, server: next.server };
}

async function crashes(stage: Stage, times: number, seed: number): Promise<readonly Crash[]> {
  const random = Random.of(seed);
  const all: Crash[] = [];
  let { server } = await restarted(stage);
  try {
    for (let i = 1; i <= times; i++) {
      const afterMs = SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS);
      const { found, ...next } = await crash(stage, server, afterMs);
      server = next.server;
      all.push(found);
      say(
        `  kill ${i} after ${afterMs} ms: ${found.acknowledged} acknowledged, ${found.stored} stored, ${found.lost} lost; ` +
          `ready again in ${found.restartMs.toFixed(0)} ms`,
      );
    }
  } finally {
    await server.stop();
  }
  return all;
}

function figuresOf(all: readonly Crash[]): readonly Figure[] {
  const sum = (of: (each: Crash) => number): number =>
    all.reduce((total, each) => total + of(each), 0);
  const whole = { unit: 'rows', digits: 0 };
  return [
    {
      what: `acknowledged rows lost over ${all.length} kills at full load`,
      value: sum(({ lost }) => lost),
      goal: 0,
      ...whole,
    },
    { what: 'acknowledged rows', value: sum(({ acknowledged }) => acknowledged), ...whole },
    { what: 'stored rows', value: sum(({ stored }) => stored), ...whole },
    {
      what: 'fewest rows acknowledged before a kill',
      value: Math.min(...all.map(({ acknowledged }) => acknowledged)),
      goal: 1,
      atLeast: true,
      ...whole,
    },
    {
      what: 'start on the files of a killed server to ready, median',
      value:
        quantile(
          all.map(({ restartMs }) => restartMs),
          0.5,
        ) / 1000,
      unit: 's',
    },
  ];
}

const { times = TIMES, seed = SEED, workers = 1 } = options;
say(`\ncrash: ${times} kills, ${workers} worker${workers === 1 ? '' : 's'}, seed ${seed}`);
const stage = await Stage.open();
try {
  const all = await crashes(stage, times, seed);
  const figures = figuresOf(all);
  await writeResults('crash', figureTable(figures), { workers, seed, crashes: all, figures });
  report(figures);
} finally {
  stage.close();
}
