// npm run bench -- predict: what a prediction with everything on costs beside an empty answer of the same web server. Server and load have a
// core each; each row is the median of several rounds in which the servers alternate. Linux only: processor time is read from /proc.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { exampleBody, PASSWORD, residentMegabytes, signIn } from './client.ts';
import { quantile, report } from './figures.ts';
import { trainBenchModel } from './predict/bench-model.ts';
import { measureRaw, pinned, type RawLoad } from './predict/raw-load.ts';
import { say } from './workbench/say.ts';

const ROUNDS = 3;
const MANY = 64;
const WARM_UP_MS = 3000;
const MEASURE_MS = 4000;

/** A server of the table: how it is started, and whether it wants a token. */
interface Contender {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly ours: boolean;
}

interface Measured {
  readonly many: RawLoad;
  readonly one: RawLoad;
  /** Of ours alone. */
  readonly megabytes: number;
}

function contenders(dir: string, model: string): readonly Contender[] {
  const bare = (...args: readonly string[]): Contender['command'] => [
    process.execPath,
    'test/bench/predict/bare-server.mjs',
    ...args,
  ];
  const ours = (mode: string): Contender => ({
    name: `ours, PREDICTION_LOG=${mode}`,
    command: [process.execPath, 'dist/src/main.js'],
    env: {
      VAR_DIR: join(dir, 'var'),
      ADMIN_PASSWORD: PASSWORD,
      MODEL_POLL_SECONDS: '3600',
      PREDICTION_LOG: mode,
    },
    ours: true,
  });
  return [
    { name: 'bare Fastify, a constant', command: bare('constant'), env: {}, ours: false },
    { name: 'Fastify and ONNX Runtime', command: bare('onnx', model, '30'), env: {}, ours: false },
    ours('off'),
    ours('async'),
    ours('acknowledged'),
  ];
}

async function measure({ command, env, ours }: Contender, body: string): Promise<Measured> {
  const server = await startServer({ env, command: pinned(0, command) });
  try {
    const headers = ours ? await signIn(server) : { 'content-type': 'application/json' };
    const at = { url: server.url, pid: server.pid, headers, body, warmUpMs: WARM_UP_MS };
    const many = await measureRaw({ ...at, connections: MANY, measureMs: MEASURE_MS });
    const one = await measureRaw({ ...at, connections: 1, measureMs: MEASURE_MS / 2 });
    return { many, one, megabytes: ours ? await residentMegabytes(server) : Number.NaN };
  } finally {
    await server.stop();
  }
}

/** A body of training medians, as a server that is started for it says. */
async function bodyOf({ command, env }: Contender): Promise<string> {
  const server: StartedServer = await startServer({ env, command });
  try {
    return await exampleBody(server, await signIn(server));
  } finally {
    await server.stop();
  }
}

const medianOf = (rounds: readonly Measured[], of: (round: Measured) => number): number =>
  quantile(rounds.map(of), 0.5);

const dir = mkdtempSync(join(tmpdir(), 'foretell-bench-'));
try {
  const all = contenders(dir, await trainBenchModel(dir));
  const body = await bodyOf(all.at(-1) as Contender);
  const found = new Map(all.map(({ name }) => [name, [] as Measured[]]));
  for (let round = 0; round < ROUNDS; round++)
    for (const each of all) found.get(each.name)?.push(await measure(each, body));
  say(
    `${''.padEnd(34)}${'1/s'.padStart(8)}${'us cpu'.padStart(8)}${'p50 ms'.padStart(8)}${'p99 ms'.padStart(8)}${'alone p50'.padStart(11)}${'MiB'.padStart(6)}`,
  );
  const row = (name: string) => {
    const rounds = found.get(name) ?? [];
    return {
      perSecond: medianOf(rounds, ({ many }) => many.perSecond),
      cpuUs: medianOf(rounds, ({ many }) => many.cpuUs),
      p50: medianOf(rounds, ({ many }) => many.p50),
      p99: medianOf(rounds, ({ many }) => many.p99),
      alone: medianOf(rounds, ({ one }) => one.p50),
      megabytes: medianOf(rounds, ({ megabytes }) => megabytes),
    };
  };
  for (const { name, ours } of all) {
    const { perSecond, cpuUs, p50, p99, alone, megabytes } = row(name);
    say(
      `${name.padEnd(34)}${perSecond.toFixed(0).padStart(8)}${cpuUs.toFixed(1).padStart(8)}${p50.toFixed(2).padStart(8)}${p99.toFixed(2).padStart(8)}${alone.toFixed(3).padStart(11)}${(ours ? megabytes.toFixed(0) : '').padStart(6)}`,
    );
  }
  const [bare, , off, , full] = all.map(({ name }) => row(name));
  if (bare === undefined || off === undefined || full === undefined)
    throw new Error('a server was not measured');
  say('');
  report([
    {
      what: 'throughput with everything on, of bare Fastify',
      value: full.perSecond / bare.perSecond,
      unit: 'x',
      goal: 0.7,
      atLeast: true,
    },
    {
      what: 'processor time of a request with everything on, of bare Fastify',
      value: full.cpuUs / bare.cpuUs,
      unit: 'x',
      goal: 1.6,
    },
    {
      what: 'throughput without the log, of bare Fastify',
      value: off.perSecond / bare.perSecond,
      unit: 'x',
      goal: 0.8,
      atLeast: true,
    },
    {
      what: 'p99 with 64 connections, of bare Fastify',
      value: full.p99 / bare.p99,
      unit: 'x',
      goal: 2,
    },
    {
      what: 'p50 of a lone caller above bare Fastify',
      value: full.alone - bare.alone,
      unit: 'ms',
      goal: 0.25,
    },
    {
      what: 'resident memory after the rounds',
      value: full.megabytes,
      unit: 'MiB',
      goal: 200,
      digits: 0,
    },
  ]);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
