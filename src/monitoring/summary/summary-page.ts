// A summary as one HTML page that needs nothing but itself: tables and figures, light and dark, without a script.
import { STAGES } from '../../metrics/activity.ts';
import { barChart, lineChart, UNIT, type Point, type Series } from '../../report/charts.ts';
import { markup, table, type Column, type Html } from '../../report/html.ts';
import { page, type Section } from '../../report/page.ts';
import type { Percentiles, Spread } from './figures.ts';
import type { SummaryPoint, VersionPoint } from './series.ts';
import type { Summary, VersionSummary } from './summary.ts';
import { duration, fixed, grouped, instant, mebibytes, number, share } from './words.ts';

/** What was read, beside what it says. */
export interface AnalysisSource {
  /** As the user named it. */
  readonly source: string;
  readonly rows: number;
  readonly brokenLines: number;
}

/** Lines of a chart that can be told apart. */
const MOST_VERSIONS = 6;

export function summaryPage(summary: Summary, source: AnalysisSource): string {
  const sections: readonly Section[] = [
    { id: 'overview', title: 'Overview', body: overview(summary, source) },
    { id: 'latency', title: 'How fast', body: latency(summary) },
    { id: 'scores', title: 'Scores and classes', body: scores(summary) },
    { id: 'time', title: 'Over time', body: overTime(summary) },
    { id: 'versions', title: 'By model version', body: versions(summary) },
  ];
  const { from, to } = summary.window;
  const lead = markup`<p>${instant(from)} to ${instant(to)}, from ${source.source}.</p>`;
  return page('Predictions analysed', lead, sections);
}

type Fact = readonly [name: string, value: string];

function overview(summary: Summary, { rows: read, brokenLines }: AnalysisSource): Html {
  const { throughput, version, rows } = summary;
  const facts: readonly Fact[] = [
    ['rows in the window', grouped(rows)],
    ['rows read', grouped(read)],
    ['broken lines left out', grouped(brokenLines)],
    ['model version', version ?? 'all'],
    ['throughput', `${number(throughput.rows_per_second)} rows/s`],
    ['busiest point', `${number(throughput.peak_rows_per_second)} rows/s`],
    ['high-risk rate', share(summary.high_risk_rate)],
    ['rows with a value outside what training saw', share(summary.warning_rate)],
    ['mean score', fixed(summary.scores.mean, 4)],
  ];
  return table<Fact>(
    [
      { head: 'figure', cell: ([name]) => name },
      { head: 'value', cell: ([, value]) => value, right: true },
    ],
    facts,
  );
}

type Named<Row> = Row & { readonly name: string };

function latency({
  latency_ms: request,
  row_latency_ms,
  percentiles,
  ...summary
}: Summary): readonly Html[] {
  const rows: readonly Named<Percentiles>[] = [
    ...(request === null
      ? []
      : [
          { name: 'a request', ...request },
          ...STAGES.map((stage) => ({ name: `of it: ${stage}`, ...request.stages[stage] })),
        ]),
    { name: 'encode and score a row', ...row_latency_ms },
  ];
  const { cpu_percent, memory_bytes } = summary;
  return [
    markup`<p>Milliseconds. p50, p95 and p99 are ${percentiles}; the others are exact.</p>`,
    table(columnsOf('part', ['mean', 'min', 'p50', 'p95', 'p99', 'max']), rows),
    markup`<p>What the process used, as each row found it.</p>`,
    table<Named<Spread>>(columnsOf('part', ['mean', 'min', 'max']), [
      { name: 'processor, % of one core', ...cpu_percent },
      { name: 'memory, MiB', ...inMebibytes(memory_bytes) },
    ]),
  ];
}

function columnsOf<Key extends string>(
  head: string,
  keys: readonly Key[],
): readonly Column<{ readonly name: string } & Readonly<Record<Key, number | null>>>[] {
  return [
    { head, cell: ({ name }) => name },
    ...keys.map((key) => ({
      head: key,
      cell: (row: Readonly<Record<Key, number | null>>) => number(row[key]),
      right: true,
    })),
  ];
}

const inMebibytes = ({ mean, min, max }: Spread): Spread => ({
  mean: mebibytes(mean),
  min: mebibytes(min),
  max: mebibytes(max),
});

function scores({ scores: { edges, counts, reference }, labels }: Summary): readonly Html[] {
  return [
    reference === null
      ? markup`<p>The training rows' scores are not at hand, so there is nothing to compare with.</p>`
      : markup`<p>Beside the scores that the champion, or the version asked for, gave its training rows.</p>`,
    charts([
      lineChart({
        title: 'Scores',
        x: 'probability',
        y: 'share of the rows, %',
        series: [
          { name: 'now', points: stepsOf(edges, counts), style: 'steps' },
          ...(reference === null
            ? []
            : [{ name: 'training', points: stepsOf(edges, reference), style: 'steps' } as const]),
        ],
        xDomain: UNIT,
      }),
      barChart(
        'Classes',
        labels.map(({ label, share: of }) => ({ label, value: 100 * of })),
        'share of the rows, %',
      ),
    ]),
  ];
}

/** Percent of all, from the lower bound of each bin to that of the next. */
function stepsOf(edges: readonly number[], counts: readonly number[]): readonly Point[] {
  const all = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const percent = counts.map((count) => (100 * count) / all);
  return [...percent.map((y, i): Point => [edges[i] ?? 0, y]), [1, percent.at(-1) ?? 0]];
}

function overTime({ series, step_seconds, moving_average_points }: Summary): readonly Html[] {
  const line = (name: string, of: (point: SummaryPoint) => number | null): Series => ({
    name,
    points: series.map((point) => pointOf(point.at, of(point))),
  });
  const smooth = (of: (point: SummaryPoint) => number | null): Series => ({
    ...line(`mean of ${moving_average_points} points`, of),
    style: 'dashed',
  });
  const chart = (title: string, y: string, lines: readonly Series[]): Html =>
    lineChart({ title, x: 'UTC', y, series: lines, time: true });
  return [
    markup`<p>Points of ${duration(step_seconds)}. The moving averages are means over the rows of a point and the ${moving_average_points - 1} before it together.</p>`,
    charts([
      chart('Throughput', 'rows/s', [line('rows', (point) => point.rows_per_second)]),
      chart('Time to encode and score a row', 'ms', [
        line('mean', ({ row_latency_ms: { mean } }) => mean),
        smooth(({ moving_average }) => moving_average.row_latency_ms),
        line('p95', ({ row_latency_ms: { p95 } }) => p95),
      ]),
      chart('Score', 'mean probability', [
        line('mean', ({ mean_score }) => mean_score),
        smooth(({ moving_average }) => moving_average.score),
      ]),
      chart('High-risk rate', '% of the rows', [
        line('rate', ({ high_risk_rate: rate }) => (rate === null ? null : 100 * rate)),
      ]),
      chart('Processor', '% of one core', [
        line('mean', ({ cpu_percent }) => cpu_percent),
        smooth(({ moving_average }) => moving_average.cpu_percent),
      ]),
      chart('Memory', 'MiB', [
        line('mean', ({ memory_bytes }) => mebibytes(memory_bytes)),
        smooth(({ moving_average }) => mebibytes(moving_average.memory_bytes)),
      ]),
    ]),
  ];
}

/** NaN: nothing is known there. */
const pointOf = (at: string, value: number | null): Point => [Date.parse(at), value ?? Number.NaN];

function versions({ versions: of, series }: Summary): readonly Html[] {
  const drawn = of.filter(({ rows }) => rows > 0).slice(0, MOST_VERSIONS);
  const chart = (title: string, y: string, valueOf: (point: VersionPoint) => number | null): Html =>
    lineChart({
      title,
      x: 'UTC',
      y,
      time: true,
      series: drawn.map((version) => ({
        name: nameOf(version),
        points: series.map(({ at }) => {
          const point = version.series.find((each) => each.at === at);
          return pointOf(at, point === undefined ? null : valueOf(point));
        }),
      })),
    });
  return [
    table<VersionSummary>(
      [
        { head: 'version', cell: nameOf },
        { head: 'role', cell: ({ role }) => role ?? '-' },
        { head: 'rows', cell: ({ rows }) => grouped(rows), right: true },
        { head: 'high-risk rate', cell: (each) => share(each.high_risk_rate), right: true },
        { head: 'mean score', cell: (each) => fixed(each.scores.mean, 4), right: true },
        { head: 'mean ms', cell: (each) => number(each.row_latency_ms.mean), right: true },
        { head: 'p95 ms', cell: (each) => number(each.row_latency_ms.p95), right: true },
        { head: 'warnings', cell: (each) => share(each.warning_rate), right: true },
      ],
      of,
    ),
    charts([
      chart('Score by version', 'mean probability', (point) => point.mean_score),
      chart('High-risk rate by version', '% of the rows', ({ high_risk_rate: rate }) =>
        rate === null ? null : 100 * rate,
      ),
    ]),
  ];
}

const nameOf = ({ model, version }: VersionSummary): string => `${model} ${version}`;

const charts = (of: readonly Html[]): Html => markup`<div class="charts">${of}</div>`;
