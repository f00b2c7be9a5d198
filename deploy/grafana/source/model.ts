// The model: what it answers, whether its world has moved, how right it is, and how a challenger does beside it.
import { MODELS, SERVERS, type Dashboard } from './panels.ts';

const MODEL = `${SERVERS}, model=~"$model"`;

export const model: Dashboard = {
  uid: 'foretell-model',
  title: 'Foretell / Model',
  description:
    'Scores and classes, drift, quality with and without labels, champion and challenger.',
  ofModels: true,
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Version served',
          description: 'The version that answers, and the digest of its graph.',
          unit: 'none',
          kind: 'number',
          lines: [
            [
              '{{model}} {{version}}',
              `max by (model, version, sha256, framework) (model_info{${MODELS}})`,
            ],
          ],
        },
        {
          title: 'High risk',
          description: 'Share of the answers that carry the positive label.',
          unit: 'percentunit',
          kind: 'number',
          lines: [
            [
              'high risk',
              `sum(rate(model_predictions_total{${MODELS}, outcome="high_risk"}[$__rate_interval])) / sum(rate(model_predictions_total{${MODELS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Columns that drifted',
          description:
            'Share of the features, at the default verdict: enough rows, and significant among all of them.',
          unit: 'percentunit',
          kind: 'number',
          lines: [['drifted', `max(model_dataset_drift_ratio{${MODELS}})`]],
          limits: [0.1, 0.5],
        },
        {
          title: 'AUC from labels',
          description:
            'Over the answers of the last 7 days whose label has come; not known until both classes have.',
          unit: 'none',
          kind: 'number',
          lines: [['AUC', `max(model_live_roc_auc{${MODELS}})`]],
          limits: [0.8, 0.7],
        },
        {
          title: 'Labels that have come',
          description: 'Share of the answers of the last 7 days.',
          unit: 'percentunit',
          kind: 'number',
          lines: [['coverage', `max(model_live_label_coverage_ratio{${MODELS}})`]],
        },
        {
          title: 'Went live',
          description: 'Since when the version answers.',
          unit: 'dateTimeFromNow',
          kind: 'number',
          lines: [
            ['{{version}}', `max by (version) (model_loaded_timestamp_seconds{${MODELS}}) * 1000`],
          ],
        },
      ],
    },
    {
      title: 'Answers',
      panels: [
        {
          title: 'Predictions by class',
          description: 'Answers a second by outcome.',
          unit: 'reqps',
          kind: 'stacked',
          lines: [
            [
              '{{version}} {{outcome}}',
              `sum by (version, outcome) (rate(model_predictions_total{${MODELS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Scores',
          description: 'How many answers have which probability of the positive label.',
          unit: 'none',
          kind: 'heatmap',
          lines: [
            [
              '{{le}}',
              `sum by (le) (increase(model_prediction_score_bucket{${MODELS}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Refused and failed',
          description:
            'Predictions a second that were not made: invalid input, an error of the model, or more asked for than could be stored.',
          unit: 'reqps',
          lines: [
            [
              '{{reason}}',
              `sum by (reason) (rate(model_prediction_errors_total{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'What is wrong with the input',
          description:
            'Fields refused a second, by feature and rule: who sends what the model does not take.',
          unit: 'reqps',
          lines: [
            [
              '{{feature}}: {{rule}}',
              `topk(10, sum by (feature, rule) (rate(model_input_validation_failures_total{${MODEL}}[$__rate_interval])) > 0)`,
            ],
          ],
        },
        {
          title: 'Versions not taken',
          description:
            'Looks at the registry after which the version of the alias could not be served, by reason.',
          unit: 'short',
          lines: [
            [
              '{{role}}: {{reason}}',
              `sum by (role, reason) (increase(model_load_failures_total{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Anomalies',
          description:
            'Found by kind; GET /monitoring/anomalies tells each with the predictions that it concerns.',
          unit: 'short',
          kind: 'stacked',
          lines: [
            [
              '{{kind}}',
              `sum by (kind) (increase(model_anomalies_total{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
    {
      title: 'Drift',
      panels: [
        {
          title: 'Drift per feature',
          description:
            'The measure that the convention takes for the feature. Distances rise with drift, p-values fall.',
          unit: 'none',
          width: 12,
          lines: [
            [
              '{{feature}} ({{method}})',
              `max by (feature, method) (model_feature_drift_score{${MODELS}})`,
            ],
          ],
        },
        {
          title: 'Features that drifted',
          description: '1 where the default verdict on the feature is drift.',
          unit: 'none',
          width: 12,
          min: 0,
          max: 1,
          lines: [
            ['{{feature}}', `max by (feature) (model_feature_drift_detected{${MODELS}}) > 0`],
            ['all columns', `max(model_dataset_drift_detected{${MODELS}})`],
          ],
        },
        {
          title: 'Rows against reference',
          description:
            'How well a classifier tells rows of the window from rows of the reference; 0.5: not at all.',
          unit: 'none',
          min: 0.4,
          max: 1,
          lines: [
            ['AUC {{version}}', `max by (version) (model_domain_classifier_roc_auc{${MODELS}})`],
          ],
        },
        {
          title: 'Rows looked at',
          description: 'In the window of the last evaluation. Below 500 there is no verdict.',
          unit: 'short',
          min: 0,
          lines: [['{{model}}', `max by (model) (model_drift_window_rows{${MODEL}})`]],
        },
        {
          title: 'Evaluations',
          description:
            'Time since the last evaluation of drift, how long it took, and how often it is meant to be made.',
          unit: 's',
          min: 0,
          lines: [
            [
              'since the last',
              `time() - max by (model) (model_drift_last_evaluation_timestamp_seconds{${MODEL}})`,
            ],
            ['took', `max by (model) (model_drift_evaluation_duration_seconds{${MODEL}})`],
            ['planned every', `max by (model) (model_drift_evaluation_interval_seconds{${MODEL}})`],
          ],
        },
      ],
    },
    {
      title: 'Quality',
      panels: [
        {
          title: 'ROC AUC: labels and estimate',
          description:
            'From the labels that came, as the scores alone promise (CBPE, which cannot see that the concept has changed), and on rows that training did not see.',
          unit: 'none',
          min: 0.5,
          max: 1,
          lines: [
            ['from labels {{version}}', `max by (version) (model_live_roc_auc{${MODELS}})`],
            ['estimated {{version}}', `max by (version) (model_estimated_roc_auc{${MODELS}})`],
            ['reference {{version}}', `max by (version) (model_reference_roc_auc{${MODELS}})`],
          ],
        },
        {
          title: 'Concept drift',
          description:
            '1 where the AUC from labels and the estimate lie further apart than chance explains.',
          unit: 'none',
          min: 0,
          max: 1,
          lines: [['{{version}}', `max by (version) (model_concept_drift_detected{${MODELS}})`]],
        },
        {
          title: 'Labels',
          description:
            'Labels that came, by what became of them; and how many answers of 7 days have one.',
          unit: 'short',
          min: 0,
          lines: [
            [
              '{{result}}',
              `sum by (result) (increase(model_feedback_total{${MODEL}}[$__rate_interval]))`,
            ],
            ['labelled', `max(model_live_labelled_samples{${MODELS}})`],
          ],
        },
      ],
    },
    {
      title: 'Champion and challenger',
      panels: [
        {
          title: 'Rows of the challenger',
          description: 'Scored unseen (shadow) or as the answer (canary), a second.',
          unit: 'rowsps',
          min: 0,
          lines: [
            [
              '{{version}} {{mode}}',
              `sum by (version, mode) (rate(model_challenger_predictions_total{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Disagreement',
          description:
            'Share of the rows that the challenger labels otherwise, and the mean difference of the probabilities.',
          unit: 'percentunit',
          min: 0,
          lines: [
            [
              'other label {{version}}',
              `sum by (version) (rate(model_challenger_disagreements_total{${MODEL}}[$__rate_interval])) / sum by (version) (rate(model_challenger_predictions_total{${MODEL}, mode="shadow"}[$__rate_interval]))`,
            ],
            [
              'difference {{version}}',
              `sum by (version) (rate(model_challenger_score_difference_sum{${MODEL}}[$__rate_interval])) / sum by (version) (rate(model_challenger_score_difference_count{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
        {
          title: 'Latency of the challenger',
          description: 'Encoding and scoring of a row, 95 of 100 within this time.',
          unit: 's',
          min: 0,
          lines: [
            [
              '{{version}} p95',
              `histogram_quantile(0.95, sum by (le, version) (rate(model_challenger_duration_seconds_bucket{${MODEL}}[$__rate_interval])))`,
            ],
          ],
        },
        {
          title: 'Errors of the challenger',
          description: 'Rows that it could not score, and comparisons given up. No caller noticed.',
          unit: 'short',
          min: 0,
          lines: [
            [
              'error {{version}} {{reason}}',
              `sum by (version, reason) (increase(model_challenger_errors_total{${MODEL}}[$__rate_interval]))`,
            ],
            [
              'dropped {{version}} {{reason}}',
              `sum by (version, reason) (increase(model_challenger_dropped_total{${MODEL}}[$__rate_interval]))`,
            ],
          ],
        },
      ],
    },
  ],
};
