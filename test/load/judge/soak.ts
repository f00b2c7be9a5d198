// A soak: under a steady load and while versions take over from each other, the server is at the end what it was at the beginning.
import { quantile } from '../../bench/figures.ts';
import type { PhaseRecord, ProcessSample, SoakRecord } from '../record.ts';
import {
  counted,
  failuresOf,
  keptOf,
  median,
  rateOf,
  ratio,
  samplesOf,
  slicesOf,
  tookOf,
  type Criterion,
} from './criterion.ts';

const FIFTHS = 5;
const SLICES_OF_A_FIFTH = 5;
/** The last fifth, at most so many times the first. What is usual is 1; noise of a shared machine falls on either end. */
const MOST = {
  /** Of the second fifth: in the first the compiler and the heap still settle. Found up to 1.1. */
  memory: 1.2,
  p50: 1.5,
  p99: 1.5,
  /** They come and go with connections; one lost with each swap or file is many after some minutes. */
  descriptors: 1.2,
  lag: 1.5,
};

export function judgeSoak({ load, samples, swaps, kept }: SoakRecord): readonly Criterion[] {
  const fifths = fifthsOf(load, samples);
  const grown = (
    what: string,
    unit: string,
    goal: number,
    { first, last }: FirstAndLast,
  ): Criterion =>
    ratio({ what: `${what}: the last fifth, of the first`, of: last, to: first, unit, goal });
  const sampled = (of: (sample: ProcessSample) => number): readonly number[] =>
    fifths.map((fifth) => median(fifth.map(of)));
  const [, memoryAfterFirst = Number.NaN] = sampled(({ megabytes }) => megabytes);
  return [
    counted('requests that failed', failuresOf(load), 0),
    rateOf([load], FIFTHS),
    ratio({
      what: 'memory: the last fifth, of the second',
      of: ends(sampled(({ megabytes }) => megabytes)).last,
      to: memoryAfterFirst,
      unit: 'MB',
      goal: MOST.memory,
    }),
    grown('p50 of predictions', 'ms', MOST.p50, latencyOf(load, 0.5)),
    grown('p99 of predictions', 'ms', MOST.p99, latencyOf(load, 0.99)),
    grown(
      'open files and sockets',
      '',
      MOST.descriptors,
      ends(sampled(({ descriptors }) => descriptors)),
    ),
    grown("p99 of the event loop's lag", 'ms', MOST.lag, ends(sampled(({ lagMs }) => lagMs))),
    counted('versions that took over meanwhile', swaps, 1, true),
    ...keptOf(kept),
  ];
}

interface FirstAndLast {
  readonly first: number;
  readonly last: number;
}

const ends = (fifths: readonly number[]): FirstAndLast => ({
  first: fifths[0] ?? Number.NaN,
  last: fifths.at(-1) ?? Number.NaN,
});

function fifthsOf(
  load: PhaseRecord,
  samples: readonly ProcessSample[],
): readonly (readonly ProcessSample[])[] {
  const fifths = Array.from({ length: FIFTHS }, (): ProcessSample[] => []);
  for (const sample of samplesOf(samples, load))
    fifths[Math.floor(((sample.at - load.startedAt) / 1000 / load.seconds) * FIFTHS)]?.push(sample);
  return fifths;
}

/** The median of slices, so that a pause now and then is no trend. */
function latencyOf(load: PhaseRecord, q: number): FirstAndLast {
  const slices = slicesOf(load, FIFTHS * SLICES_OF_A_FIFTH).map((answers) =>
    quantile(tookOf(answers), q),
  );
  return {
    first: median(slices.slice(0, SLICES_OF_A_FIFTH)),
    last: median(slices.slice(-SLICES_OF_A_FIFTH)),
  };
}
