// A summary as text for a terminal.
import { STAGES } from '../../metrics/activity.ts';
import type { Percentiles, Spread } from './figures.ts';
import type { SummaryPoint } from './series.ts';
import type { Summary } from './summary.ts';
import { textTable } from './text-table.ts';
import { duration, fixed, grouped, instant, mebibytes, number, share } from './words.ts';

/** Points of the series that fit on a screen. */
const LAST_POINTS = 12;
const BAR = 30;

export function summaryText(summary: Summary): string {
  const blocks = [
    facts(summary),
    latency(summary),
    load(summary),
    scores(summary),
    versions(summary),
    overTime(summary),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function facts(summary: Summary): string {
  const { window, version, rows, throughput, requests, errors, labels } = summary;
  const lines: readonly (readonly [string, string])[] = [
    ['window', `${instant(window.from)} to ${instant(window.to)}`],
    ['model version', version ?? 'all'],
    ['rows', grouped(rows)],
    [
      'throughput',
      `${number(throughput.rows_per_second)} rows/s, at most ${number(throughput.peak_rows_per_second)} rows/s`,
    ],
    ...(requests === null ? [] : ([['requests', grouped(requests)]] as const)),
    ...(errors === null ? [] : ([['errors', errorsInWords(errors)]] as const)),
    ['high-risk rate', share(summary.high_risk_rate)],
    ['rows with warnings', share(summary.warning_rate)],
    ['classes', labels.map((each) => `${each.label} ${share(each.share)}`).join(', ') || '-'],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n');
}

function errorsInWords({ total, rate, by_kind }: NonNullable<Summary['errors']>): string {
  const kinds = Object.entries(by_kind).filter(([, count]) => count > 0);
  const listed = kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(', ');
  return `${grouped(total)} (${share(rate)})${listed === '' ? '' : `: ${listed}`}`;
}

function latency({ latency_ms: request, row_latency_ms: row, percentiles }: Summary): string {
  const line = (name: string, { mean, min, p50, p95, p99, max }: Percentiles) => [
    name,
    ...[mean, min, p50, p95, p99, max].map(number),
  ];
  return textTable([
    ['milliseconds', 'mean', 'min', 'p50', 'p95', 'p99', 'max'],
    ...(request === null
      ? []
      : [
          line('a request', request),
          ...STAGES.map((stage) => line(`  ${stage}`, request.stages[stage])),
        ]),
    line('encode and score a row', row),
  ]).concat(`\n(p50, p95 and p99: ${percentiles})`);
}

function load({ cpu_percent, memory_bytes, scores }: Summary): string {
  const line = (name: string, { mean, min, max }: Spread) => [
    name,
    ...[mean, min, max].map(number),
  ];
  const { mean, min, max } = memory_bytes;
  const memory = { mean: mebibytes(mean), min: mebibytes(min), max: mebibytes(max) };
  return textTable([
    ['as each row found it', 'mean', 'min', 'max'],
    line('processor, % of a core', cpu_percent),
    line('memory, MiB', memory),
    line('score', scores),
  ]);
}

function scores({ scores: { edges, counts, reference }, rows }: Summary): string {
  const training = reference?.reduce((sum, count) => sum + count, 0) ?? 0;
  const most = Math.max(1, ...counts);
  return textTable([
    ['score', 'rows', 'share', 'training', ''],
    ...counts.map((count, i) => [
      `${fixed(edges[i] ?? 0, 2)} to ${fixed(edges[i + 1] ?? 1, 2)}`,
      grouped(count),
      share(rows === 0 ? null : count / rows),
      share(reference === null || training === 0 ? null : (reference[i] ?? 0) / training),
      '#'.repeat(Math.round((BAR * count) / most)).padEnd(BAR),
    ]),
  ]);
}

const versions = ({ versions: of }: Summary): string =>
  textTable([
    ['version', 'role', 'rows', 'rows/s', 'high risk', 'mean score', 'mean ms', 'p95 ms'],
    ...of.map((each) => [
      `${each.model} ${each.version}`,
      each.role ?? '-',
      grouped(each.rows),
      number(each.rows_per_second),
      share(each.high_risk_rate),
      fixed(each.scores.mean, 4),
      number(each.row_latency_ms.mean),
      number(each.row_latency_ms.p95),
    ]),
  ]);

function overTime({ series, step_seconds, moving_average_points: points }: Summary): string {
  const shown = series.slice(-LAST_POINTS);
  const title =
    `The last ${shown.length} of ${series.length} points, ${duration(step_seconds)} each; ` +
    `in brackets the mean over ${points} points`;
  const head = ['from', 'rows', 'rows/s', 'high risk', 'score', 'ms', 'processor %', 'MiB'];
  return `${title}\n${textTable([head, ...shown.map(pointCells)])}`;
}

function pointCells(point: SummaryPoint): readonly string[] {
  const { moving_average: moving } = point;
  const pair = (value: number | null, average: number | null, digits: number): string =>
    `${fixed(value, digits)} (${fixed(average, digits)})`;
  return [
    instant(point.at),
    grouped(point.rows),
    number(point.rows_per_second),
    share(point.high_risk_rate),
    pair(point.mean_score, moving.score, 3),
    pair(point.row_latency_ms.mean, moving.row_latency_ms, 3),
    pair(point.cpu_percent, moving.cpu_percent, 1),
    pair(mebibytes(point.memory_bytes), mebibytes(moving.memory_bytes), 0),
  ];
}
