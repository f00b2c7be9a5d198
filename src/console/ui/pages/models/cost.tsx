// What wrong answers cost at every threshold, for costs that the reader states; kept in the address.
import { useCallback, useMemo, type ReactElement } from 'react';
import { axis, legend, tooltip } from '../../components/axes.ts';
import { Chart, type ChartColors } from '../../components/chart.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { useQueryValue } from '../../shell/location.ts';
import { useFormats } from '../../shell/formats.ts';
import { useTexts } from '../../shell/texts.ts';
import type { Drawn } from './comparison.tsx';
import { CostField } from './cost-field.tsx';
import { costAt, costCurve, costOf, leastCost, type CostPoint, type Costs } from './cost-curve.ts';
import { lineOf, type Place } from './line-series.ts';
import { MODELS_TEXTS } from './models-texts.ts';

interface CostProps {
  readonly evaluations: readonly Drawn[];
}

export default function Cost({ evaluations }: CostProps): ReactElement {
  const texts = useTexts(MODELS_TEXTS).cost;
  const [falsePositive, setFalsePositive] = useQueryValue<string>('fp', '1');
  const [falseNegative, setFalseNegative] = useQueryValue<string>('fn', '1');
  const [fp, fn] = [costOf(falsePositive), costOf(falseNegative)];
  const [first] = evaluations;
  const labels = [first?.negative_label ?? '', first?.positive_label ?? ''] as const;
  const alike = evaluations.every(
    (each) => each.negative_label === labels[0] && each.positive_label === labels[1],
  );
  return (
    <section className="card" aria-labelledby="cost">
      <h3 id="cost">{texts.title}</h3>
      <div className="model-costs">
        <CostField
          label={alike ? texts.falsePositive(...labels) : texts.falsePositivePlain}
          value={falsePositive}
          onChange={setFalsePositive}
        />
        <CostField
          label={alike ? texts.falseNegative(...labels) : texts.falseNegativePlain}
          value={falseNegative}
          onChange={setFalseNegative}
        />
      </div>
      {fp !== null && fn !== null && <Costed evaluations={evaluations} fp={fp} fn={fn} />}
    </section>
  );
}

interface CostedProps extends CostProps {
  readonly fp: number;
  readonly fn: number;
}

function Costed({ evaluations, fp, fn }: CostedProps): ReactElement {
  const { cost: texts, charts } = useTexts(MODELS_TEXTS);
  const { number } = useFormats();
  const lines = useMemo(
    () => evaluations.map((each) => costed(each, { falsePositive: fp, falseNegative: fn })),
    [evaluations, fp, fn],
  );
  const at = ({ from, to }: { readonly from: number; readonly to: number }): string =>
    from === to ? number(from) : texts.range(number(from), number(to));
  const option = useCallback(
    (colors: ChartColors) => ({
      ...legend(colors),
      ...tooltip(colors, (value) => number(Number(value)), 'item'),
      grid: { left: 24, right: 16, top: 24, bottom: 48, containLabel: true },
      xAxis: axis(colors, 'value', {
        min: 0,
        max: 1,
        name: charts.threshold,
        nameLocation: 'middle',
        nameGap: 26,
      }),
      yAxis: axis(colors, 'value', {
        min: 0,
        name: texts.chart,
        nameLocation: 'middle',
        nameGap: 40,
      }),
      series: [
        ...lines.map(({ version, points }, i) => ({
          ...lineOf(charts.series(version), i, points.map(placeOf)),
          step: 'middle',
        })),
        ...lines.map(({ version, least }, i) => ({
          name: `${charts.series(version)}, ${texts.leastMark}`,
          type: 'line',
          symbol: 'diamond',
          symbolSize: 14,
          color: colors.series[i % colors.series.length],
          data: least === null ? [] : [[(least.from + least.to) / 2, least.cost]],
        })),
      ],
    }),
    [lines, texts, charts, number],
  );
  return (
    <>
      <Chart
        title={texts.chart}
        summary={texts.summary(
          lines
            .flatMap(({ version, least }) =>
              least === null ? [] : [texts.least(version, number(least.cost), at(least))],
            )
            .join(', '),
        )}
        height={300}
        option={option}
        table={() => ({
          columns: [
            { header: charts.threshold, numeric: true },
            ...lines.map(({ version }) => ({ header: charts.series(version), numeric: true })),
          ],
          rows: (lines[0]?.points ?? []).map(({ threshold }, i) => [
            number(threshold),
            ...lines.map(({ points }) => number(points[i]?.cost)),
          ]),
        })}
      />
      <DataTable
        caption={texts.caption}
        columns={[
          { header: texts.columns.version },
          { header: texts.columns.own, numeric: true },
          { header: texts.columns.ownCost, numeric: true },
          { header: texts.columns.least, numeric: true },
          { header: texts.columns.leastCost, numeric: true },
        ]}
        rows={lines.map(({ version, threshold, own, least }) => [
          version,
          number(threshold),
          number(own),
          least === null ? null : at(least),
          number(least?.cost),
        ])}
      />
    </>
  );
}

const placeOf = ({ threshold, cost }: CostPoint): Place => [threshold, cost];

function costed({ version, threshold, curves, confusion_matrix: matrix }: Drawn, costs: Costs) {
  const points = costCurve(curves.thresholds, costs);
  const own = matrix === null ? null : costAt(matrix, costs);
  return { version, threshold, points, own, least: leastCost(points) };
}
