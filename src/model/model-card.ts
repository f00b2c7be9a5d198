// What a model is for, what it was measured at and for whom, what it takes and how to make it again, in Markdown. Generated from a bundle,
// so that it never says anything else than the model does; of a registered version with the facts of the day.
import type { ServedFeature } from '../features/feature-spec.ts';
import { document, figure, list, range, table, type CardSection } from './card-markdown.ts';
import { fairnessSection } from './fairness-card.ts';
import type { ServedBundle } from './model-bundle.ts';

/** A bundle, also one that is about to be written. */
export type CardBundle = Pick<ServedBundle, 'features' | 'report'> & {
  readonly manifest: Omit<ServedBundle['manifest'], 'sha256'>;
  readonly onnxSha256?: string;
};

/** What is true of a registered version today. */
export interface CardToday {
  readonly name: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  readonly facts: readonly CardFact[];
}

export interface CardFact {
  readonly name: string;
  readonly value: string;
}

/** Without `today` the card of the bundle itself. */
export function modelCard(bundle: CardBundle, today: CardToday | null = null): string {
  const { target } = bundle.features;
  const { card } = bundle.report;
  return document(
    `Model card: ${today === null ? target : `${today.name}, version ${today.version}`}`,
    [
      { title: 'Model details', body: details(bundle) },
      { title: 'Today', body: todayOf(today) },
      { title: 'Intended use', body: [card?.intended_use ?? null, intendedRows(bundle)] },
      { title: 'Out-of-scope use', body: [card?.out_of_scope ?? null, OUT_OF_SCOPE] },
      { title: 'Data', body: data(bundle) },
      { title: 'Metrics', body: metrics(bundle) },
      { title: 'What the model adds', body: added(bundle.report) },
      { title: 'Metrics by group', body: groups(bundle.report) },
      { title: 'Threshold', body: threshold(bundle) },
      fairnessSection(bundle.report.fairness),
      { title: 'Limits', body: [card?.limits ?? null, limits(bundle)] },
      { title: 'Contact', body: [card?.contact ?? 'Not stated.'] },
      { title: 'Parameters', body: parameters(bundle.report) },
      { title: 'Reproducibility', body: reproducibility(bundle) },
    ],
  );
}

type Body = CardSection['body'];
type Report = CardBundle['report'];

const NOT_KNOWN = 'not known';

const details = ({ features: { target, ...labels }, report }: CardBundle): Body => [
  `Estimates the probability that \`${target}\` is \`${labels.positive_label}\` rather than \`${labels.negative_label}\`; answers
\`${labels.positive_label}\` from a probability of ${report.threshold} on. Learner: ${report.learner}.`,
];

const todayOf = (today: CardToday | null): Body =>
  today === null
    ? []
    : [
        `As of ${today.at}:`,
        table(
          ['fact', 'value'],
          today.facts.map(({ name, value }) => [name, value]),
        ),
      ];

const intendedRows = ({ features: { features } }: CardBundle): string =>
  `Rows like those it was trained on: the ${features.length} features below, in their units.`;

const OUT_OF_SCOPE = `Anything but the question above, and rows of another population: outside of data like that of training its answers have not been
measured.`;

const data = ({ features: { features, derived }, report, manifest }: CardBundle): Body => [
  report.card?.data ?? null,
  report.rows
    ? `${report.rows.training} rows to train on, ${report.rows.held_out} held out.`
    : `How many rows it was trained on is ${NOT_KNOWN}.`,
  manifest.data_digest === null ? `The data file is ${NOT_KNOWN}.` : null,
  table(
    ['feature', 'kind', 'unit', 'trained range or categories', 'may be missing'],
    features.map((feature) => [
      feature.name,
      feature.kind,
      feature.kind === 'numeric' ? (feature.unit ?? '') : '',
      trainedOn(feature),
      feature.nullable ? 'yes' : 'no',
    ]),
  ),
  derived.length === 0 ? null : 'Computed inside the model from these:',
  list(derived.map(({ name, expression }) => `\`${name}\` = \`${expression}\``)),
];

function trainedOn(feature: ServedFeature): string {
  if (feature.kind === 'categorical') return feature.categories.join(', ');
  const { training } = feature;
  return training === null ? NOT_KNOWN : range({ low: training.min, high: training.max });
}

function metrics({ features, report }: CardBundle): Body {
  const { confusion_matrix: matrix, cross_validation: folds, intervals = {} } = report;
  const measured = Object.entries(report.metrics);
  if (measured.length === 0)
    return [`What it was measured at is ${NOT_KNOWN}: the bundle does not say.`];
  const { positive_label: positive, negative_label: negative } = features;
  const methods = [...new Set(Object.values(intervals).map(({ method }) => method))];
  return [
    'On rows held out from training:',
    table(
      ['metric', 'value', '95 % interval', 'method'],
      measured.map(([name, value]) => {
        const interval = intervals[name];
        return [name, figure(value), interval ? range(interval) : '', interval?.method ?? ''];
      }),
    ),
    methods.length === 0 ? `How sure these figures are is ${NOT_KNOWN}.` : null,
    matrix
      ? table(
          ['', `predicted ${negative}`, `predicted ${positive}`],
          [
            [`is ${negative}`, `${matrix.tn}`, `${matrix.fp}`],
            [`is ${positive}`, `${matrix.fn}`, `${matrix.tp}`],
          ],
        )
      : null,
    folds
      ? `Cross-validation on the training rows, ${folds.folds} folds: ${folds.metric} ${figure(folds.mean)}, standard deviation ${figure(folds.sd)}.`
      : null,
  ];
}

/** The model beside the baselines, on the same rows. */
function added({ learner, metrics: own, baselines = [] }: Report): Body {
  const [first] = baselines;
  if (first === undefined) return [];
  const names = Object.keys(first.metrics);
  const row = (label: string, values: Readonly<Record<string, number>>): readonly string[] => [
    label,
    ...names.map((name) => figure(values[name])),
  ];
  return [
    `On the same held-out rows, models that know next to nothing: the most frequent class with certainty (majority), the share of each class
(prior), and the smoothed share in bins of the one feature that tells most (best_feature). Log losses are of probabilities clipped to 1e-15.`,
    table(
      ['', ...names],
      [
        row(`this model, ${learner}`, own),
        ...baselines.map((each) =>
          row(
            each.feature === null ? each.learner : `${each.learner} (${each.feature})`,
            each.metrics,
          ),
        ),
      ],
    ),
  ];
}

function groups({ groups: byFeature = [] }: Report): Body {
  const rows = byFeature.flatMap(({ feature, groups: of }) =>
    of.map((group) => ({ feature, ...group })),
  );
  if (rows.length === 0) return [];
  return [
    'Held-out rows by category or quartile of the features that matter most; too few rows have no figures.',
    table(
      ['feature', 'group', 'rows', 'positive', 'roc_auc', 'log_loss', 'precision', 'recall'],
      rows.map(({ feature, label, rows: count, positives, metrics: of }) => [
        feature,
        label,
        `${count}`,
        `${positives}`,
        ...(of === null
          ? ['', '', '', '']
          : [of.roc_auc, of.log_loss, of.precision, of.recall].map((value) =>
              value === null ? '' : figure(value),
            )),
      ]),
    ),
  ];
}

function threshold({ features: { positive_label: positive }, report }: CardBundle): Body {
  const choice = report.threshold_choice;
  const answer = `A probability of at least ${report.threshold} is answered with \`${positive}\`.`;
  if (choice === undefined) return [`${answer} How it was chosen is ${NOT_KNOWN}.`];
  const { rule, ...settings } = choice.rule;
  const stated = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return [
    `${answer} Chosen by the rule \`${rule}\` (${stated.join(', ')}). On scores of the training rows by models that had not seen them it
reaches precision ${figure(choice.precision)} and recall ${figure(choice.recall)}, and answers \`${positive}\` to ${figure(100 * choice.called)} % of the rows.`,
    choice.cost === null
      ? 'No costs of wrong answers are stated, so what the threshold costs is not known.'
      : `Mean cost of a row at it, in the unit of the rule: ${figure(choice.cost)}.`,
  ];
}

const limits = ({ features: { features } }: CardBundle): string =>
  features.some(({ training }) => training === null)
    ? `What ranges it was trained on is ${NOT_KNOWN}: it answers any number without a warning.`
    : `A value outside the trained range is answered with a warning; one outside the declared range is refused. Every figure above is of the rows
held out when it was trained; how it does on later rows is told by monitoring, not by this card.`;

const parameters = ({ params }: Report): Body => [
  table(
    ['parameter', 'value'],
    Object.entries(params).map(([name, value]) => [name, `${value}`]),
  ),
];

function reproducibility({ manifest, onnxSha256, report }: CardBundle): Body {
  const facts: readonly (readonly [string, string | null])[] = [
    ['run', manifest.run_id],
    ['training data, sha256', manifest.data_digest],
    ['code, git commit', manifest.git_commit],
    ['foretell', manifest.foretell_version ?? null],
    ['made at', manifest.created_at],
    ...(onnxSha256 === undefined ? [] : [['model.onnx, sha256', onnxSha256] as const]),
  ];
  return [
    table(
      ['fact', 'value'],
      facts.map(([name, value]) => [name, value ?? NOT_KNOWN]),
    ),
    // Of a model from elsewhere nobody knows.
    report.confusion_matrix
      ? `The same data, parameters and code give the same \`model.onnx\`, byte for byte. \`golden.json\` holds rows with the probabilities the trainer
computed; the server replays them before it serves the model.`
      : null,
  ];
}
