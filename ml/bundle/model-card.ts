// model-card.md: what a model is for, what it was measured at, what it takes, and how to make it again. Generated from the bundle's facts.
import type { ModelFeature } from '../../src/features/feature-spec.ts';
import { baselineName } from '../evaluation/baselines.ts';
import type { Described } from './mlmodel.ts';

export function modelCard({ features, report, manifest }: Described): string {
  const { confusion_matrix: matrix, cross_validation: folds } = report;
  return `# Model card: ${features.target}

Estimates the probability that \`${features.target}\` is \`${features.positive_label}\` rather than \`${features.negative_label}\`; answers
\`${features.positive_label}\` from a probability of ${report.threshold} on. Learner: ${report.learner}.

## Intended data

Rows like those it was trained on: the ${features.features.length} features below, in their units. A value outside the trained range is answered with a
warning; one outside the declared range is refused. Outside of such data its answers have not been measured.

${featureTable(features.features)}
${derivedList(features.derived)}
## Metrics

On rows held out from training:

${table(
  ['metric', 'value'],
  Object.entries(report.metrics).map(([name, value]) => [name, figure(value)]),
)}

${table(
  ['', `predicted ${features.negative_label}`, `predicted ${features.positive_label}`],
  [
    [`is ${features.negative_label}`, `${matrix.tn}`, `${matrix.fp}`],
    [`is ${features.positive_label}`, `${matrix.fn}`, `${matrix.tp}`],
  ],
)}

Cross-validation on the training rows, ${folds.folds} folds: ${folds.metric} ${figure(folds.mean)}, standard deviation ${figure(folds.sd)}.
${addedSection(report)}
## Parameters

${table(
  ['parameter', 'value'],
  Object.entries(report.params).map(([name, value]) => [name, `${value}`]),
)}

## Reproducibility

${table(
  ['fact', 'value'],
  [
    ['run', manifest.run_id],
    ['training data, sha256', manifest.data_digest],
    ['code, git commit', manifest.git_commit ?? 'not known'],
    ['foretell', manifest.foretell_version],
    ['made at', manifest.created_at],
  ],
)}

The same data, parameters and code give the same \`model.onnx\`, byte for byte. \`golden.json\` holds rows with the probabilities the trainer
computed; the server replays them before it serves the model.
`;
}

/** The model beside the baselines, on the same rows. */
function addedSection({ learner, metrics, baselines = [] }: Described['report']): string {
  const [first] = baselines;
  if (first === undefined) return '';
  const names = Object.keys(first.metrics);
  const row = (label: string, values: Readonly<Record<string, number>>): readonly string[] => [
    label,
    ...names.map((name) => figure(values[name] ?? Number.NaN)),
  ];
  return `
## What the model adds

On the same held-out rows, models that know next to nothing: the most frequent class with certainty (majority), the share of each class
(prior), and the smoothed share in bins of the one feature that tells most (best_feature). Log losses are of probabilities clipped to 1e-15.

${table(
  ['', ...names],
  [
    row(`this model, ${learner}`, metrics),
    ...baselines.map((each) => row(baselineName(each), each.metrics)),
  ],
)}
`;
}

const featureTable = (features: readonly ModelFeature[]): string =>
  table(
    ['feature', 'kind', 'unit', 'trained range or categories', 'may be missing'],
    features.map((feature) => [
      feature.name,
      feature.kind,
      feature.kind === 'numeric' ? (feature.unit ?? '') : '',
      feature.kind === 'numeric'
        ? `${figure(feature.training.min)} to ${figure(feature.training.max)}`
        : feature.categories.join(', '),
      feature.nullable ? 'yes' : 'no',
    ]),
  );

function derivedList(derived: Described['features']['derived']): string {
  if (derived.length === 0) return '';
  const lines = derived.map(({ name, expression }) => `- \`${name}\` = \`${expression}\``);
  return `\nComputed inside the model from these:\n\n${lines.join('\n')}\n`;
}

const figure = (value: number): string => `${Number(value.toPrecision(5))}`;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
