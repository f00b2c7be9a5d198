// What criteria are made of. All that depends on the machine is a ratio of two things measured in the same run, medians over slices, so that a
// moment in which the machine was busy elsewhere decides nothing. Each bound lies above what noise makes of an unchanged server and below what
// a regression does: one that is twice as slow, one that leaks, one that loses.
import { quantile, type Figure } from '../../bench/figures.ts';
import { PREDICTIONS } from '../mix.ts';
import type { Answer, Kept, LoadSeen, PhaseRecord, ProcessSample } from '../record.ts';

/** `value` is what is bounded; where it is a ratio, `measured` and `baseline` are what was divided. */
export interface Criterion extends Figure {
  readonly measured: string;
  readonly baseline: string;
}

interface Ratio {
  readonly what: string;
  readonly of: number;
  readonly to: number;
  readonly unit: string;
  readonly goal: number;
  readonly atLeast?: boolean;
}

const SHORT = 3;

export function ratio({ what, of, to, unit, goal, atLeast = false }: Ratio): Criterion {
  const text = (value: number): string => `${Number(value.toPrecision(SHORT))} ${unit}`;
  const bound = { unit: 'x', goal, atLeast };
  return { what, value: of / to, ...bound, measured: text(of), baseline: text(to) };
}

/** A count that has a bound of its own. */
export const counted = (what: string, value: number, goal: number, atLeast = false): Criterion => ({
  what,
  value,
  unit: '',
  goal,
  atLeast,
  digits: 0,
  measured: String(value),
  baseline: '',
});

/** Every prediction that was acknowledged is in the log; with none, nothing was shown. */
export const keptOf = ({ acknowledged, missing }: Kept): readonly Criterion[] => [
  counted('predictions acknowledged', acknowledged, 1, true),
  counted('of these missing in the log', missing, 0),
];

/** A server that is behind the plan is later and later. */
const LATE_MS = 1000;
const LEAST_RATE = 0.99;

/** The median of slices: in one of them the machine may be away. */
export function rateOf(phases: readonly PhaseRecord[], slicesOfEach = 1): Criterion {
  const slices = phases.flatMap((phase) => {
    const seconds = phase.seconds / slicesOfEach;
    const planned = phase.perSecond ?? Number.NaN;
    return slicesOf(phase, slicesOfEach).map((answers) => {
      const onTime = answers.filter(isOnTime).length / seconds;
      return { onTime, planned, share: onTime / planned };
    });
  });
  const rate = ratio({
    what: 'rate of answers within a second, of the planned rate',
    of: median(slices.map(({ onTime }) => onTime)),
    to: median(slices.map(({ planned }) => planned)),
    unit: '1/s',
    goal: LEAST_RATE,
    atLeast: true,
  });
  return { ...rate, value: median(slices.map(({ share }) => share)) };
}

const isOnTime = (answer: Answer): boolean => isAnswered(answer) && answer.tookMs <= LATE_MS;

export const failuresOf = ({ answers, notSent }: LoadSeen): number =>
  answers.filter((answer) => !isAnswered(answer)).length + notSent;

export const isAnswered = ({ status }: Answer): boolean => status === 200;

/** How long answered predictions took. */
export const tookOf = (answers: readonly Answer[]): readonly number[] =>
  answers
    .filter((answer) => isAnswered(answer) && PREDICTIONS.has(answer.kind))
    .map(({ tookMs }) => tookMs);

/** The answers of equal parts of a phase, by the instant at which each was due. */
export function slicesOf(
  { answers, seconds }: PhaseRecord,
  count: number,
): readonly (readonly Answer[])[] {
  const slices = Array.from({ length: count }, (): Answer[] => []);
  for (const answer of answers)
    slices[Math.floor((answer.plannedMs / 1000 / seconds) * count)]?.push(answer);
  return slices;
}

/** Those taken within the planned time of a phase. */
export const samplesOf = (
  samples: readonly ProcessSample[],
  { startedAt, seconds }: PhaseRecord,
): readonly ProcessSample[] =>
  samples.filter(({ at }) => at >= startedAt && at < startedAt + seconds * 1000);

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export const sum = <T>(all: readonly T[], of: (each: T) => number): number =>
  all.reduce((total, each) => total + of(each), 0);
