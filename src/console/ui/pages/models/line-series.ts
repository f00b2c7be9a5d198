// Lines of several models on axes from 0 to 1, told apart by their stroke as well as by their colour.
import type { EChartsCoreOption } from 'echarts/core';
import { axis, legend, tooltip } from '../../components/axes.ts';
import type { ChartColors } from '../../components/chart.tsx';

export type Place = readonly [x: number, y: number];

const STROKES: readonly (string | readonly number[])[] = ['solid', [8, 4], [2, 3], [10, 3, 2, 3]];

export const lineOf = (
  name: string,
  order: number,
  data: readonly Place[],
  showSymbol = false,
): object => ({
  name,
  type: 'line',
  data,
  showSymbol,
  symbolSize: 7,
  lineStyle: { width: 2, type: STROKES[order % STROKES.length] },
});

/** All but the lines. */
export const unitChart = (
  colors: ChartColors,
  format: (value: number) => string,
  x: string,
  y: string,
): EChartsCoreOption => ({
  ...legend(colors),
  ...tooltip(colors, (value) => format(Number(value)), 'item'),
  xAxis: axis(colors, 'value', {
    min: 0,
    max: 1,
    name: x,
    nameLocation: 'middle',
    nameGap: 26,
  }),
  yAxis: axis(colors, 'value', { min: 0, max: 1, name: y, nameLocation: 'middle', nameGap: 36 }),
  grid: { left: 24, right: 16, top: 16, bottom: 48, containLabel: true },
});
