// A steady load: nothing fails, the server keeps up, and what it takes is measured by bare Fastify that answers the same bytes at the same rate.
import { quantile } from '../../bench/figures.ts';
import type { Pair, PhaseRecord, SteadyRecord } from '../record.ts';
import {
  counted,
  failuresOf,
  keptOf,
  median,
  rateOf,
  ratio,
  sum,
  tookOf,
  type Criterion,
} from './criterion.ts';

/** What bare Fastify takes, at most so many times. */
const MOST = {
  /** Found 1 to 4.7, most where the machine is busiest. It is there for waits: some milliseconds more break it; work is what `cpu` is there for. */
  p50: 6,
  /** Found 1.4 to 4.5 on a busy machine; more is to be expected of a quiet one, where files and summaries are all that holds a prediction up. */
  p99: 12,
  /** Found 9 to 16 (a mix with files and explanations beside answers that cost nothing): the steadiest of the three, and broken by twice the work. */
  cpu: 20,
};

export function judgeSteady({ busy, pairs, kept }: SteadyRecord): readonly Criterion[] {
  const ours = pairs.map((pair) => pair.ours);
  const latency = (q: number) => (phase: PhaseRecord) => quantile(tookOf(phase.answers), q);
  const cpu = ({ cpuUs, answers }: PhaseRecord): number => cpuUs / answers.length;
  return [
    counted('requests that failed', sum(ours, failuresOf), 0),
    rateOf(ours),
    against('p50 of predictions', 'ms', MOST.p50, pairs, latency(0.5)),
    against('p99 of predictions', 'ms', MOST.p99, pairs, latency(0.99)),
    against('processor time of a request when busy', 'us', MOST.cpu, busy, cpu),
    ...keptOf(kept),
  ];
}

function against(
  what: string,
  unit: string,
  goal: number,
  pairs: readonly Pair[],
  figure: (phase: PhaseRecord) => number,
): Criterion {
  const of = median(pairs.map(({ ours }) => figure(ours)));
  const to = median(pairs.map(({ bare }) => figure(bare)));
  // Each of ours is divided by the one of the baseline right before it: what the machine did meanwhile fell on both.
  const value = median(pairs.map(({ ours, bare }) => figure(ours) / figure(bare)));
  return { ...ratio({ what: `${what}, of bare Fastify's`, of, to, unit, goal }), value };
}
