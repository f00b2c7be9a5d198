// What a card says of a full bundle, of one from before details were kept, and of a model from elsewhere.
import { groupRates } from '../statistics/fairness.ts';
import { TINY_FEATURES } from '../../test/support/tiny-bundle.ts';
import { modelCard, type CardBundle } from './model-card.ts';

const features: CardBundle['features'] = {
  target: 'diagnosis',
  positive_label: 'malignant',
  negative_label: 'benign',
  features: TINY_FEATURES,
  derived: [{ name: 'ratio', expression: 'mean radius / mean texture' }],
};
const manifest = {
  created_at: '2026-01-02T03:04:05.000Z',
  run_id: 'run',
  data_digest: 'd'.repeat(64),
  git_commit: null,
};
const old: CardBundle = {
  features,
  report: {
    threshold: 0.4,
    metrics: { accuracy: 0.9, roc_auc: 0.95 },
    params: { C: 1 },
    learner: 'logistic_regression',
    confusion_matrix: { tn: 5, fp: 1, fn: 0, tp: 4 },
    cross_validation: { metric: 'roc_auc', mean: 0.94, sd: 0.01, folds: 5 },
  },
  manifest,
};
const group = (label: string, metrics: boolean) => ({
  label,
  rows: 40,
  positives: 10,
  metrics: metrics
    ? { roc_auc: 0.8, log_loss: 0.3, precision: 0.7, recall: null, mean_probability: 0.2 }
    : null,
});
const rows = Array.from({ length: 80 }, (_, i) => ({
  group: i % 2 === 0 ? 'women' : 'men',
  y: i % 4 < 2 ? (1 as const) : (0 as const),
  positive: i % 3 === 0,
}));
const full: CardBundle = {
  ...old,
  report: {
    ...old.report,
    rows: { training: 456, held_out: 113 },
    intervals: { roc_auc: { low: 0.91, high: 0.99, method: 'DeLong' } },
    threshold_choice: {
      rule: { rule: 'cost', false_positive: 1, false_negative: 5 },
      precision: 0.8,
      recall: 0.9,
      called: 0.35,
      cost: 0.25,
    },
    groups: [{ feature: 'side', groups: [group('left', true), group('a|b', false)] }],
    fairness: [{ column: 'sex', ...groupRates(rows) }],
    card: { intended_use: 'Triage.', out_of_scope: 'Not for clinical use.', contact: 'the team' },
  },
};

/** The text under a heading. */
const section = (card: string, title: string): string =>
  card.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';

describe('modelCard', () => {
  const card = modelCard(full);

  it('has the headings that readers of model cards look for, in their order', () => {
    expect(card.match(/^##? .*$/gm)).toEqual([
      '# Model card: diagnosis',
      '## Model details',
      '## Intended use',
      '## Out-of-scope use',
      '## Data',
      '## Metrics',
      '## Metrics by group',
      '## Threshold',
      '## Fairness',
      '## Limits',
      '## Contact',
      '## Parameters',
      '## Reproducibility',
    ]);
  });

  it('tells what people said of it in the sections they said it for', () => {
    expect(section(card, 'Intended use')).toContain('Triage.');
    expect(section(card, 'Out-of-scope use')).toContain('Not for clinical use.');
    expect(section(card, 'Contact')).toContain('the team');
  });

  it('gives each metric with its interval and whose method that is, and none that nobody computed', () => {
    const metrics = section(card, 'Metrics');
    expect(metrics).toContain('| roc_auc | 0.95 | 0.91 to 0.99 | DeLong |');
    expect(metrics).toContain('| accuracy | 0.9 |  |  |');
    expect(metrics).toContain('| is benign | 5 | 1 |');
  });

  it('tells the data: rows, features with what training saw, and what is derived', () => {
    const data = section(card, 'Data');
    expect(data).toContain('456 rows to train on, 113 held out.');
    expect(data).toContain('| mean radius | numeric | mm | 6 to 28 | no |');
    expect(data).toContain('`ratio` = `mean radius / mean texture`');
  });

  it('gives figures by group, and groups of too few rows without', () => {
    const groups = section(card, 'Metrics by group');
    expect(groups).toContain('| side | left | 40 | 10 | 0.8 | 0.3 | 0.7 |  |');
    expect(groups).toContain(String.raw`| side | a\|b | 40 | 10 |  |  |  |  |`);
  });

  it('says how the threshold was chosen and what it costs', () => {
    const threshold = section(card, 'Threshold');
    expect(threshold).toContain('`cost` (false_positive 1, false_negative 5)');
    expect(threshold).toContain('35 % of the rows');
    expect(threshold).toContain('in the unit of the rule: 0.25');
  });

  it('gives fairness by column with rates, rows, differences and intervals, the ratio as information only', () => {
    const fairness = section(card, 'Fairness');
    expect(fairness).toContain('### By sex');
    expect(fairness).toMatch(/\| men \| 40 \| 0\.\d+ \(0\.\d+ to 0\.\d+; n 40\)/);
    expect(fairness).toMatch(
      /\| demographic parity \| 0\.\d+ \| -?0\.\d+ to 0\.\d+ \| \w+ and \w+ \|/,
    );
    expect(fairness).toContain('equalised odds, of the');
    expect(fairness).toContain('Information only');
  });

  it('of a bundle from before details were kept says what is not known', () => {
    const bare = modelCard(old);
    expect(section(bare, 'Metrics')).toContain('How sure these figures are is not known.');
    expect(section(bare, 'Threshold')).toContain('How it was chosen is not known.');
    expect(section(bare, 'Fairness')).toContain('is not known');
    expect(section(bare, 'Contact')).toContain('Not stated.');
    expect(section(bare, 'Metrics by group')).toBe('');
    expect(bare).not.toMatch(/undefined|NaN|\[object/);
  });

  it('of a model from elsewhere says what nobody told', () => {
    const foreign = modelCard({
      features: {
        ...features,
        features: [{ kind: 'numeric', name: 'a', nullable: false, training: null }],
      },
      report: { threshold: 0.5, metrics: {}, params: {}, learner: 'onnx' },
      manifest: { created_at: null, run_id: null, data_digest: null, git_commit: null },
      onnxSha256: 'e'.repeat(64),
    });
    expect(section(foreign, 'Metrics')).toContain('What it was measured at is not known');
    expect(section(foreign, 'Data')).toContain('| a | numeric |  | not known | no |');
    expect(section(foreign, 'Limits')).toContain('answers any number without a warning');
    expect(section(foreign, 'Reproducibility')).toContain('| training data, sha256 | not known |');
    expect(section(foreign, 'Reproducibility')).toContain('e'.repeat(64));
    expect(foreign).not.toMatch(/undefined|NaN|byte for byte/);
  });

  it('of a registered version begins with its name and the facts of the day', () => {
    const today = {
      name: 'foretell',
      version: '3',
      at: '2026-02-03T04:05:06.000Z',
      facts: [{ name: 'aliases', value: 'champion' }],
    };
    const dated = modelCard(full, today);
    expect(dated).toContain('# Model card: foretell, version 3');
    expect(section(dated, 'Today')).toContain('As of 2026-02-03T04:05:06.000Z:');
    expect(section(dated, 'Today')).toContain('| aliases | champion |');
  });
});
