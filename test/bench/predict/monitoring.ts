// What monitoring costs those who predict: the same load on a server that only answers and stores, and on one that is scraped, asked for its
// summary, and evaluates drift, quality and anomalies meanwhile; and what the roll-ups take, which both write with every row.
import { startServer, type StartedServer } from '../../support/started-server.ts';
import { quantile, type Figure } from '../figures.ts';
import { options } from '../options.ts';
import { startCommand } from '../start-command.ts';
import { say } from '../workbench/say.ts';
import { pinned } from './generator.ts';
import { logRow } from './log-rows.ts';
import type { Part } from './parts.ts';
import { measureRaw, type RawLoad } from './raw-load.ts';
import { measureRowCost, type RowCost } from './rollup-cost.ts';
import type { Stage } from './stage.ts';
import { endStopped, inTurn } from './turns.ts';

/** Turns of each of the two, and how long one lasts: a shared machine's speed changes by two thirds within minutes, but mostly not within a turn. */
const TURNS = 40;
const SECONDS = 5;
const SETTINGS = {
  quiet: { DRIFT_EVERY: 'off', ANOMALY_EXPECTED_RUN: 'off' },
  /** A server is at rest while it is not its turn: three times as often as by default, counted by the time in which it runs. */
  watched: { DRIFT_EVERY: '200s' },
} as const;
const CONNECTIONS = 64;
/** A server evaluates drift, and learns what is ordinary, once when it starts: as often as it is started. */
const WARM_UP_MS = 30_000;
/** Until the connections of a turn are open. */
const OPENING_MS = 300;
/** `/metrics` every 15 seconds in which the server runs, as Prometheus asks by default; the summary every five, as a page does that is kept open. */
const SCRAPE_EVERY_TURNS = 3;

type Kind = keyof typeof SETTINGS;
const KINDS = Object.keys(SETTINGS) as readonly Kind[];

export async function measureMonitoring(stage: Stage): Promise<Part> {
  const found = await inTurns(stage);
  const cost = await measureRowCost(stage.path('row-cost.db'), logRow(stage.request.body));
  return { table: '', figures: figuresOf(found, cost), measured: { ...found, cost } };
}

type Turns = Readonly<Record<Kind, readonly RawLoad[]>>;

async function inTurns(stage: Stage): Promise<Turns> {
  const found: Record<Kind, RawLoad[]> = { quiet: [], watched: [] };
  const servers: Partial<Record<Kind, StartedServer>> = {};
  try {
    for (const kind of KINDS) {
      const env = stage.environmentOfItsOwn(kind, SETTINGS[kind]);
      const server = await startServer({ env, command: pinned(0, startCommand()) });
      servers[kind] = server;
      await inTurn(server, () => load(server, stage, { warmUpMs: WARM_UP_MS, measureMs: 0 }));
    }
    const measureMs = (options.seconds ?? SECONDS) * 1000;
    for (let turn = 1; turn <= (options.rounds ?? TURNS); turn++)
      for (const kind of turn % 2 === 1 ? KINDS : KINDS.toReversed()) {
        const server = servers[kind] as StartedServer;
        const [measured] = await inTurn(server, () =>
          Promise.all([
            load(server, stage, { warmUpMs: OPENING_MS, measureMs }),
            kind === 'watched' ? watch(server, stage, turn) : null,
          ]),
        );
        found[kind].push(measured);
        say(`  turn ${turn}, ${kind}: ${measured.perSecond.toFixed(0)} 1/s`);
      }
    return found;
  } finally {
    await endStopped(Object.values(servers));
  }
}

const load = (
  { url, pid }: StartedServer,
  { request }: Stage,
  times: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<RawLoad> => measureRaw({ url, pid, ...request, connections: CONNECTIONS, ...times });

/** Looks at the server as those do who watch it. Throws where an answer is not 200. */
async function watch({ url }: StartedServer, { request }: Stage, turn: number): Promise<void> {
  const paths = ['/monitoring/summary?window=1h'];
  if (turn % SCRAPE_EVERY_TURNS === 0) paths.push('/metrics');
  for (const path of paths) {
    const answer = await fetch(url + path, { headers: request.headers });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
  }
}

function figuresOf({ quiet, watched }: Turns, cost: RowCost): Figure[] {
  const perSecond = (loads: readonly RawLoad[]): number =>
    mean(loads.map((load) => load.perSecond));
  const tail = (loads: readonly RawLoad[]): number =>
    quantile(
      loads.map(({ p99 }) => p99),
      0.5,
    );
  const perPrediction = mean(quiet.map(({ cpuUs }) => cpuUs));
  const withoutRollups = 1 - cost.rollups / perPrediction;
  const ratios = watched.map(
    (load, turn) => load.perSecond / (quiet[turn]?.perSecond ?? Number.NaN),
  );
  return [
    {
      what: 'predictions with roll-ups alone, which are always written',
      value: perSecond(quiet),
      unit: '1/s',
      digits: 0,
    },
    {
      what: 'predictions with everything watched',
      value: perSecond(watched),
      unit: '1/s',
      digits: 0,
    },
    { what: 'processor time of a prediction', value: perPrediction, unit: 'us', digits: 1 },
    { what: 'of that, its part of the roll-ups', value: cost.rollups, unit: 'us' },
    {
      what: 'of that, its part of the hash chain',
      value: cost.rollupsAndChain - cost.rollups,
      unit: 'us',
    },
    {
      what: 'throughput with monitoring and roll-ups, of that without',
      value: (perSecond(watched) / perSecond(quiet)) * withoutRollups,
      unit: 'x',
      goal: 0.95,
      atLeast: true,
    },
    {
      what: `standard error of that, from ${ratios.length} turns of each`,
      value: standardError(ratios),
      unit: 'x',
      digits: 3,
    },
    { what: 'p99 with monitoring, of that without', value: tail(watched) / tail(quiet), unit: 'x' },
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the values' mean. */
function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.map((value) => (value - middle) ** 2);
  return Math.sqrt(mean(squares) / (values.length - 1));
}
