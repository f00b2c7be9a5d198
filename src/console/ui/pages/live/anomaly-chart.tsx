// Anomalies on one axis of time, a lane for each kind: what came first, and what came with it.
import { memo, useCallback, type ReactElement } from 'react';
import { axis, gridWith, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import type { TableData } from '../../components/data-table.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Anomaly, LiveState } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';

const LANES: readonly Anomaly['kind'][] = ['input', 'error', 'score', 'memory', 'cpu', 'latency'];

interface AnomalyChartProps {
  readonly anomalies: readonly Anomaly[];
  readonly window: LiveState['window'];
  readonly table: () => TableData;
  readonly onPick: (id: string) => void;
}

export const AnomalyChart = memo(function AnomalyChart({
  anomalies,
  window,
  table,
  onPick,
}: AnomalyChartProps): ReactElement {
  const texts = useTexts(LIVE_TEXTS).anomalies;
  const { mark, instant, integer } = useFormats();
  const { name, from: windowFrom, to: windowTo } = window;
  const option = useCallback(
    (colors: ChartColors) => {
      const to = Date.parse(windowTo);
      const from = Math.min(
        name === 'all' ? to : Date.parse(windowFrom),
        ...anomalies.map(({ at }) => Date.parse(at)),
      );
      return {
        ...gridWith(),
        ...tooltip(colors, () => '', 'item'),
        xAxis: axis(colors, 'time', {
          min: from,
          max: to,
          axisLabel: { formatter: (at: number) => mark(at, to - from) },
        }),
        yAxis: axis(colors, 'category', {
          data: LANES.map((kind) => texts.kinds[kind]),
          splitLine: { show: true, lineStyle: { color: colors.line, opacity: 0.5 } },
          axisTick: { show: false },
        }),
        series: anomalies.map((anomaly) => barOf(anomaly, colors, texts.kinds, instant)),
      };
    },
    [anomalies, name, windowFrom, windowTo, texts, mark, instant],
  );
  const ongoing = anomalies.filter((anomaly) => anomaly.ongoing).length;
  return (
    <Chart
      title={texts.title}
      summary={texts.summary(integer(anomalies.length), integer(ongoing))}
      option={option}
      table={table}
      height={200}
      onPick={({ seriesName }) => {
        onPick(seriesName);
      }}
    />
  );
});

/** A line as thick as a bar, with ends that show also what lasted for a moment. */
function barOf(
  anomaly: Anomaly,
  colors: ChartColors,
  kinds: Readonly<Record<Anomaly['kind'], string>>,
  instant: (at: string) => string,
): object {
  const lane = LANES.indexOf(anomaly.kind);
  const seen = anomaly.acknowledged_at !== null;
  const color = seen ? colors.muted : anomaly.ongoing ? colors.bad : colors.warn;
  return {
    type: 'line',
    name: anomaly.id,
    color,
    triggerLineEvent: true,
    symbol: seen ? 'emptyCircle' : 'circle',
    symbolSize: 12,
    lineStyle: { width: 8, opacity: 0.7 },
    tooltip: {
      formatter: () =>
        `${kinds[anomaly.kind]}\n${instant(anomaly.at)} – ${instant(anomaly.ended_at)}`,
    },
    data: [
      [Date.parse(anomaly.at), lane],
      [Date.parse(anomaly.ended_at), lane],
    ],
  };
}
