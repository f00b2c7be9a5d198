// How the held-out rows of each class are scored, and where the threshold cuts.
import { useCallback, type ReactElement } from 'react';
import { axis, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Drawn } from './comparison.tsx';
import { MODELS_TEXTS } from './models-texts.ts';

export function Scores({ evaluation }: { readonly evaluation: Drawn }): ReactElement {
  const texts = useTexts(MODELS_TEXTS).charts;
  const { number, integer } = useFormats();
  const option = useCallback(
    (colors: ChartColors) => {
      const { scores } = evaluation.curves;
      const bins = scores.positive.length;
      const [good, bad] = [colors.series[0], colors.series[1]];
      return {
        ...legend(colors),
        ...tooltip(colors, (value) => integer(Number(value))),
        grid: { left: 24, right: 16, top: 24, bottom: 48, containLabel: true },
        xAxis: [
          axis(colors, 'category', {
            data: scores.edges
              .slice(0, bins)
              .map((edge, i) => texts.range(number(edge), number(scores.edges[i + 1]))),
            axisLabel: { interval: 4 },
            name: texts.probability,
            nameLocation: 'middle',
            nameGap: 26,
          }),
          { type: 'value', min: 0, max: 1, show: false },
        ],
        yAxis: axis(colors, 'value', {
          minInterval: 1,
          name: texts.rows,
          nameLocation: 'middle',
          nameGap: 36,
        }),
        series: [
          {
            name: evaluation.negative_label,
            type: 'bar',
            stack: 'rows',
            data: scores.negative,
            itemStyle: { color: good },
          },
          {
            name: evaluation.positive_label,
            type: 'bar',
            stack: 'rows',
            data: scores.positive,
            itemStyle: { color: bad, decal: { symbol: 'rect' } },
          },
          {
            name: texts.threshold,
            type: 'line',
            xAxisIndex: 1,
            data: [],
            color: colors.text,
            markLine: {
              symbol: 'none',
              silent: true,
              lineStyle: { color: colors.text, type: 'dashed' },
              label: { color: colors.text, formatter: number(evaluation.threshold) },
              data: [{ xAxis: evaluation.threshold }],
            },
          },
        ],
      };
    },
    [evaluation, texts, number, integer],
  );
  const {
    version,
    threshold,
    curves,
    negative_label: negative,
    positive_label: positive,
  } = evaluation;
  return (
    <Chart
      title={texts.scores(version)}
      summary={texts.scoresSummary(version, number(threshold))}
      height={300}
      option={option}
      table={() => ({
        columns: [
          { header: texts.from, numeric: true },
          { header: texts.to, numeric: true },
          { header: negative, numeric: true },
          { header: positive, numeric: true },
        ],
        rows: curves.scores.positive.map((count, i) => [
          number(curves.scores.edges[i]),
          number(curves.scores.edges[i + 1]),
          integer(curves.scores.negative[i]),
          integer(count),
        ]),
      })}
    />
  );
}
