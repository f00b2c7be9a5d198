// The summary says of roll-ups what a plain count over the rows says; what it cannot know is null.
import { ActivityBucket } from '../../metrics/activity.ts';
import { Rollup, type RollupRow } from '../../prediction/rollups/rollup.ts';
import { MINUTE_MS, startOf } from '../../prediction/rollups/spans.ts';
import { Random } from '../../statistics/random.ts';
import { mean as meanOf, quantile } from '../../statistics/summary.ts';
import { SummarySums } from './summary-sums.ts';
import { summarise, type ServedVersion, type SummaryFacts } from './summary.ts';

const FROM = Date.parse('2026-11-21T10:00:00Z');
const WINDOW = { from: FROM, to: FROM + 30 * MINUTE_MS - 12_345 };
const STEP = 2 * MINUTE_MS;
const FACTS: SummaryFacts = { served: [], version: null, hasActivity: false };

const random = Random.of(7);
const uniform = (): number => random.next() / 2 ** 32;
/** None in the third point. */
const ROWS: readonly RollupRow[] = Array.from({ length: 3000 }, () => {
  const offset = uniform() * (WINDOW.to - FROM);
  const probability = uniform();
  return {
    createdAt: FROM + Math.floor(offset),
    modelName: 'foretell',
    modelVersion: uniform() < 0.3 ? '2' : '1',
    probability,
    label: probability >= 0.4 ? 'malignant' : 'benign',
    threshold: 0.4,
    warnings: uniform() < 0.1 ? '[{"feature":"side","code":"outside"}]' : '[]',
    durationMs: uniform() * 3,
    cpuPercent: uniform() * 100,
    memoryBytes: Math.floor(uniform() * 1e9),
  };
}).filter(({ createdAt }) => startOf(createdAt, STEP) !== FROM + 2 * STEP);

function sumsOf(rows: readonly RollupRow[]): SummarySums {
  const sums = new SummarySums(WINDOW, STEP);
  for (const row of rows) {
    const rollup = new Rollup();
    rollup.add(row);
    const { modelName, modelVersion } = row;
    const startsAt = startOf(row.createdAt, MINUTE_MS);
    sums.add({ startsAt, spanMs: MINUTE_MS, modelName, modelVersion, rollup });
  }
  return sums;
}

const summary = summarise(sumsOf(ROWS), FACTS);
const scores = ROWS.map(({ probability }) => probability);
const seconds = (WINDOW.to - WINDOW.from) / 1000;
const pointOf = (i: number, rows = ROWS): readonly RollupRow[] =>
  rows.filter(({ createdAt }) => startOf(createdAt, STEP) === FROM + i * STEP);
const close = (value: number | null): unknown => (value === null ? null : expect.closeTo(value, 9));

describe('of the whole window', () => {
  it('counts rows, classes, warnings and scores', () => {
    const positives = ROWS.filter(({ label }) => label === 'malignant').length;
    expect(summary).toMatchObject({
      window: { from: '2026-11-21T10:00:00.000Z', to: '2026-11-21T10:29:47.655Z' },
      rows: ROWS.length,
      high_risk_rate: close(positives / ROWS.length),
      warning_rate: close(ROWS.filter(({ warnings }) => warnings !== '[]').length / ROWS.length),
      labels: [
        { label: 'malignant', rows: positives, share: close(positives / ROWS.length) },
        { label: 'benign', rows: ROWS.length - positives },
      ],
    });
    const counts = Array.from(
      { length: 20 },
      (_, bin) => scores.filter((score) => Math.floor(score * 20) === bin).length,
    );
    expect(summary.scores.counts).toEqual(counts);
    expect(summary.scores.edges).toHaveLength(21);
  });

  it('tells means and extremes exactly, and percentiles within 1 %', () => {
    const durations = ROWS.map(({ durationMs }) => durationMs);
    const { row_latency_ms: latency, memory_bytes, scores: of } = summary;
    expect(latency.mean).toBeCloseTo(meanOf(durations) ?? 0, 9);
    expect([latency.min, latency.max]).toEqual([Math.min(...durations), Math.max(...durations)]);
    expect(of.mean).toBeCloseTo(meanOf(scores) ?? 0, 9);
    expect(memory_bytes.max).toBe(Math.max(...ROWS.map(({ memoryBytes }) => memoryBytes)));
    for (const [p, value] of [
      [0.5, latency.p50],
      [0.95, latency.p95],
      [0.99, latency.p99],
    ] as const) {
      const exact = quantile(durations, p) ?? 0;
      expect(Math.abs((value ?? 0) - exact)).toBeLessThanOrEqual(0.01 * exact);
    }
    expect(summary.percentiles).toBe('sketched within 1 %');
  });

  it('divides by the time between the bounds', () => {
    expect(summary.throughput.rows_per_second).toBeCloseTo(ROWS.length / seconds, 9);
    const busiest = Math.max(...summary.series.map(({ rows_per_second: rate }) => rate ?? 0));
    expect(summary.throughput.peak_rows_per_second).toBe(busiest);
  });
});

describe('point by point', () => {
  it('has every step of the window, and null where a step has no row', () => {
    expect(summary.series).toHaveLength(15);
    expect(summary.step_seconds).toBe(120);
    summary.series.forEach((point, i) => {
      const rows = pointOf(i);
      const end = Math.min(FROM + (i + 1) * STEP, WINDOW.to);
      expect(point).toMatchObject({
        at: new Date(FROM + i * STEP).toISOString(),
        rows: rows.length,
        rows_per_second: close(rows.length / ((end - FROM - i * STEP) / 1000)),
        mean_score: close(meanOf(rows.map(({ probability }) => probability))),
        row_latency_ms: { mean: close(meanOf(rows.map(({ durationMs }) => durationMs))) },
        cpu_percent: close(meanOf(rows.map(({ cpuPercent }) => cpuPercent))),
      });
    });
    expect(summary.series[2]).toMatchObject({ rows: 0, mean_score: null, high_risk_rate: null });
  });

  it('moves its averages over the rows of five points together', () => {
    expect(summary.moving_average_points).toBe(5);
    summary.series.forEach(({ moving_average: moving }, i) => {
      const rows = [4, 3, 2, 1, 0].flatMap((back) => pointOf(i - back));
      expect(moving).toEqual({
        latency_ms: null,
        row_latency_ms: close(meanOf(rows.map(({ durationMs }) => durationMs))),
        cpu_percent: close(meanOf(rows.map(({ cpuPercent }) => cpuPercent))),
        memory_bytes: expect.closeTo(meanOf(rows.map((row) => row.memoryBytes)) ?? 0, 3) as unknown,
        score: close(meanOf(rows.map(({ probability }) => probability))),
      });
    });
  });
});

describe('by version', () => {
  const REFERENCE = Array.from({ length: 20 }, (_, i) => i);
  const served: readonly ServedVersion[] = [
    { role: 'champion', modelName: 'foretell', modelVersion: '2', referenceScores: REFERENCE },
    { role: 'challenger', modelName: 'foretell', modelVersion: '3', referenceScores: null },
  ];
  const { versions, scores: all } = summarise(sumsOf(ROWS), { ...FACTS, served });

  it('gives those that are served first, also without a row, each with its own figures', () => {
    const of = (version: string) => ROWS.filter(({ modelVersion }) => modelVersion === version);
    expect(versions).toMatchObject([
      { version: '2', role: 'champion', rows: of('2').length, scores: { reference: REFERENCE } },
      { version: '3', role: 'challenger', rows: 0, high_risk_rate: null, series: [] },
      { version: '1', role: null, rows: of('1').length, scores: { reference: null } },
    ]);
    expect(versions[0]?.scores.mean).toBeCloseTo(
      meanOf(of('2').map((row) => row.probability)) ?? 0,
      9,
    );
    expect(versions[0]?.series).toHaveLength(14);
  });

  it("compares the scores of all with the champion's training rows", () => {
    expect(all.reference).toEqual(REFERENCE);
  });

  it('compares those of one version with its own, and shows no other', () => {
    const rows = ROWS.filter(({ modelVersion }) => modelVersion === '1');
    const one = summarise(sumsOf(rows), { ...FACTS, served, version: '1' });
    expect(one.scores.reference).toBeNull();
    expect(one.versions.map(({ version }) => version)).toEqual(['1']);
  });

  it('keeps versions of one name and models of one version apart', () => {
    const other = ROWS.slice(0, 10).map((row) => ({
      ...row,
      modelName: 'other',
      modelVersion: '1',
    }));
    const mixed = summarise(sumsOf([...ROWS, ...other]), FACTS);
    expect(mixed.versions.map(({ model, version }) => [model, version])).toEqual([
      ['foretell', '1'],
      ['foretell', '2'],
      ['other', '1'],
    ]);
  });
});

describe('requests', () => {
  const activityAt = (startsAt: number, requests: number, errors: number): ActivityBucket => {
    const bucket = new ActivityBucket(startsAt, MINUTE_MS);
    bucket.requests = requests;
    bucket.errors.invalid_input = errors;
    bucket.http.add(4, requests);
    bucket.stages.infer.add(2, requests);
    bucket.eventLoopLagMs.add(1);
    return bucket;
  };

  it('are added up over processes and points, with errors by kind and latency by stage', () => {
    const sums = sumsOf(ROWS);
    sums.addActivity(activityAt(FROM, 10, 1));
    sums.addActivity(activityAt(FROM, 20, 0));
    sums.addActivity(activityAt(FROM + STEP, 10, 3));
    const of = summarise(sums, { ...FACTS, hasActivity: true });
    expect(of).toMatchObject({
      requests: 40,
      errors: { total: 4, rate: 0.1, by_kind: { invalid_input: 4, overloaded: 0 } },
      latency_ms: { mean: 4, p95: 4, stages: { infer: { mean: 2 }, explain: { mean: null } } },
      process: { event_loop_lag_ms: { mean: 1 }, cpu_percent: { mean: null } },
    });
    expect(of.throughput.requests_per_second).toBeCloseTo(40 / seconds, 9);
    expect(of.series.slice(0, 3)).toMatchObject([
      { requests: 30, errors: 1, latency_ms: { mean: 4 } },
      { requests: 10, errors: 3 },
      { requests: 0, errors: 0, latency_ms: { mean: null } },
    ]);
  });

  it('are null where only rows are known', () => {
    expect(summary).toMatchObject({
      requests: null,
      errors: null,
      latency_ms: null,
      process: null,
    });
    expect(summary.series[0]).toMatchObject({ requests: null, errors: null, latency_ms: null });
  });
});

it('says null of a window without a row', () => {
  const empty = summarise(sumsOf([]), FACTS);
  expect(empty).toMatchObject({
    rows: 0,
    high_risk_rate: null,
    labels: [],
    scores: { mean: null, reference: null },
    row_latency_ms: { mean: null, p95: null },
    throughput: { rows_per_second: 0, requests_per_second: null },
    versions: [],
  });
});

it('says null of a window without a length', () => {
  const sums = new SummarySums({ from: FROM, to: FROM }, STEP);
  expect(summarise(sums, FACTS)).toMatchObject({
    series: [],
    throughput: { rows_per_second: null, peak_rows_per_second: null },
  });
});
