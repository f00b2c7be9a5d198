// Panels and variables as this product's dashboards have them: a panel without a unit or a description cannot be written.
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
  type Panel as PanelModel,
  type Threshold,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { HeatmapColorMode } from '@grafana/grafana-foundation-sdk/heatmap';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;
/** Of Grafana's 24 columns, and in units of 30 pixels. */
const HEIGHT = 8;

/** What selects the servers that a query is about; part of every query on what they expose. */
export const SERVERS = 'job=~"$job", instance=~"$instance"';
/** The same, and the models. */
export const MODELS = `${SERVERS}, model=~"$model", version=~"$version"`;

/** A line: what it is called, and its query in PromQL. */
export type Line = readonly [legend: string, expr: string];

export interface Panel {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly description: string;
  /** Grafana's name of a unit: s, bytes, percentunit, reqps, short, none, ... */
  readonly unit: string;
  /** `lines` over time unless said; `number`: the last value; `heatmap`: of a histogram's buckets. */
  readonly kind?: 'lines' | 'stacked' | 'number' | 'heatmap';
  readonly width?: number;
  readonly lines: readonly Line[];
  readonly min?: number;
  readonly max?: number;
  /** From the first value on a number is yellow, from the second on red; or the other way round where less is worse. */
  readonly limits?: readonly [number, number];
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Dashboard {
  /** Also the name of its file; links and bookmarks hold on to it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whether it can be narrowed down to a model and a version. */
  readonly ofModels: boolean;
  readonly rows: readonly Row[];
}

/** The dashboard as the JSON that Grafana provisions. */
export function render(dashboard: Dashboard): string {
  // The classic form: every Grafana from 9 on reads it from a file; the second one, which the library prefers, is that of 13.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags(['foretell'])
    .readonly()
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' });
  for (const variable of variables(dashboard.ofModels)) builder.withVariable(variable);
  let id = 0;
  for (const { title, panels } of dashboard.rows) {
    builder.withRow(new RowBuilder(title).id((id += 1)));
    for (const panel of panels) builder.withPanel(build(panel, (id += 1)));
  }
  return `${JSON.stringify(builder.build(), null, 2)}\n`;
}

function variables(ofModels: boolean) {
  const source = new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus');
  const job = choice('job', 'Job', 'label_values(process_start_time_seconds, job)');
  const instance = choice(
    'instance',
    'Instance',
    'label_values(process_start_time_seconds{job=~"$job"}, instance)',
  );
  if (!ofModels) return [source, job, instance];
  const model = choice(
    'model',
    'Model',
    `label_values(model_predictions_total{${SERVERS}}, model)`,
  );
  const version = choice(
    'version',
    'Version',
    `label_values(model_predictions_total{${SERVERS}, model=~"$model"}, version)`,
  );
  return [source, job, instance, model, version];
}

const choice = (name: string, label: string, query: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+');

function build(panel: Panel, id: number): Builder<PanelModel> {
  switch (panel.kind ?? 'lines') {
    case 'lines':
      return dressed(new timeseries.PanelBuilder().fillOpacity(8).lineWidth(1), panel, id);
    case 'stacked':
      return dressed(
        new timeseries.PanelBuilder().fillOpacity(60).lineWidth(0).stacking(STACKED),
        panel,
        id,
      );
    case 'number':
      return dressed(new stat.PanelBuilder(), panel, id);
    case 'heatmap':
      return dressed(
        new heatmap.PanelBuilder()
          .calculate(false)
          .color(new heatmap.HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).steps(64)),
        panel,
        id,
      );
  }
}

const STACKED = new StackingConfigBuilder().mode(StackingMode.Normal);

/** Grafana names the queries of a panel so. */
const REF_IDS = 'ABCDEFGHIJ';

type AnyPanelBuilder = timeseries.PanelBuilder | stat.PanelBuilder | heatmap.PanelBuilder;

function dressed(builder: AnyPanelBuilder, panel: Panel, id: number): Builder<PanelModel> {
  const { title, description, unit, width, min, max, limits } = panel;
  const isNumber = panel.kind === 'number';
  builder
    .id(id)
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(isNumber ? HEIGHT / 2 : HEIGHT)
    .span(width ?? (isNumber ? 4 : 8))
    .noValue('not known');
  if (min !== undefined) builder.min(min);
  if (max !== undefined) builder.max(max);
  if (limits !== undefined) builder.thresholds(thresholds(limits));
  for (const [i, line] of panel.lines.entries())
    builder.withTarget(target(line, i, panel.kind === 'heatmap'));
  return builder;
}

function target([legend, expr]: Line, at: number, isHeatmap: boolean): Builder<Dataquery> {
  const query = new DataqueryBuilder()
    .refId(REF_IDS.charAt(at))
    .datasource(DATASOURCE)
    .expr(expr)
    .legendFormat(legend);
  return isHeatmap ? query.format(PromQueryFormat.Heatmap) : query;
}

function thresholds([first, second]: readonly [number, number]): ThresholdsConfigBuilder {
  const [low, high] = first < second ? ['green', 'red'] : ['red', 'green'];
  const rising = [first, second].sort((a, b) => a - b) as [number, number];
  const steps: Threshold[] = [
    { value: null, color: low },
    { value: rising[0], color: 'yellow' },
    { value: rising[1], color: high },
  ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
