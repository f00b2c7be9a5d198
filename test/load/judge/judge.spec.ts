// A server that is slow, leaks, loses or fails is refused, and by the criterion that is there for it; a usual one is not, noise included.
import { isMet } from '../../bench/figures.ts';
import type {
  Answer,
  PhaseRecord,
  ProcessSample,
  SoakRecord,
  SpikeRecord,
  SteadyRecord,
} from '../record.ts';
import type { Criterion } from './criterion.ts';
import { judgeSoak } from './soak.ts';
import { judgeSpike } from './spike.ts';
import { judgeSteady } from './steady.ts';

const STARTED_AT = 1_000_000;
const KEPT = { acknowledged: 1000, missing: 0 };

interface Told extends Partial<Omit<PhaseRecord, 'answers'>> {
  readonly tookMs: (i: number) => number;
  readonly statusOf?: (i: number) => number;
}

/** Predictions at a steady pace; `i` counts them. */
function phase({ tookMs, statusOf = () => 200, ...others }: Told): PhaseRecord {
  const { seconds = 10, perSecond = 100 } = others;
  const answers = Array.from({ length: seconds * (perSecond ?? 0) }, (_, i): Answer => ({
    kind: 'by token',
    plannedMs: (i * 1000) / (perSecond ?? 1),
    tookMs: tookMs(i),
    status: statusOf(i),
  }));
  const counts = { ids: [], notSent: 0, withoutRetryAfter: 0, cpuUs: 300 * answers.length };
  return { startedAt: STARTED_AT, seconds, perSecond, ...counts, ...others, answers };
}

/** Every fiftieth takes five times as long, as when the console reads a summary. */
const usual =
  (ms: number) =>
  (i: number): number =>
    i % 50 === 49 ? 5 * ms : ms + (i % 7) / 10;

const brokenOf = (criteria: readonly Criterion[]): readonly string[] =>
  criteria.filter((criterion) => !isMet(criterion)).map(({ what }) => what);

describe('steady', () => {
  const bare = phase({ tookMs: usual(1), cpuUs: 25 * 1000 });
  const record = (ours: PhaseRecord, busy: PhaseRecord = ours, kept = KEPT): SteadyRecord => ({
    busy: [{ bare, ours: busy }],
    pairs: [1, 2, 3].map(() => ({ bare, ours })),
    kept,
  });
  const fine = phase({ tookMs: usual(4) });

  it('takes a usual server', () => {
    expect(brokenOf(judgeSteady(record(fine)))).toEqual([]);
  });

  it('takes one slice in which the machine was away', () => {
    const away = phase({ tookMs: usual(90) });
    const pairs = [fine, away, fine].map((ours) => ({ bare, ours }));
    expect(brokenOf(judgeSteady({ ...record(fine), pairs }))).toEqual([]);
  });

  it('refuses one whose latencies are those of a usual one and as much again', () => {
    const slow = phase({ tookMs: (i) => 2 * usual(4)(i) });
    expect(brokenOf(judgeSteady(record(slow, fine)))).toEqual([
      "p50 of predictions, of bare Fastify's",
    ]);
  });

  it('refuses one that holds up every fiftieth request', () => {
    const halting = phase({ tookMs: (i) => (i % 50 === 49 ? 90 : usual(4)(i)) });
    expect(brokenOf(judgeSteady(record(halting)))).toEqual([
      "p99 of predictions, of bare Fastify's",
    ]);
  });

  it('refuses one that takes twice the processor time', () => {
    const costly = { ...fine, cpuUs: 2 * fine.cpuUs };
    expect(brokenOf(judgeSteady(record(fine, costly)))).toEqual([
      "processor time of a request when busy, of bare Fastify's",
    ]);
  });

  it('refuses one that falls behind the plan', () => {
    const behind = phase({ tookMs: (i) => Math.max(2, 5 * (i - 700)) });
    expect(brokenOf(judgeSteady(record(behind)))).toContain(
      'rate of answers within a second, of the planned rate',
    );
  });

  it('refuses one that fails a single request, or leaves one unsent', () => {
    const failing = phase({ tookMs: usual(4), statusOf: (i) => (i === 5 ? 500 : 200) });
    expect(brokenOf(judgeSteady(record(failing)))).toEqual(['requests that failed']);
    expect(brokenOf(judgeSteady(record({ ...fine, notSent: 1 })))).toEqual([
      'requests that failed',
    ]);
  });

  it('refuses one that loses a single prediction, and a run in which none was acknowledged', () => {
    const lost = { acknowledged: 1000, missing: 1 };
    expect(brokenOf(judgeSteady(record(fine, fine, lost)))).toEqual([
      'of these missing in the log',
    ]);
    expect(brokenOf(judgeSteady(record(fine, fine, { acknowledged: 0, missing: 0 })))).toEqual([
      'predictions acknowledged',
    ]);
  });

  it('refuses a run without a single answer', () => {
    const dead = phase({ tookMs: usual(4), statusOf: () => 0 });
    expect(brokenOf(judgeSteady(record(dead)))).toEqual([
      'requests that failed',
      'rate of answers within a second, of the planned rate',
      "p50 of predictions, of bare Fastify's",
      "p99 of predictions, of bare Fastify's",
    ]);
  });
});

describe('spike', () => {
  const SECOND_MS = 1000;
  const before = phase({ tookMs: usual(2) });
  const during = phase({
    startedAt: STARTED_AT + 10 * SECOND_MS,
    perSecond: 300,
    tookMs: usual(200),
  });
  const after = phase({ startedAt: STARTED_AT + 20 * SECOND_MS, tookMs: usual(2) });
  const samplesOf = (megabytes: (second: number) => number): readonly ProcessSample[] =>
    Array.from({ length: 30 }, (_, second) => ({
      at: STARTED_AT + second * SECOND_MS,
      megabytes: megabytes(second),
      descriptors: 100,
      lagMs: 12,
    }));
  const record: SpikeRecord = {
    capacity: 333,
    callers: 100,
    before,
    spike: during,
    after,
    samples: samplesOf((second) => (second < 10 ? 200 : 330)),
    kept: KEPT,
  };
  const broken = (changed: Partial<SpikeRecord>): readonly string[] =>
    brokenOf(judgeSpike({ ...record, ...changed }));

  it('takes a server that answers or refuses and is then as before', () => {
    expect(broken({})).toEqual([]);
    const refusing = phase({ ...during, tookMs: usual(200), statusOf: (i) => (i % 3 ? 200 : 503) });
    expect(broken({ spike: refusing })).toEqual([]);
  });

  it('refuses other answers, and refusals that do not say when to come back', () => {
    const failing = phase({
      ...during,
      tookMs: usual(200),
      statusOf: (i) => (i === 9 ? 500 : 200),
    });
    expect(broken({ spike: failing })).toEqual(['in the spike: neither 200 nor 429 nor 503']);
    expect(broken({ spike: { ...during, withoutRetryAfter: 1 } })).toEqual([
      'without Retry-After: 429 and 503',
    ]);
  });

  it('refuses a server that answers next to nobody, or only after long', () => {
    const collapsed = phase({
      ...during,
      tookMs: usual(200),
      statusOf: (i) => (i % 9 ? 503 : 200),
    });
    expect(broken({ spike: collapsed })).toEqual(['in the spike: answered with 200, of capacity']);
    const waiting = phase({ ...during, tookMs: usual(3000) });
    expect(broken({ spike: waiting })).toEqual([
      'in the spike: p90 until an answer or a refusal, of a turn of all callers',
    ]);
  });

  it('refuses a server whose memory goes on growing', () => {
    expect(broken({ samples: samplesOf((second) => 200 + 20 * second) })).toEqual([
      'memory at most, of that before',
    ]);
  });

  it('refuses a server that is not back soon, or stays slow', () => {
    const slow = phase({ ...after, tookMs: (i) => (i < 800 ? 50 : 2) });
    expect(broken({ after: slow })).toEqual([
      'seconds until p95 is at most 2 times that before',
      'p95 of predictions in the second half of what follows, of that before',
    ]);
  });

  it('refuses a server that loses what it acknowledged', () => {
    expect(broken({ kept: { acknowledged: 9, missing: 1 } })).toEqual([
      'of these missing in the log',
    ]);
  });
});

describe('soak', () => {
  const SECONDS = 100;
  const samplesOf = (changed: (second: number) => Partial<ProcessSample>) =>
    Array.from({ length: SECONDS }, (_, second) => ({
      at: STARTED_AT + second * 1000,
      megabytes: 220 + (second % 9),
      descriptors: 100,
      lagMs: 12,
      ...changed(second),
    }));
  const record: SoakRecord = {
    load: phase({ seconds: SECONDS, tookMs: usual(2) }),
    samples: samplesOf(() => ({})),
    swaps: 5,
    kept: KEPT,
  };
  const broken = (changed: Partial<SoakRecord>): readonly string[] =>
    brokenOf(judgeSoak({ ...record, ...changed }));
  const slower = (by: (share: number) => number): PhaseRecord =>
    phase({ seconds: SECONDS, tookMs: (i) => usual(2)(i) * by(i / SECONDS / 100) });

  it('takes a server that is at its end as it was at its beginning', () => {
    expect(broken({})).toEqual([]);
  });

  it('takes a bad moment now and then', () => {
    const jumping = slower((share) => (share % 0.08 < 0.02 ? 20 : 1));
    expect(broken({ load: jumping })).toEqual([]);
  });

  it('refuses a server that leaks memory or descriptors', () => {
    expect(broken({ samples: samplesOf((second) => ({ megabytes: 200 + second })) })).toEqual([
      'memory: the last fifth, of the second',
    ]);
    expect(broken({ samples: samplesOf((second) => ({ descriptors: 100 + second })) })).toEqual([
      'open files and sockets: the last fifth, of the first',
    ]);
  });

  it('refuses a server that becomes twice as slow', () => {
    expect(broken({ load: slower((share) => 1 + share) })).toEqual([
      'p50 of predictions: the last fifth, of the first',
      'p99 of predictions: the last fifth, of the first',
    ]);
  });

  it('refuses a server whose event loop is held longer and longer', () => {
    expect(broken({ samples: samplesOf((second) => ({ lagMs: 12 + second })) })).toEqual([
      "p99 of the event loop's lag: the last fifth, of the first",
    ]);
  });

  it('refuses a server that fails a request, loses a prediction or never took over a version', () => {
    const failing = phase({ seconds: SECONDS, tookMs: usual(2), statusOf: (i) => (i ? 200 : 0) });
    expect(broken({ load: failing })).toEqual(['requests that failed']);
    expect(broken({ kept: { acknowledged: 9, missing: 1 } })).toEqual([
      'of these missing in the log',
    ]);
    expect(broken({ swaps: 0 })).toEqual(['versions that took over meanwhile']);
  });
});
