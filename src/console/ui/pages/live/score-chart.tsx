// How the scores of the window lie, over how those lay that the model was tested on.
import { memo, useCallback, useMemo, type ReactElement } from 'react';
import { axis, gridWith, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { LiveScores } from './live-data.ts';
import { LIVE_TEXTS } from './live-texts.ts';
import { sharesOf, stepsOf } from './score-shares.ts';

interface ScoreChartProps {
  readonly scores: LiveScores;
  readonly highRisk: number | null;
}

export const ScoreChart = memo(function ScoreChart({
  scores,
  highRisk,
}: ScoreChartProps): ReactElement {
  const all = useTexts(LIVE_TEXTS);
  const texts = all.scores;
  const { number, percent, integer } = useFormats();
  const told = useMemo(() => sharesOf(scores), [scores]);
  const option = useCallback(
    (colors: ChartColors) => ({
      ...gridWith({ legend: true }),
      ...tooltip(colors, (value) =>
        percent(Array.isArray(value) ? Number(value[1]) : Number(value)),
      ),
      ...legend(colors),
      xAxis: axis(colors, 'value', { min: 0, max: 1, splitLine: { show: false } }),
      yAxis: axis(colors, 'value', {
        splitNumber: 4,
        axisLabel: { formatter: (value: number) => percent(value) },
      }),
      series: [
        {
          type: 'line',
          name: texts.window,
          step: 'end',
          showSymbol: false,
          emphasis: { disabled: true },
          areaStyle: { opacity: 0.25 },
          data: told.shares === null ? [] : stepsOf(scores.edges, told.shares),
          ...(scores.threshold !== null && {
            markLine: thresholdLine(
              colors,
              scores.threshold,
              `${texts.threshold} ${number(scores.threshold)}`,
            ),
          }),
        },
        {
          type: 'line',
          name: texts.reference,
          step: 'end',
          showSymbol: false,
          emphasis: { disabled: true },
          lineStyle: { type: 'dashed', width: 2 },
          data: told.reference === null ? [] : stepsOf(scores.edges, told.reference),
        },
      ],
    }),
    [scores, told, texts, percent, number],
  );
  const sentence = [
    `${texts.rows(integer(told.rows))}, ${
      told.referenceRows === null
        ? texts.noReference
        : texts.referenceRows(integer(told.referenceRows))
    }`,
    ...(highRisk !== null && scores.threshold !== null
      ? [texts.above(percent(highRisk), number(scores.threshold))]
      : []),
  ].join(texts.separator);
  const table = useCallback(
    () => ({
      columns: [texts.from, texts.to, texts.window, texts.reference].map((header) => ({
        header,
        numeric: true,
      })),
      rows: scores.counts.map((_, index) => [
        number(scores.edges[index]),
        number(scores.edges[index + 1]),
        percent(told.shares?.[index]),
        percent(told.reference?.[index]),
      ]),
    }),
    [scores, told, texts, number, percent],
  );
  return (
    <section className="card" aria-labelledby="live-scores">
      <h2 id="live-scores">{texts.heading}</h2>
      <Chart
        title={texts.title}
        summary={`${texts.title}. ${sentence}.`}
        option={option}
        table={table}
      />
      <p className="muted">{sentence}.</p>
    </section>
  );
});

const thresholdLine = (colors: ChartColors, at: number, name: string): object => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: colors.bad, width: 2, type: 'solid' },
  label: { formatter: name, color: colors.text },
  data: [{ xAxis: at }],
});
