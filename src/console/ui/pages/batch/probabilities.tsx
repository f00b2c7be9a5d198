// How the probabilities of a batch are spread, with the threshold.
import { useCallback, type ReactElement } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { axis, gridWith, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { BINS, type BatchCounts } from './batch-results.ts';
import { BATCH_TEXTS } from './batch-texts.ts';

interface ProbabilitiesProps {
  readonly counts: BatchCounts;
  readonly threshold: number;
}

export function Probabilities({ counts, threshold }: ProbabilitiesProps): ReactElement {
  const texts = useTexts(BATCH_TEXTS).results;
  const { integer, percent, number } = useFormats();
  const { rows, refused, histogram } = counts;
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => ({
      ...gridWith(),
      ...tooltip(colors, (value) => integer(Number(value))),
      xAxis: [
        axis(colors, 'category', {
          data: histogram.map(
            (_, bin) => `${percent(bin / BINS, 0)}–${percent((bin + 1) / BINS, 0)}`,
          ),
        }),
        axis(colors, 'value', { min: 0, max: 1, show: false }),
      ],
      yAxis: axis(colors, 'value', {
        minInterval: 1,
        axisLabel: { formatter: (count: number) => integer(count) },
      }),
      series: [
        { type: 'bar', name: texts.count, data: histogram, barCategoryGap: '8%' },
        {
          type: 'line',
          xAxisIndex: 1,
          data: [],
          tooltip: { show: false },
          markLine: {
            silent: true,
            symbol: 'none',
            lineStyle: { color: colors.bad, type: 'dashed' },
            label: {
              color: colors.text,
              formatter: `${texts.threshold} ${number(threshold, 3)}`,
              position: 'insideEndTop',
              rotate: 0,
            },
            data: [{ xAxis: threshold }],
          },
        },
      ],
    }),
    [histogram, threshold, integer, percent, number, texts],
  );
  return (
    <Chart
      title={texts.histogram}
      summary={texts.histogramSummary(integer(rows - refused))}
      option={option}
      height={180}
      table={() => ({
        columns: [
          { header: texts.from, numeric: true },
          { header: texts.to, numeric: true },
          { header: texts.count, numeric: true },
        ],
        rows: histogram.map((count, bin) => [
          percent(bin / BINS, 0),
          percent((bin + 1) / BINS, 0),
          integer(count),
        ]),
      })}
    />
  );
}
