// What monitoring costs those who predict: the same load on a server that only answers and stores, and on one that is scraped, asked for its
// summary, and evaluates drift, quality and anomalies meanwhile; and what the roll-ups take, which both write with every row.
import { setTimeout as pause } from 'node:timers/promises';
import { startServer } from '../../support/started-server.ts';
import { quantile, type Figure } from '../figures.ts';
import { options } from '../options.ts';
import { startCommand } from '../start-command.ts';
import { say } from '../workbench/say.ts';
import { pinned } from './generator.ts';
import { logRow } from './log-rows.ts';
import type { Part } from './parts.ts';
import { measureRaw, type RawLoad } from './raw-load.ts';
import { measureRowCost } from './rollup-cost.ts';
import type { Stage } from './stage.ts';

const ROUNDS = 3;
/** Long enough for an evaluation of drift, which comes three times as often as it does by default. */
const SECONDS = 100;
const SETTINGS = {
  quiet: { DRIFT_EVERY: 'off', ANOMALY_EXPECTED_RUN: 'off' },
  watched: { DRIFT_EVERY: '100s' },
} as const;
const CONNECTIONS = 64;
/** A server evaluates drift, and learns what is ordinary, once when it starts: as often as it is started. */
const WARM_UP_MS = 30_000;
/** As Prometheus does by default, and as somebody does who keeps a page open. */
const SCRAPE_MS = 15_000;
const LOOK_MS = 5000;

type Kind = keyof typeof SETTINGS;
const KINDS = Object.keys(SETTINGS) as readonly Kind[];

export async function measureMonitoring(stage: Stage): Promise<Part> {
  const found: Record<Kind, RawLoad[]> = { quiet: [], watched: [] };
  for (let round = 1; round <= (options.rounds ?? ROUNDS); round++)
    // The log grows from one server to the next: each comes first every other round.
    for (const kind of round % 2 === 1 ? KINDS : KINDS.toReversed()) {
      const load = await measure(stage, kind);
      found[kind].push(load);
      say(
        `  round ${round}, ${kind}: ${load.perSecond.toFixed(0)} 1/s, p99 ${load.p99.toFixed(1)} ms`,
      );
    }
  const median = (kind: Kind, of: (load: RawLoad) => number): number =>
    quantile(found[kind].map(of), 0.5);
  const rate = (kind: Kind): number => median(kind, ({ perSecond }) => perSecond);
  const tail = (kind: Kind): number => median(kind, ({ p99 }) => p99);
  const cost = await measureRowCost(stage.path('row-cost.db'), logRow(stage.request.body));
  const perPrediction = median('quiet', ({ cpuUs }) => cpuUs);
  const figures: Figure[] = [
    {
      what: 'predictions with roll-ups alone, which are always written',
      value: rate('quiet'),
      unit: '1/s',
      digits: 0,
    },
    { what: 'predictions with everything watched', value: rate('watched'), unit: '1/s', digits: 0 },
    { what: 'processor time of a prediction', value: perPrediction, unit: 'us', digits: 1 },
    { what: 'of that, its part of the roll-ups', value: cost.rollups, unit: 'us' },
    {
      what: 'of that, its part of the hash chain',
      value: cost.rollupsAndChain - cost.rollups,
      unit: 'us',
    },
    {
      what: 'throughput with monitoring and roll-ups, of that without',
      value: (rate('watched') / rate('quiet')) * (1 - cost.rollups / perPrediction),
      unit: 'x',
      goal: 0.95,
      atLeast: true,
    },
    {
      what: 'p99 with monitoring, of that without',
      value: tail('watched') / tail('quiet'),
      unit: 'x',
    },
  ];
  return { table: '', figures, measured: found };
}

async function measure(stage: Stage, kind: Kind): Promise<RawLoad> {
  const server = await startServer({
    env: stage.environment(SETTINGS[kind]),
    command: pinned(0, startCommand()),
  });
  const ended = new AbortController();
  const { headers } = stage.request;
  const watchers =
    kind === 'quiet'
      ? []
      : [
          watch(`${server.url}/metrics`, {}, SCRAPE_MS, ended.signal),
          watch(`${server.url}/monitoring/summary?window=1h`, headers, LOOK_MS, ended.signal),
        ];
  try {
    return await measureRaw({
      url: server.url,
      pid: server.pid,
      ...stage.request,
      connections: CONNECTIONS,
      warmUpMs: WARM_UP_MS,
      measureMs: (options.seconds ?? SECONDS) * 1000,
    });
  } finally {
    ended.abort();
    await Promise.all(watchers);
    await server.stop();
  }
}

/** Asks again and again until it is told to end. Throws where the answer is not 200. */
async function watch(
  url: string,
  headers: Readonly<Record<string, string>>,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answer = await fetch(url, { headers });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}
