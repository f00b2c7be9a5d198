// What ECharts draws of a what-if curve: a line, by steps where the model goes by steps, or bars for categories; the present value and the
// threshold marked.
import type { EChartsCoreOption } from 'echarts/core';
import { axis, gridWith, tooltip } from '../../components/axes.ts';
import type { ChartColors } from '../../components/chart.tsx';
import type { Formats } from '../../shell/formats.ts';
import { isStepped, type CurvePoint } from './curve.ts';
import type { Feature, Value } from './features.ts';
import type { PREDICT_TEXTS } from './predict-texts.ts';

interface CurveOptionInput {
  readonly feature: Feature;
  readonly points: readonly CurvePoint[];
  readonly present: Value;
  readonly threshold: number;
  readonly texts: (typeof PREDICT_TEXTS)['en']['whatIf'];
  readonly formats: Formats;
  readonly colors: ChartColors;
}

export function curveOption(input: CurveOptionInput): EChartsCoreOption {
  const { feature, texts, formats, colors } = input;
  const { number, percent } = formats;
  return {
    ...gridWith(),
    ...tooltip(colors, (value) => percent(Number(value))),
    xAxis:
      feature.kind === 'categorical'
        ? axis(colors, 'category', { data: input.points.map(({ value }) => value ?? '–') })
        : axis(colors, 'value', {
            scale: true,
            axisLabel: { formatter: (value: number) => number(value) },
            axisPointer: { label: { formatter: ({ value }: { value: number }) => number(value) } },
          }),
    yAxis: axis(colors, 'value', {
      min: 0,
      max: 1,
      axisLabel: { formatter: (value: number) => percent(value, 0) },
    }),
    series: [
      {
        name: texts.probability,
        ...(feature.kind === 'categorical' ? barsOf(input) : lineOf(input)),
        markLine: marksOf(input),
      },
    ],
  };
}

const lineOf = ({ points, colors }: CurveOptionInput): EChartsCoreOption => ({
  type: 'line',
  step: isStepped(points) ? 'middle' : false,
  showSymbol: false,
  lineStyle: { width: 2, color: colors.series[0] },
  data: points.flatMap(({ value, probability }) => (value === null ? [] : [[value, probability]])),
});

/** The present one is of another colour, and the mark says so too. */
const barsOf = ({ points, present, colors }: CurveOptionInput): EChartsCoreOption => ({
  type: 'bar',
  barMaxWidth: 48,
  data: points.map(({ value, probability }) => ({
    value: probability,
    itemStyle: { color: value === present ? colors.accent : colors.muted },
  })),
});

function marksOf({ feature, points, present, threshold, texts, colors }: CurveOptionInput): object {
  const at =
    feature.kind === 'categorical' ? points.findIndex((p) => p.value === present) : present;
  const label = { color: colors.text, fontSize: 12 };
  return {
    symbol: 'none',
    animation: false,
    silent: true,
    data: [
      {
        yAxis: threshold,
        label: { ...label, formatter: texts.threshold, position: 'insideEndTop' },
        lineStyle: { color: colors.bad, type: 'dashed' },
      },
      ...(at === null || at === -1
        ? []
        : [
            {
              xAxis: at,
              label: { ...label, formatter: texts.present, position: 'insideEndTop' },
              lineStyle: { color: colors.text, type: 'solid' },
            },
          ]),
    ],
  };
}
