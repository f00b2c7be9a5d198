// Figures of the stream over the time of the window.
import { memo, useCallback, useMemo, type ReactElement } from 'react';
import { axis, gridWith, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LivePoint } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';

export interface TimeLine {
  readonly name: string;
  readonly of: (point: LivePoint) => number | null;
  /** Of what is smoothed, and drawn so. */
  readonly dashed?: boolean;
}

interface TimeChartProps {
  readonly title: string;
  readonly lines: readonly TimeLine[];
  readonly points: readonly LivePoint[];
  readonly format: (value: number | null) => string;
}

/** So few points are marked, since a line between two that are apart would not show. */
const FEW = 40;

export const TimeChart = memo(function TimeChart({
  title,
  lines,
  points,
  format,
}: TimeChartProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS);
  const { mark, clock, instant } = useFormats();
  const drawn = useMemo(
    () =>
      lines.map(({ name, of, dashed = false }) => {
        const data = points.map((point) => [Date.parse(point.at), of(point)] as const);
        const known = data.filter(([, value]) => value !== null);
        return { name, dashed, data, known: known.length, last: known.at(-1)?.[1] ?? null };
      }),
    [lines, points],
  );
  const option = useCallback(
    (colors: ChartColors) => {
      const [first = 0, last = 0] = [points[0], points.at(-1)].map((point) =>
        point === undefined ? 0 : Date.parse(point.at),
      );
      return {
        ...gridWith({ legend: true }),
        ...tooltip(colors, (value) => format(typeof value === 'number' ? value : null)),
        ...legend(colors),
        xAxis: axis(colors, 'time', {
          min: first,
          max: last,
          axisPointer: { label: { formatter: ({ value }: { value: number }) => instant(value) } },
          axisLabel: { formatter: (at: number) => mark(at, last - first) },
        }),
        yAxis: axis(colors, 'value', {
          splitNumber: 4,
          axisLabel: { formatter: (value: number) => format(value) },
        }),
        series: drawn.map(({ name, dashed, data, known }) => ({
          type: 'line',
          name,
          data,
          showSymbol: known <= FEW,
          symbolSize: 4,
          lineStyle: { width: dashed ? 2 : 1.5, type: dashed ? 'dashed' : 'solid' },
          emphasis: { disabled: true },
        })),
      };
    },
    [drawn, points, format, mark, instant],
  );
  const latest = drawn.filter(({ last }) => last !== null);
  const summary =
    latest.length === 0
      ? texts.summaries.none(title)
      : texts.summaries.latest(
          title,
          latest.map(({ name, last }) => `${name} ${format(last)}`).join(', '),
        );
  const table = useCallback(
    () => ({
      columns: [
        { header: texts.at },
        ...lines.map(({ name }) => ({ header: name, numeric: true })),
      ],
      rows: points
        .toReversed()
        .map((point) => [clock(point.at), ...lines.map(({ of }) => format(of(point)))]),
    }),
    [texts, lines, points, clock, format],
  );
  return (
    <div className="card">
      <Chart title={title} summary={summary} option={option} table={table} height={200} />
    </div>
  );
});
