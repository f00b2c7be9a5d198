// Whether probabilities are kept: observed shares against mean probabilities, beside the line of a model that keeps them all.
import { useCallback, type ReactElement } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { axis, gridWith, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Quality } from './drift-data.ts';
import { QUALITY_TEXTS } from './quality-texts.ts';

export function CalibrationChart({
  calibration: { bins, expected_calibration_error },
}: {
  readonly calibration: Quality['calibration'];
}): ReactElement {
  const texts = useTexts(QUALITY_TEXTS).calibration;
  const { tiles } = useTexts(QUALITY_TEXTS);
  const { number, percent, integer } = useFormats();
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const percents = { formatter: (value: number) => percent(value) };
      const scale = { min: 0, max: 1, axisLabel: percents };
      return {
        ...gridWith({ legend: true }),
        ...legend(colors),
        ...tooltip(colors, (value) => percent(value as number | null), 'item'),
        xAxis: axis(colors, 'value', scale),
        yAxis: axis(colors, 'value', scale),
        series: [
          {
            name: texts.observed,
            type: 'line',
            symbolSize: 8,
            data: bins.map(({ mean_probability, observed }) => [mean_probability, observed.value]),
          },
          {
            name: texts.perfect,
            type: 'line',
            symbol: 'none',
            lineStyle: { type: 'dashed', color: colors.muted },
            itemStyle: { color: colors.muted },
            data: [
              [0, 0],
              [1, 1],
            ],
          },
        ],
      };
    },
    [bins, percent, texts],
  );
  return (
    <Chart
      title={texts.title}
      summary={texts.summary(integer(bins.length), number(expected_calibration_error, 3))}
      option={option}
      table={() => ({
        columns: [
          { header: texts.probability, numeric: true },
          { header: texts.share, numeric: true },
          { header: texts.interval, numeric: true },
          { header: texts.rows, numeric: true },
        ],
        rows: bins.map(({ mean_probability, observed }) => [
          percent(mean_probability),
          percent(observed.value),
          tiles.interval(percent(observed.low), percent(observed.high)),
          integer(observed.n),
        ]),
      })}
    />
  );
}
