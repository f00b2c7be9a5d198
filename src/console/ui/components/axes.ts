// Axes, grid and tooltip as all charts of the console have them.
import type { EChartsCoreOption } from 'echarts/core';
import type { ChartColors } from './chart.tsx';

/** Room for the labels of the axes and, below, for a legend. */
export const gridWith = ({ legend = false } = {}): EChartsCoreOption => ({
  grid: { left: 8, right: 16, top: 16, bottom: legend ? 32 : 8, containLabel: true },
});

/** Tooltips are drawn on the canvas: in markup they would need inline styles. */
export const tooltip = (
  colors: ChartColors,
  valueFormatter: (value: unknown) => string,
  trigger: 'axis' | 'item' = 'axis',
): EChartsCoreOption => ({
  tooltip: {
    trigger,
    renderMode: 'richText',
    confine: true,
    backgroundColor: colors.surface,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12 },
    valueFormatter,
  },
});

export const legend = (colors: ChartColors): EChartsCoreOption => ({
  legend: { bottom: 0, icon: 'roundRect', itemHeight: 8, textStyle: { color: colors.text } },
});

export const axis = (
  colors: ChartColors,
  type: 'value' | 'category' | 'time' | 'log',
  more: EChartsCoreOption = {},
): EChartsCoreOption => {
  const { axisLabel = {}, ...rest } = more as { axisLabel?: object };
  return {
    type,
    axisLine: { lineStyle: { color: colors.line } },
    splitLine: { show: type === 'value', lineStyle: { color: colors.line, opacity: 0.5 } },
    axisLabel: { color: colors.muted, hideOverlap: true, ...axisLabel },
    nameTextStyle: { color: colors.muted },
    ...rest,
  };
};
