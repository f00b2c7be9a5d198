// Every server of the table under the same load: rounds in which the servers alternate, and medians of the rounds.
import { startServer } from '../../support/started-server.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { markdownTable, quantile, type Figure } from '../figures.ts';
import { options } from '../options.ts';
import { say } from '../workbench/say.ts';
import { BARE, contenders, EVERYTHING, WITHOUT_LOG, type Contender } from './contenders.ts';
import { pinned } from './generator.ts';
import { measureRaw, type RawLoad } from './raw-load.ts';
import type { Part } from './parts.ts';
import { residentOf, type Stage } from './stage.ts';

const ROUNDS = 3;
const SECONDS = 4;
const MANY = 64;
/** V8 still compiles after three seconds of so much code on one core. */
const WARM_UP_MS = 10_000;
const ONE_WARM_UP_MS = 300;
/** Memory is looked at when a server has answered that many and has rested. */
const REQUESTS_BEFORE_REST = 100_000;
/** V8 gives memory back some ten seconds after the last request. */
const REST_MS = 20_000;
const LOOKED_AT: ReadonlySet<string> = new Set([BARE, WITHOUT_LOG, EVERYTHING]);

type Loads = Readonly<Record<'many' | 'one', RawLoad>>;

interface Row extends Loads {
  readonly name: string;
  /** Resident at rest, MB; NaN where it was not looked at. */
  readonly megabytes: number;
}

export async function measureServers(stage: Stage): Promise<Part> {
  const all = contenders(stage);
  const rounds = options.rounds ?? ROUNDS;
  const found = new Map<string, Loads[]>(all.map(({ name }) => [name, []]));
  const memory = new Map<string, number>();
  for (let round = 1; round <= rounds; round++)
    for (const contender of all) {
      const { loads, megabytes } = await measure(
        contender,
        stage,
        round === rounds && LOOKED_AT.has(contender.name),
      );
      found.get(contender.name)?.push(loads);
      memory.set(contender.name, megabytes);
      say(
        `  round ${round}, ${contender.name}: ${loads.many.cpuUs.toFixed(1)} us of processor time`,
      );
    }
  const rows = all.map(({ name }) => ({
    name,
    ...mediansOf(found.get(name) ?? []),
    megabytes: memory.get(name) ?? Number.NaN,
  }));
  return { table: tableOf(rows), figures: figuresOf(rows), measured: { rounds, rows } };
}

async function measure(
  { command, env }: Contender,
  { request }: Stage,
  atRest: boolean,
): Promise<{ readonly loads: Loads; readonly megabytes: number }> {
  const server = await startServer({ env, command: pinned(0, command) });
  try {
    const target = { url: server.url, pid: server.pid, ...request, warmUpMs: WARM_UP_MS };
    const measureMs = (options.seconds ?? SECONDS) * 1000;
    const many = await measureRaw({ ...target, connections: MANY, measureMs });
    const one = await measureRaw({
      ...target,
      connections: 1,
      warmUpMs: ONE_WARM_UP_MS,
      measureMs: measureMs / 2,
    });
    if (atRest) {
      const atLeast = REQUESTS_BEFORE_REST;
      await measureRaw({ ...target, connections: MANY, warmUpMs: 0, measureMs: 0, atLeast });
      await pause(REST_MS);
    }
    return { loads: { many, one }, megabytes: atRest ? residentOf(server.pid) : Number.NaN };
  } finally {
    await server.stop();
  }
}

function mediansOf(rounds: readonly Loads[]): Loads {
  const medians = (which: keyof Loads): RawLoad => {
    const median = (of: (load: RawLoad) => number): number =>
      quantile(
        rounds.map((loads) => of(loads[which])),
        0.5,
      );
    return {
      requests: median(({ requests }) => requests),
      perSecond: median(({ perSecond }) => perSecond),
      cpuUs: median(({ cpuUs }) => cpuUs),
      p50: median(({ p50 }) => p50),
      p95: median(({ p95 }) => p95),
      p99: median(({ p99 }) => p99),
      failed: {},
    };
  };
  return { many: medians('many'), one: medians('one') };
}

function tableOf(rows: readonly Row[]): string {
  const head = [
    'server',
    `${MANY} connections: 1/s`,
    'processor time',
    'p50 / p95 / p99',
    '1 connection: p50 / p95 / p99',
    'memory at rest',
  ];
  const times = ({ p50, p95, p99 }: RawLoad, digits: number): string =>
    `${[p50, p95, p99].map((ms) => ms.toFixed(digits)).join(' / ')} ms`;
  return markdownTable(
    head,
    rows.map(({ name, many, one, megabytes }) => [
      name,
      many.perSecond.toFixed(0),
      `${many.cpuUs.toFixed(1)} us`,
      times(many, 1),
      times(one, 2),
      Number.isNaN(megabytes) ? '' : `${megabytes.toFixed(0)} MB`,
    ]),
  );
}

function figuresOf(rows: readonly Row[]): readonly Figure[] {
  const rowOf = (name: string): Row => rows.find((row) => row.name === name) as Row;
  const [bare, off, full] = [BARE, WITHOUT_LOG, EVERYTHING].map(rowOf) as [Row, Row, Row];
  return [
    {
      what: 'throughput with everything on, of bare Fastify',
      value: full.many.perSecond / bare.many.perSecond,
      unit: 'x',
      goal: 0.7,
      atLeast: true,
    },
    {
      what: 'processor time of a request with everything on, of bare Fastify',
      value: full.many.cpuUs / bare.many.cpuUs,
      unit: 'x',
      goal: 1.6,
    },
    {
      what: 'throughput without the log, of bare Fastify',
      value: off.many.perSecond / bare.many.perSecond,
      unit: 'x',
      goal: 0.8,
      atLeast: true,
    },
    {
      what: `p99 with ${MANY} connections, of bare Fastify`,
      value: full.many.p99 / bare.many.p99,
      unit: 'x',
      goal: 2,
    },
    {
      what: 'p50 of a lone caller above bare Fastify',
      value: full.one.p50 - bare.one.p50,
      unit: 'ms',
      goal: 0.25,
    },
    {
      what: `resident memory at rest after ${REQUESTS_BEFORE_REST} requests`,
      value: full.megabytes,
      unit: 'MB',
      goal: 200,
      digits: 0,
    },
  ];
}
