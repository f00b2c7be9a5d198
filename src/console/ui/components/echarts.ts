// The parts of Apache ECharts that the console draws with: lines and bars on axes, nothing else, so that the chunk stays small. A point is a line of one.
import { BarChart, LineChart } from 'echarts/charts';
import {
  GridComponent,
  LegendPlainComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart,
  CanvasRenderer,
  GridComponent,
  LegendPlainComponent,
  LineChart,
  MarkLineComponent,
  TooltipComponent,
]);

export const drawOn = (element: HTMLElement): ECharts =>
  init(element, null, { renderer: 'canvas' });
