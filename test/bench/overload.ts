// npm run bench -- overload [--seconds N]: the server is asked for twice its capacity for a minute; what it still answers, what becomes of the
// rest, its memory meanwhile, and how it is right afterwards. Linux only: memory is read from /proc.
import { join } from 'node:path';
import type { StartedServer } from '../support/started-server.ts';
import { writeResults } from './document.ts';
import { figureTable, report, type Figure } from './figures.ts';
import { options } from './options.ts';
import { generate, type Target } from './predict/generator.ts';
import { measureRaw, type RawLoad } from './predict/raw-load.ts';
import { residentOf, Stage } from './predict/stage.ts';
import { say } from './workbench/say.ts';

const SECONDS = 60;
const FACTOR = 2;
const CONNECTIONS = 64;
/** Of the overload. Some thousand connections take a third more time a request of any server here, bare Fastify among them. */
const CALLERS = 512;
const WARM_UP_MS = 4000;
const MEASURE_MS = 4000;
const LOOK_MS = 250;
/** What leaves nine tenths of the capacity on a core of its own: steadier than counting answers where the core is shared. */
const MOST_TIME = 1 / 0.9;
const MOST_GROWTH_MB = 100;
const LOAD = join(import.meta.dirname, 'overload/open-load.mjs');

/** What the open loop saw; counts of requests. */
interface Overload {
  readonly seconds: number;
  readonly due: number;
  readonly sent: number;
  readonly answered: number;
  readonly refused: number;
  /** Processor time of the server for each that was answered, refusals included. */
  readonly cpuUs: number;
  readonly withoutRetryAfter: number;
  readonly others: Readonly<Record<string, number>>;
  readonly closed: number;
  readonly p50: number;
  readonly p99: number;
  readonly refusedP50: number | null;
}

interface Measured {
  readonly before: RawLoad;
  readonly overload: Overload;
  readonly after: RawLoad;
  /** Resident, MB: under the load before, and at most under the overload. */
  readonly megabytes: { readonly before: number; readonly most: number };
}

async function measure(stage: Stage, server: StartedServer, seconds: number): Promise<Measured> {
  const target = { ...stage.request, url: server.url, pid: server.pid };
  const closedLoop = { ...target, connections: CONNECTIONS, measureMs: MEASURE_MS };
  const before = await measureRaw({ ...closedLoop, warmUpMs: WARM_UP_MS });
  const megabytes = { before: residentOf(server.pid), most: 0 };
  say(`  capacity: ${before.perSecond.toFixed(0)} predictions a second`);
  const looking = setInterval(() => {
    megabytes.most = Math.max(megabytes.most, residentOf(server.pid));
  }, LOOK_MS);
  const overload = await underOverload(target, before.perSecond, seconds).finally(() => {
    clearInterval(looking);
  });
  const after = await measureRaw({ ...closedLoop, warmUpMs: 0 });
  return { before, overload, after, megabytes };
}

const underOverload = (target: Target, capacity: number, seconds: number): Promise<Overload> =>
  generate<Overload>(LOAD, target, {
    callers: CALLERS,
    patient: true,
    perSecond: FACTOR * capacity,
    measureMs: seconds * 1000,
  });

function figuresOf({ before, overload, after, megabytes }: Measured): readonly Figure[] {
  const { seconds, due, sent, answered, refused, withoutRetryAfter } = overload;
  const others = Object.values(overload.others).reduce((sum, count) => sum + count, 0);
  /** A shared machine's speed changes within a minute. */
  const capacity = (before.perSecond + after.perSecond) / 2;
  const share = (count: number): number => (100 * count) / due;
  return [
    { what: 'capacity, 64 connections', value: capacity, unit: '1/s', digits: 0 },
    { what: 'asked for', value: due / seconds, unit: '1/s', digits: 0 },
    {
      what: 'answered with 200 under overload, of capacity',
      value: answered / seconds / capacity,
      unit: 'x',
      goal: 0.9,
      atLeast: true,
    },
    {
      what: 'processor time for each of these, of that before and after',
      value: overload.cpuUs / ((before.cpuUs + after.cpuUs) / 2),
      unit: 'x',
      goal: MOST_TIME,
    },
    {
      what: 'refused with 503, of what was asked for',
      value: share(refused),
      unit: '%',
      digits: 1,
    },
    {
      what: 'not sent, as every caller waited for an answer or for Retry-After to pass',
      value: share(due - sent),
      unit: '%',
      digits: 1,
    },
    {
      what: '503 without Retry-After, any other status, closed connections',
      value: withoutRetryAfter + others + overload.closed,
      unit: '',
      goal: 0,
      digits: 0,
    },
    { what: 'p50 of what was answered', value: overload.p50, unit: 'ms', digits: 1 },
    { what: 'p99 of what was answered', value: overload.p99, unit: 'ms', digits: 1 },
    {
      what: 'resident memory at most, above that before',
      value: megabytes.most - megabytes.before,
      unit: 'MB',
      goal: MOST_GROWTH_MB,
      digits: 0,
    },
    {
      what: 'p50 right afterwards, of that before',
      value: after.p50 / before.p50,
      unit: 'x',
      goal: 1.25,
    },
  ];
}

const { seconds = SECONDS } = options;
say(`\noverload: ${FACTOR} times the capacity for ${seconds} s`);
const stage = await Stage.open();
try {
  const server = await stage.start({ PREDICTION_LOG: 'acknowledged' });
  try {
    const measured = await measure(stage, server, seconds);
    const figures = figuresOf(measured);
    await writeResults('overload', figureTable(figures), { ...measured, figures });
    report(figures);
  } finally {
    await server.stop();
  }
} finally {
  stage.close();
}
