// A spike: while far more is asked for than can be answered, every caller gets an answer or is told when to come back, soon; the server lives
// within bounds, and afterwards all is as before.
import { quantile } from '../../bench/figures.ts';
import type { Answer, PhaseRecord, SpikeRecord } from '../record.ts';
import {
  counted,
  failuresOf,
  isAnswered,
  keptOf,
  median,
  ratio,
  samplesOf,
  slicesOf,
  sum,
  tookOf,
  type Criterion,
} from './criterion.ts';

const REFUSALS: ReadonlySet<number> = new Set([429, 503]);
/** Far more callers cost a server something, found up to a quarter; one that collapses answers next to nobody. */
const LEAST_ANSWERED = 0.5;
/** In a fair queue each waits for a turn of all, who connect at once besides: found up to 3.2 (p90: a pause of the machine falls on one turn). */
const MOST_WAIT = 4;
/** Found up to 1.4; eight times the connections, each with a request and an answer. A queue without a bound goes on growing. */
const MOST_MEMORY = 2.5;
/** Found 0.1 to 1.5; a backlog that is worked off, or memory under pressure, makes it many times as much. */
const MOST_AFTERWARDS = 2;
/** Found 1: what is left of the spike is a turn of all callers. */
const SECONDS_TO_RECOVER = 5;

export function judgeSpike(record: SpikeRecord): readonly Criterion[] {
  const { before, spike, after } = record;
  return [
    counted('requests before and after that failed', sum([before, after], failuresOf), 0),
    ...duringSpike(record),
    ...afterSpike(before, after),
    counted('without Retry-After: 429 and 503', spike.withoutRetryAfter, 0),
    ...keptOf(record.kept),
  ];
}

function duringSpike({
  before,
  spike,
  after,
  samples,
  capacity,
  callers,
}: SpikeRecord): readonly Criterion[] {
  const odd = spike.answers.filter((answer) => !isAnswered(answer) && !REFUSALS.has(answer.status));
  const megabytes = (phase: PhaseRecord): readonly number[] =>
    samplesOf(samples, phase).map((sample) => sample.megabytes);
  return [
    counted('in the spike: neither 200 nor 429 nor 503', odd.length, 0),
    ratio({
      what: 'in the spike: answered with 200, of capacity',
      of: spike.answers.filter(isAnswered).length / spike.seconds,
      to: capacity,
      unit: '1/s',
      goal: LEAST_ANSWERED,
      atLeast: true,
    }),
    ratio({
      what: 'in the spike: p90 until an answer or a refusal, of a turn of all callers',
      of: quantile(
        spike.answers.map(({ tookMs }) => tookMs),
        0.9,
      ),
      to: (1000 * callers) / capacity,
      unit: 'ms',
      goal: MOST_WAIT,
    }),
    ratio({
      what: 'memory at most, of that before',
      of: Math.max(...megabytes(spike), ...megabytes(after)),
      to: median(megabytes(before)),
      unit: 'MB',
      goal: MOST_MEMORY,
    }),
  ];
}

function afterSpike(before: PhaseRecord, after: PhaseRecord): readonly Criterion[] {
  const p95 = (answers: readonly Answer[]): number => quantile(tookOf(answers), 0.95);
  const usual = median(bySecond(before, p95));
  const later = bySecond(after, p95);
  const back = later.findIndex((ms) => ms <= MOST_AFTERWARDS * usual);
  return [
    counted(
      `seconds until p95 is at most ${MOST_AFTERWARDS} times that before`,
      back < 0 ? Number.NaN : back + 1,
      SECONDS_TO_RECOVER,
    ),
    ratio({
      what: 'p95 of predictions in the second half of what follows, of that before',
      of: median(later.slice(later.length / 2)),
      to: usual,
      unit: 'ms',
      goal: MOST_AFTERWARDS,
    }),
  ];
}

/** A figure of each second. */
const bySecond = (
  phase: PhaseRecord,
  figure: (answers: readonly Answer[]) => number,
): readonly number[] => slicesOf(phase, Math.ceil(phase.seconds)).map(figure);
