// Both distributions on one axis: the reference as bars, the window as a line over them, so that their shapes tell them apart and not their colours alone.
import { useCallback, useMemo, type ReactElement } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { axis, gridWith, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import { barsOf } from './distribution-rows.ts';
import type { Distribution } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';

export function DistributionChart({
  distribution,
}: {
  readonly distribution: Distribution;
}): ReactElement {
  const texts = useTexts(DRIFT_TEXTS).distribution;
  const { number, percent, integer } = useFormats();
  const bars = useMemo(
    () => barsOf(distribution, { ...texts, number: (value) => number(value, 4) }),
    [distribution, texts, number],
  );
  const isNumeric = distribution.kind === 'numeric';
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => ({
      ...gridWith({ legend: true }),
      ...legend(colors),
      ...tooltip(colors, (value) => percent(value as number | null)),
      xAxis: axis(colors, 'category', { data: bars.map(({ name }) => name) }),
      yAxis: axis(colors, 'value', {
        axisLabel: { formatter: (value: number) => percent(value) },
      }),
      series: [
        {
          name: texts.reference,
          type: 'bar',
          barCategoryGap: isNumeric ? '0%' : '30%',
          itemStyle: { color: colors.series[0], opacity: isNumeric ? 0.5 : 1 },
          data: bars.map(({ referenceShare }) => referenceShare),
        },
        {
          name: texts.inWindow,
          ...(isNumeric
            ? { type: 'line', step: 'middle', symbol: 'none', lineStyle: { width: 2 } }
            : { type: 'bar' }),
          itemStyle: { color: colors.series[1] },
          data: bars.map(({ currentShare }) => currentShare),
        },
      ],
    }),
    [bars, isNumeric, percent, texts],
  );
  const { column, n_reference, n_current, quantiles } = distribution;
  const median = quantiles?.find(({ share }) => share === 0.5);
  const summary = texts.summary(column, integer(n_reference), integer(n_current));
  return (
    <Chart
      title={texts.chart}
      summary={
        median === undefined
          ? summary
          : `${summary} ${texts.medians(number(median.reference), number(median.current))}`
      }
      option={option}
      height={280}
      table={() => ({
        columns: [
          { header: texts.value },
          { header: texts.reference, numeric: true },
          { header: texts.inWindow, numeric: true },
        ],
        rows: bars.map(({ name, reference, current, referenceShare, currentShare }) => [
          name,
          `${integer(reference)} (${percent(referenceShare)})`,
          `${integer(current)} (${percent(currentShare)})`,
        ]),
      })}
    />
  );
}
