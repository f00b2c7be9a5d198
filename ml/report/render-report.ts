// A training run as one HTML page that needs nothing but itself: for people who decide whether a model may be used.
import { barChart, DIAGONAL, lineChart, UNIT, type Point } from '../../src/report/charts.ts';
import type { MetricInterval } from '../../src/model/report-details.ts';
import { Html, markup, table, type Column } from '../../src/report/html.ts';
import { figure, percent } from '../../src/report/numbers.ts';
import { page, type Section } from '../../src/report/page.ts';
import { candidateName } from '../candidates.ts';
import { baselineName } from '../evaluation/baselines.ts';
import { SCORES, type ScoreName } from '../evaluation/metrics.ts';
import type { DependencePoint, PartialDependence } from '../evaluation/partial-dependence.ts';
import { calibration } from './calibration.ts';
import { fairness } from './fairness.ts';
import { importance } from './importance.ts';
import type { TrainingReport } from './training-report.ts';

export function renderReport(report: TrainingReport): string {
  const { model, features } = report;
  const sections: readonly Section[] = [
    { id: 'summary', title: 'Summary', body: summary(report) },
    { id: 'data', title: 'Data', body: data(report) },
    { id: 'candidates', title: 'Candidates', body: candidates(report) },
    { id: 'curves', title: 'How well it ranks and how true its numbers are', body: curves(report) },
    { id: 'threshold', title: 'At the threshold', body: threshold(report) },
    { id: 'importance', title: 'What matters', body: importance(report.analysis) },
    { id: 'dependence', title: 'How answers follow the features', body: dependence(report) },
    { id: 'groups', title: 'For whom', body: groups(report) },
    ...fairness(report.evaluation.fairness),
    { id: 'errors', title: 'Where it is most wrong', body: errors(report) },
    { id: 'reproducibility', title: 'How to make it again', body: reproducibility(report) },
  ];
  const lead = markup`<p>Probability that ${features.target} is ${features.positive_label} rather than ${features.negative_label}. Learner: ${report.report.learner}.</p>`;
  return page(`${model.name}, version ${model.version}`, lead, sections);
}

interface MetricRow {
  readonly name: string;
  readonly cell: (metric: string) => string;
}

function summary({ report, evaluation }: TrainingReport): readonly Html[] {
  const rows: readonly MetricRow[] = [
    { name: `this model, ${report.learner}`, cell: (name) => figure(evaluation.metrics[name]) },
    { name: '95 % interval', cell: (name) => intervalOf(evaluation.intervals[name]) },
    ...evaluation.baselines.map((each): MetricRow => ({
      name: baselineName(each),
      cell: (name) => figure((each.metrics as Readonly<Record<string, number>>)[name]),
    })),
  ];
  const names = Object.keys(evaluation.metrics);
  return [
    markup`<p>Measured on ${evaluation.rows} rows that neither training nor selection saw, beside models that know next to nothing.</p>`,
    table<MetricRow>(
      [
        { head: '', cell: ({ name }) => name },
        ...names.map((name): Column<MetricRow> => ({
          head: name,
          cell: ({ cell }) => cell(name),
          right: true,
        })),
      ],
      rows,
    ),
  ];
}

const intervalOf = (interval: MetricInterval | undefined): string =>
  interval === undefined ? '' : `${figure(interval.low)} to ${figure(interval.high)}`;

function data({ validation, features, training, evaluation }: TrainingReport): readonly Html[] {
  const missing = new Map(validation.columns.map((column) => [column.name, column.missing]));
  const warnings = validation.warnings.map((warning) => markup`<li>${warning}</li>`);
  const { positive = 0, negative = 0 } = validation.classes ?? {};
  return [
    markup`<p>${validation.rows} rows: ${positive} ${features.positive_label} (${percent(positive / validation.rows)}), ${negative} ${features.negative_label}.
${training.training_rows} to train on, ${evaluation.rows} held out. The file passed validation${warnings.length === 0 ? '.' : ' with warnings:'}</p>`,
    markup`<ul>${warnings}</ul>`,
    table(
      [
        { head: 'feature', cell: ({ name }) => name },
        { head: 'kind', cell: ({ kind }) => kind },
        {
          head: 'in training',
          cell: (feature) =>
            feature.kind === 'numeric'
              ? `${feature.training.min} to ${feature.training.max}, median ${feature.training.median}`
              : `${feature.categories.length} categories, most often ${feature.training.mode}`,
        },
        { head: 'missing', cell: ({ name }) => missing.get(name) ?? '', right: true },
      ],
      features.features,
    ),
    features.derived.length === 0
      ? markup``
      : markup`<p>Derived: ${features.derived.map(({ name, expression }) => `${name} = ${expression}`).join('; ')}.</p>`,
  ];
}

function candidates({ search, analysis }: TrainingReport): readonly Html[] {
  const sign = SCORES[search.metric as ScoreName].greaterIsBetter ? -1 : 1;
  const ranked = search.candidates
    .map((candidate, i) => ({ ...candidate, chosen: i === search.chosen }))
    .toSorted((a, b) => Number(b.chosen) - Number(a.chosen) || sign * (a.mean - b.mean));
  const curve = analysis.learning_curve;
  const points = (of: 'train' | 'test'): readonly Point[] =>
    curve.map((point) => [point.rows, point[of].mean]);
  return [
    markup`<p>Mean ${search.metric} over ${search.folds} folds of the training part; the chosen one first.</p>`,
    table(
      [
        { head: '', cell: ({ chosen }) => (chosen ? 'chosen' : '') },
        { head: 'candidate', cell: (candidate) => candidateName(candidate) },
        { head: search.metric, cell: ({ mean }) => figure(mean), right: true },
        { head: 'sd of folds', cell: ({ sd }) => figure(sd), right: true },
      ],
      ranked,
    ),
    search.nested === null
      ? markup``
      : markup`<p>The best of many is a little lucky. Nested estimate, on ${search.nested.scores.length} outer folds in each of which the whole comparison was made again: ${search.metric} ${figure(search.nested.mean)} ± ${figure(search.nested.sd)}. Chosen there: ${[...new Set(search.nested.chosen)].join('; ')}.</p>`,
    search.dropped.length === 0
      ? markup``
      : markup`<p>Not compared to the end: ${search.dropped.map((each) => `${candidateName(each)} (${each.failure ?? `dropped at ${percent(each.share)} of the rows`})`).join('; ')}.</p>`,
    lineChart({
      title: 'Learning curve of the chosen one',
      x: 'training rows',
      y: search.metric,
      series: [
        { name: 'on its rows', points: points('train'), style: 'markers' },
        { name: 'on others', points: points('test'), style: 'markers' },
      ],
    }),
  ];
}

function curves({ curves: of, analysis, training }: TrainingReport): readonly Html[] {
  const { edges, positives, negatives } = analysis.scores;
  const steps = (counts: readonly number[]): readonly Point[] => [
    ...counts.map((count, i): Point => [edges[i] ?? 0, count]),
    [1, counts.at(-1) ?? 0],
  ];
  const square = { xDomain: UNIT, yDomain: UNIT };
  return [
    new Html('<div class="charts">'),
    lineChart({
      title: 'ROC',
      x: 'false positive rate',
      y: 'true positive rate',
      series: [
        { name: 'model', points: of.roc },
        { name: 'chance', points: DIAGONAL, style: 'dashed' },
      ],
      ...square,
    }),
    lineChart({
      title: 'Precision and recall',
      x: 'recall',
      y: 'precision',
      series: [{ name: 'model', points: of.precision_recall }],
      ...square,
    }),
    lineChart({
      title: 'Calibration on held-out rows',
      x: 'mean probability',
      y: 'share of positives',
      series: [
        { name: 'model', points: of.calibration, style: 'markers' },
        { name: 'perfect', points: DIAGONAL, style: 'dashed' },
      ],
      ...square,
    }),
    lineChart({
      title: 'Scores by class',
      x: 'probability',
      y: 'held-out rows',
      series: [
        { name: 'negative', points: steps(negatives), style: 'steps' },
        { name: 'positive', points: steps(positives), style: 'steps' },
      ],
      xDomain: UNIT,
      mark: { x: training.threshold, name: 'threshold' },
    }),
    new Html('</div>'),
    ...calibration(training.calibration),
  ];
}

function threshold({
  training,
  evaluation,
  features,
  curves: of,
}: TrainingReport): readonly Html[] {
  const { tn, fp, fn, tp } = evaluation.confusion_matrix;
  const { rule, precision, recall, called } = training.threshold_choice;
  const { rule: name, ...settings } = rule;
  return [
    markup`<p>${figure(training.threshold)} by the rule ${name ?? ''} (${Object.entries(settings)
      .map(([key, value]) => `${key} ${value}`)
      .join(
        ', ',
      )}); on out-of-fold scores: precision ${figure(precision)}, recall ${figure(recall)}, ${percent(called)} called ${features.positive_label}.</p>`,
    table(
      [
        { head: 'held-out rows', cell: ([name]) => name },
        {
          head: `called ${features.negative_label}`,
          cell: ([, negative]) => negative,
          right: true,
        },
        {
          head: `called ${features.positive_label}`,
          cell: ([, , positive]) => positive,
          right: true,
        },
      ],
      [
        [`is ${features.negative_label}`, tn, fp],
        [`is ${features.positive_label}`, fn, tp],
      ] as const,
    ),
    of.cost === null
      ? markup``
      : lineChart({
          title: 'Cost by threshold',
          x: 'threshold',
          y: 'mean cost of a row',
          series: [{ name: 'cost', points: of.cost }],
          mark: { x: training.threshold, name: 'chosen' },
        }),
  ];
}

function dependence({ analysis }: TrainingReport): readonly Html[] {
  return [
    markup`<p>The mean answer when a feature is set to a value in all of up to 500 held-out rows; the band holds 80 % of the rows.</p>`,
    new Html('<div class="charts">'),
    ...analysis.partial_dependence.map(dependenceChart),
    new Html('</div>'),
  ];
}

function dependenceChart({ feature, kind, points }: PartialDependence): Html {
  if (kind === 'categorical')
    return barChart(
      feature,
      points.map(({ value, mean }) => ({ label: String(value ?? 'missing'), value: mean })),
      'mean probability',
    );
  const there = points.filter(({ value }) => value !== null);
  const missing = points.find(({ value }) => value === null);
  const at = ({ value, mean }: DependencePoint): Point => [Number(value), mean];
  return lineChart({
    title: missing === undefined ? feature : `${feature} (missing: ${figure(missing.mean, 3)})`,
    x: feature,
    y: 'mean probability',
    series: [
      {
        name: 'mean',
        points: there.map(at),
        band: there.map(({ low, high }) => [low, high] as const),
      },
    ],
  });
}

function groups({ analysis }: TrainingReport): readonly Html[] {
  const rows = analysis.groups.flatMap(({ feature, groups: of }) =>
    of.map((group) => ({ feature, ...group })),
  );
  return [
    markup`<p>Held-out rows by category or quartile of the features that matter most. Groups of too few rows are told without figures.</p>`,
    table(
      [
        { head: 'feature', cell: ({ feature }) => feature },
        { head: 'group', cell: ({ label }) => label },
        { head: 'rows', cell: ({ rows: count }) => count, right: true },
        { head: 'positive', cell: ({ positives }) => positives, right: true },
        { head: 'ROC AUC', cell: ({ metrics }) => figure(metrics?.roc_auc), right: true },
        { head: 'log loss', cell: ({ metrics }) => figure(metrics?.log_loss), right: true },
        { head: 'precision', cell: ({ metrics }) => figure(metrics?.precision), right: true },
        { head: 'recall', cell: ({ metrics }) => figure(metrics?.recall), right: true },
      ],
      rows,
    ),
  ];
}

function errors({ analysis, features }: TrainingReport): readonly Html[] {
  const { positives, negatives } = analysis.worst_errors;
  return [
    markup`<p>The held-out rows of the largest log loss.</p>`,
    table(
      [
        { head: 'line of the file', cell: ({ line }) => line, right: true },
        {
          head: 'is',
          cell: ({ y }) => (y === 1 ? features.positive_label : features.negative_label),
        },
        { head: 'probability', cell: ({ p }) => figure(p), right: true },
        { head: 'log loss', cell: ({ log_loss: loss }) => figure(loss), right: true },
      ],
      [...positives, ...negatives].toSorted((a, b) => b.log_loss - a.log_loss),
    ),
  ];
}

const reproducibility = ({ reproducibility: facts, params }: TrainingReport): readonly Html[] => [
  table(
    [
      { head: 'fact', cell: ([name]) => name },
      { head: 'value', cell: ([, value]) => value },
    ],
    Object.entries(facts),
  ),
  markup`<p>The same data, params and code give the same model, byte for byte.</p>
<details><summary>The params</summary><pre>${params}</pre></details>`,
];
