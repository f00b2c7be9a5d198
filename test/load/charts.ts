// Latency, throughput and the process over the time of a scenario.
import type { LineChart, Point, Series } from '../../src/report/charts.ts';
import { quantile } from '../bench/figures.ts';
import { isAnswered, slicesOf, tookOf } from './judge/criterion.ts';
import type { Answer, PhaseRecord, ProcessSample } from './record.ts';

type Figure = (answers: readonly Answer[], seconds: number) => number;

const latency =
  (q: number): Figure =>
  (answers) =>
    quantile(tookOf(answers), q);
const perSecond =
  (counts: (answer: Answer) => boolean): Figure =>
  (answers, seconds) =>
    answers.filter(counts).length / seconds;

/** `lines`: phases by what they are called. */
export function chartsOfLoad(
  title: string,
  lines: Readonly<Record<string, readonly PhaseRecord[]>>,
): readonly LineChart[] {
  const from = Math.min(...Object.values(lines).flatMap(([first]) => first?.startedAt ?? Infinity));
  const series = (figures: Readonly<Record<string, Figure>>): readonly Series[] =>
    Object.entries(lines).flatMap(([line, phases]) =>
      Object.entries(figures).map(([figure, of]) => ({
        name: line === '' ? figure : `${line}, ${figure}`,
        points: pointsOf(phases, from, of),
      })),
    );
  return [
    {
      title: `${title}: latency of predictions`,
      x: 'seconds',
      y: 'ms',
      series: series({ p50: latency(0.5), p99: latency(0.99) }),
    },
    {
      title: `${title}: throughput`,
      x: 'seconds',
      y: 'requests a second',
      series: series({
        answered: perSecond(isAnswered),
        other: perSecond((answer) => !isAnswered(answer)),
      }),
    },
  ];
}

export const chartOfMemory = (
  title: string,
  from: number,
  samples: readonly ProcessSample[],
): LineChart => ({
  title: `${title}: resident memory`,
  x: 'seconds',
  y: 'MB',
  series: [
    {
      name: 'memory',
      points: samples.map(({ at, megabytes }): Point => [(at - from) / 1000, megabytes]),
    },
  ],
});

/** A point a second; the line is broken between phases. */
function pointsOf(phases: readonly PhaseRecord[], from: number, of: Figure): readonly Point[] {
  return phases.flatMap((phase): Point[] => {
    const offset = (phase.startedAt - from) / 1000;
    const slices = slicesOf(phase, Math.ceil(phase.seconds));
    const seconds = phase.seconds / slices.length;
    const points = slices.map((answers, i): Point => [offset + i * seconds, of(answers, seconds)]);
    return [...points, [offset + phase.seconds, Number.NaN]];
  });
}
