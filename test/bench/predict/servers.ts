// Every server of the table under the same load, in turns: medians of the rounds, and ratios of two servers within a round.
import { startServer, type StartedServer } from '../../support/started-server.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { markdownTable, quantile, type Figure } from '../figures.ts';
import { options } from '../options.ts';
import { say } from '../workbench/say.ts';
import { BARE, contenders, EVERYTHING, WITHOUT_LOG } from './contenders.ts';
import { pinned } from './generator.ts';
import { measureRaw, type RawLoad, type RawOrder } from './raw-load.ts';
import type { Part } from './parts.ts';
import { residentOf, type Stage } from './stage.ts';
import { endStopped, inTurn } from './turns.ts';

const ROUNDS = 9;
const SECONDS = 2;
const MANY = 64;
/** Once for each server: V8 still compiles after three seconds of so much code on one core. */
const WARM_UP_MS = 10_000;
/** Until the connections of a turn are open, and the server has its code in the caches again. */
const OPENING_MS = 500;
/** Memory is looked at when a server has answered that many and has rested. */
const REQUESTS_BEFORE_REST = 100_000;
/** V8 gives memory back ten to twenty seconds after the last request. */
const REST_MS = 30_000;
const LOOKED_AT: ReadonlySet<string> = new Set([BARE, WITHOUT_LOG, EVERYTHING]);

type Loads = Readonly<Record<'many' | 'one', RawLoad>>;

interface Row extends Loads {
  readonly name: string;
  readonly rounds: readonly Loads[];
  /** Resident at rest, MB; NaN where it was not looked at. */
  readonly megabytes: number;
}

export async function measureServers(stage: Stage): Promise<Part> {
  const servers = new Map<string, StartedServer>();
  try {
    for (const { name, command, env } of contenders(stage)) {
      const server = await startServer({ env: env(), command: pinned(0, command) });
      servers.set(name, server);
      await inTurn(server, () => load(server, stage, { connections: MANY, warmUpMs: WARM_UP_MS }));
    }
    const rounds = await measureRounds(servers, stage);
    const rows: Row[] = [];
    for (const [name, server] of servers) {
      const loads = rounds.map((round) => round.get(name) as Loads);
      const megabytes = LOOKED_AT.has(name) ? await atRest(server, stage) : Number.NaN;
      rows.push({ name, rounds: loads, ...mediansOf(loads), megabytes });
    }
    return { table: tableOf(rows), figures: figuresOf(rows), measured: { rows } };
  } finally {
    await endStopped(servers.values());
  }
}

async function measureRounds(
  servers: ReadonlyMap<string, StartedServer>,
  stage: Stage,
): Promise<readonly ReadonlyMap<string, Loads>[]> {
  const count = options.rounds ?? ROUNDS;
  const measureMs = (options.seconds ?? SECONDS) * 1000;
  const times = { warmUpMs: OPENING_MS, measureMs };
  const rounds: Map<string, Loads>[] = [];
  for (let n = 1; n <= count; n++) {
    const round = new Map<string, Loads>();
    for (const [name, server] of servers)
      round.set(
        name,
        await inTurn(server, async () => ({
          many: await load(server, stage, { ...times, connections: MANY }),
          one: await load(server, stage, { ...times, connections: 1, measureMs: measureMs / 2 }),
        })),
      );
    rounds.push(round);
    const costs = [...round.values()].map(({ many }) => many.cpuUs.toFixed(1));
    say(`  round ${n} of ${count}, us of processor time: ${costs.join(', ')}`);
  }
  return rounds;
}

const load = (
  { url, pid }: StartedServer,
  { request }: Stage,
  order: Pick<RawOrder, 'connections' | 'warmUpMs'> & Partial<RawOrder>,
): Promise<RawLoad> => measureRaw({ url, pid, ...request, measureMs: 0, ...order });

/** Megabytes. */
const atRest = (server: StartedServer, stage: Stage): Promise<number> =>
  inTurn(server, async () => {
    await load(server, stage, { connections: MANY, warmUpMs: 0, atLeast: REQUESTS_BEFORE_REST });
    await pause(REST_MS);
    return residentOf(server.pid);
  });

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
  const ofBare = ({ rounds }: Row, of: (load: RawLoad) => number): number =>
    quantile(
      rounds.map(({ many }, round) => of(many) / of((bare.rounds[round] as Loads).many)),
      0.5,
    );
  return [
    {
      what: 'throughput with everything on, of bare Fastify',
      value: ofBare(full, ({ perSecond }) => perSecond),
      unit: 'x',
      goal: 0.7,
      atLeast: true,
    },
    {
      what: 'processor time of a request with everything on, of bare Fastify',
      value: ofBare(full, ({ cpuUs }) => cpuUs),
      unit: 'x',
      goal: 1.6,
    },
    {
      what: 'throughput without the log, of bare Fastify',
      value: ofBare(off, ({ perSecond }) => perSecond),
      unit: 'x',
      goal: 0.8,
      atLeast: true,
    },
    {
      what: `p99 with ${MANY} connections, of bare Fastify`,
      value: ofBare(full, ({ p99 }) => p99),
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
