// What evaluations on schedule found: the weighted share over time with a mark where there was drift, and each of them in a table.
import { useCallback, useId, type ReactElement } from 'react';
import type { EChartsCoreOption } from 'echarts/core';
import { axis, gridWith, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { DataTable, type TableData } from '../../components/data-table.tsx';
import { Empty } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Past } from './drift-data.ts';
import { DRIFT_TEXTS } from './drift-texts.ts';
import { TOGETHER_TEXTS } from './together-texts.ts';
import { VerdictBadge } from './verdict-badge.tsx';

export function HistoryCard({ past }: { readonly past: readonly Past[] }): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).history;
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id}>{texts.title}</h2>
      {past.length === 0 ? (
        <Empty>
          <p>{texts.none}</p>
        </Empty>
      ) : (
        <>
          <HistoryChart past={past} />
          <Each past={past} />
        </>
      )}
    </section>
  );
}

function HistoryChart({ past }: { readonly past: readonly Past[] }): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).history;
  const { percent, integer } = useFormats();
  const { verdicts } = useTexts(DRIFT_TEXTS);
  const option = useCallback(
    (colors: ChartColors): EChartsCoreOption => {
      const points = past.toReversed();
      return {
        ...gridWith({ legend: true }),
        ...legend(colors),
        ...tooltip(colors, (value) => percent(value as number | null)),
        xAxis: axis(colors, 'time'),
        yAxis: axis(colors, 'value', {
          min: 0,
          max: 1,
          axisLabel: { formatter: (value: number) => percent(value) },
        }),
        series: [
          {
            name: texts.line,
            type: 'line',
            symbolSize: 4,
            data: points.map(({ at, weighted_share }) => [at, weighted_share]),
          },
          {
            name: texts.marks,
            type: 'line',
            lineStyle: { opacity: 0 },
            symbol: 'diamond',
            symbolSize: 12,
            itemStyle: { color: colors.bad },
            data: points
              .filter(({ verdict }) => verdict === 'drift')
              .map(({ at, weighted_share }) => [at, weighted_share ?? 0]),
          },
        ],
      };
    },
    [past, percent, texts],
  );
  const drifted = past.filter(({ verdict }) => verdict === 'drift').length;
  const table = (): TableData => ({
    columns: [
      { header: texts.at },
      { header: texts.share, numeric: true },
      { header: texts.verdict },
    ],
    rows: past.map(({ at, weighted_share, verdict }) => [
      <Time key="at" at={at} />,
      percent(weighted_share),
      verdicts[verdict],
    ]),
  });
  return (
    <Chart
      title={texts.chart}
      summary={texts.summary(integer(past.length), integer(drifted))}
      option={option}
      table={table}
      height={200}
    />
  );
}

function Each({ past }: { readonly past: readonly Past[] }): ReactElement {
  const texts = useTexts(TOGETHER_TEXTS).history;
  const { windows } = useTexts(DRIFT_TEXTS);
  const { percent, integer, number } = useFormats();
  return (
    <details>
      <summary>{texts.details}</summary>
      <DataTable
        caption={texts.title}
        hidesCaption
        columns={[
          { header: texts.at },
          { header: texts.version },
          { header: texts.window },
          { header: texts.verdict },
          { header: texts.convention },
          { header: texts.rows, numeric: true },
          { header: texts.share, numeric: true },
          { header: texts.auc, numeric: true },
          { header: texts.columns },
        ]}
        rows={past.map((evaluation) => [
          <Time key="at" at={evaluation.at} />,
          evaluation.model.version,
          windows[evaluation.window_name],
          <VerdictBadge key="ours" verdict={evaluation.verdict} />,
          <VerdictBadge key="convention" verdict={evaluation.convention_verdict} />,
          integer(evaluation.window.sampled),
          percent(evaluation.weighted_share),
          number(evaluation.domain_classifier_roc_auc, 3),
          driftedNames(evaluation) || texts.noColumns,
        ])}
      />
    </details>
  );
}

const driftedNames = ({ columns }: Past): string =>
  columns
    .filter(({ verdict }) => verdict === 'drift')
    .map(({ name }) => name)
    .join(', ');
