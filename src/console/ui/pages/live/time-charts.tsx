// Latency, what the process uses, and traffic over the time of the window.
import { memo, useMemo, type ReactElement } from 'react';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LivePoint } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { TimeChart, type TimeLine } from './time-chart.tsx';

type Lines = Readonly<
  Record<'latency' | 'cpu' | 'memory' | 'lag' | 'traffic' | 'errors', readonly TimeLine[]>
>;

const linesOf = (names: (typeof LIVE_TEXTS)['en']['series']): Lines => ({
  latency: [
    { name: names.mean, of: (point) => point.latency_ms?.mean ?? null },
    { name: names.p95, of: (point) => point.latency_ms?.p95 ?? null },
    { name: names.average, of: (point) => point.moving_average.latency_ms, dashed: true },
  ],
  cpu: [
    { name: names.cpu, of: (point) => ofHundred(point.cpu_percent) },
    {
      name: names.average,
      of: (point) => ofHundred(point.moving_average.cpu_percent),
      dashed: true,
    },
  ],
  memory: [
    { name: names.memory, of: (point) => point.memory_bytes },
    { name: names.average, of: (point) => point.moving_average.memory_bytes, dashed: true },
  ],
  lag: [{ name: names.lag, of: (point) => point.event_loop_lag_ms }],
  traffic: [
    { name: names.requests, of: (point) => point.requests_per_second },
    { name: names.rows, of: (point) => point.rows_per_second },
  ],
  errors: [{ name: names.errors, of: (point) => point.error_rate }],
});

const ofHundred = (percent: number | null): number | null =>
  percent === null ? null : percent / 100;

export const TimeCharts = memo(function TimeCharts({
  points,
}: {
  readonly points: readonly LivePoint[];
}): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const { milliseconds, percent, bytes, number } = useFormats();
  const lines = useMemo(() => linesOf(texts.series), [texts]);
  const { charts } = texts;
  return (
    <section aria-labelledby="live-over-time">
      <h2 id="live-over-time">{texts.overTime}</h2>
      <div className="grid">
        <TimeChart
          title={charts.latency}
          lines={lines.latency}
          points={points}
          format={milliseconds}
        />
        <TimeChart title={charts.traffic} lines={lines.traffic} points={points} format={number} />
        <TimeChart title={charts.errors} lines={lines.errors} points={points} format={percent} />
        <TimeChart title={charts.cpu} lines={lines.cpu} points={points} format={percent} />
        <TimeChart title={charts.memory} lines={lines.memory} points={points} format={bytes} />
        <TimeChart title={charts.lag} lines={lines.lag} points={points} format={milliseconds} />
      </div>
    </section>
  );
});
