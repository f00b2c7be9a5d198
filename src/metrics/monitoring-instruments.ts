// What monitoring finds, as metrics: drift, quality with and without labels, anomalies. Series of a figure that is not known do not exist: an
// AUC of 0.5 would be a statement.
import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import type { ModelLabels } from './instruments.ts';

/** Found by one of several workers, and so not added up. */
const FOUND = { aggregator: 'max' as const };

export const MONITORING_GAUGES = [
  {
    ...FOUND,
    name: 'model_feature_drift_score',
    help: 'Drift of a feature, of the score or of the label in the window of the last evaluation, by the method of the convention.',
    labelNames: ['model', 'version', 'feature', 'method'],
  },
  {
    ...FOUND,
    name: 'model_feature_drift_detected',
    help: '1 where the default verdict is drift, 0 where it is none; absent where the data are insufficient.',
    labelNames: ['model', 'version', 'feature', 'method'],
  },
  {
    ...FOUND,
    name: 'model_dataset_drift_ratio',
    help: 'Share of the columns with a verdict that drifted.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_dataset_drift_detected',
    help: '1 where the default verdict on all columns is drift, 0 where it is none; absent where the data are insufficient.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_domain_classifier_roc_auc',
    help: 'How well a classifier tells rows of the window from rows of the reference; 0.5: not at all.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_drift_window_rows',
    help: 'Rows that the last evaluation of drift looked at.',
    labelNames: ['model'],
  },
  {
    ...FOUND,
    name: 'model_drift_last_evaluation_timestamp_seconds',
    help: 'When drift was last evaluated, Unix time.',
    labelNames: ['model'],
  },
  {
    ...FOUND,
    name: 'model_drift_evaluation_duration_seconds',
    help: 'How long the last evaluation of drift took.',
    labelNames: ['model'],
  },
  {
    ...FOUND,
    name: 'model_drift_evaluation_interval_seconds',
    help: 'How often drift is evaluated (DRIFT_EVERY); 0: on demand only.',
    labelNames: ['model'],
  },
  {
    ...FOUND,
    name: 'model_live_roc_auc',
    help: 'ROC AUC over the answers of the last 7 days whose label has come.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_estimated_roc_auc',
    help: 'ROC AUC over the answers of the last 7 days as CBPE estimates it without labels.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_reference_roc_auc',
    help: 'ROC AUC on rows that training did not see.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_live_labelled_samples',
    help: 'Answers of the last 7 days whose label has come.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_live_label_coverage_ratio',
    help: 'Share of the answers of the last 7 days whose label has come.',
    labelNames: ['model', 'version'],
  },
  {
    ...FOUND,
    name: 'model_concept_drift_detected',
    help: '1 where the AUC that labels show lies beyond chance from the one that scores promise; absent where labels are too few.',
    labelNames: ['model', 'version'],
  },
];

export const MONITORING_COUNTERS = [
  {
    name: 'model_feedback_total',
    help: 'Labels that came, by what became of them.',
    labelNames: ['model', 'result'],
  },
  {
    name: 'model_anomalies_total',
    help: 'Anomalies found, by kind: latency, cpu, memory, score, error or input.',
    labelNames: ['model', 'kind'],
  },
];

/** One column of a data set as the last evaluation found it. */
export interface FeatureDriftFigure {
  readonly feature: string;
  readonly method: string;
  /** null: no score, no series. */
  readonly score: number | null;
  /** null: insufficient data. */
  readonly detected: boolean | null;
}

export interface DriftFigures {
  readonly features: readonly FeatureDriftFigure[];
  /** null where no column has a verdict. */
  readonly ratio: number | null;
  readonly detected: boolean | null;
  readonly domainClassifierAuc: number | null;
  readonly windowRows: number;
  readonly seconds: number;
}

/** Features beyond these have no series: labels are bounded. The heaviest come first. */
const MOST_FEATURES = 50;

@Injectable()
export class DriftInstruments {
  constructor(
    @InjectMetric('model_feature_drift_score')
    private readonly score: Gauge<'model' | 'version' | 'feature' | 'method'>,
    @InjectMetric('model_feature_drift_detected')
    private readonly detected: Gauge<'model' | 'version' | 'feature' | 'method'>,
    @InjectMetric('model_dataset_drift_ratio')
    private readonly ratio: Gauge<'model' | 'version'>,
    @InjectMetric('model_dataset_drift_detected')
    private readonly datasetDetected: Gauge<'model' | 'version'>,
    @InjectMetric('model_domain_classifier_roc_auc')
    private readonly classifier: Gauge<'model' | 'version'>,
    @InjectMetric('model_drift_window_rows') private readonly rows: Gauge<'model'>,
    @InjectMetric('model_drift_last_evaluation_timestamp_seconds')
    private readonly at: Gauge<'model'>,
    @InjectMetric('model_drift_evaluation_duration_seconds')
    private readonly duration: Gauge<'model'>,
    @InjectMetric('model_drift_evaluation_interval_seconds')
    private readonly interval: Gauge<'model'>,
  ) {}

  /** `seconds` between two evaluations; 0: on demand only. */
  expectEvaluations(model: string, seconds: number): void {
    this.interval.set({ model }, seconds);
  }

  /** The series of the evaluation before, of another version maybe, disappear. */
  evaluated({ model, version }: ModelLabels, figures: DriftFigures): void {
    for (const gauge of [this.score, this.detected, this.ratio, this.datasetDetected])
      gauge.reset();
    this.classifier.reset();
    for (const { feature, method, score, detected } of figures.features.slice(0, MOST_FEATURES)) {
      const labels = { model, version, feature, method };
      if (score !== null) this.score.set(labels, score);
      if (detected !== null) this.detected.set(labels, Number(detected));
    }
    if (figures.ratio !== null) this.ratio.set({ model, version }, figures.ratio);
    if (figures.detected !== null)
      this.datasetDetected.set({ model, version }, Number(figures.detected));
    if (figures.domainClassifierAuc !== null)
      this.classifier.set({ model, version }, figures.domainClassifierAuc);
    this.rows.set({ model }, figures.windowRows);
    this.at.set({ model }, Date.now() / 1000);
    this.duration.set({ model }, figures.seconds);
  }
}

/** What becomes of a label that comes. */
export const FEEDBACK_RESULTS = [
  'accepted',
  'updated',
  'duplicate',
  'unknown_id',
  'conflict',
] as const;
export type FeedbackResult = (typeof FEEDBACK_RESULTS)[number];

/** null: not known, no series. */
export interface QualityFigures {
  readonly live: number | null;
  readonly estimated: number | null;
  readonly reference: number | null;
  readonly labelled: number;
  readonly coverage: number | null;
  readonly conceptDrift: boolean | null;
}

@Injectable()
export class QualityInstruments {
  constructor(
    @InjectMetric('model_live_roc_auc') private readonly live: Gauge<'model' | 'version'>,
    @InjectMetric('model_estimated_roc_auc') private readonly estimated: Gauge<'model' | 'version'>,
    @InjectMetric('model_reference_roc_auc') private readonly reference: Gauge<'model' | 'version'>,
    @InjectMetric('model_live_labelled_samples')
    private readonly labelled: Gauge<'model' | 'version'>,
    @InjectMetric('model_live_label_coverage_ratio')
    private readonly coverage: Gauge<'model' | 'version'>,
    @InjectMetric('model_concept_drift_detected')
    private readonly conceptDrift: Gauge<'model' | 'version'>,
    @InjectMetric('model_feedback_total') private readonly feedback: Counter<'model' | 'result'>,
  ) {}

  /** Makes the series of a model exist before its first label. */
  expectModel(model: string): void {
    for (const result of FEEDBACK_RESULTS) this.feedback.inc({ model, result }, 0);
  }

  received(model: string, result: FeedbackResult, items = 1): void {
    this.feedback.inc({ model, result }, items);
  }

  /** The series of the version before disappear. */
  measured({ model, version }: ModelLabels, figures: QualityFigures): void {
    const { live, estimated, reference, labelled, coverage, conceptDrift } = figures;
    const all: [Gauge<'model' | 'version'>, number | null][] = [
      [this.live, live],
      [this.estimated, estimated],
      [this.reference, reference],
      [this.labelled, labelled],
      [this.coverage, coverage],
      [this.conceptDrift, conceptDrift === null ? null : Number(conceptDrift)],
    ];
    for (const [gauge, value] of all) {
      gauge.reset();
      if (value !== null) gauge.set({ model, version }, value);
    }
  }
}

export const ANOMALY_KINDS = ['latency', 'cpu', 'memory', 'score', 'error', 'input'] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

@Injectable()
export class AnomalyInstruments {
  constructor(
    @InjectMetric('model_anomalies_total') private readonly anomalies: Counter<'model' | 'kind'>,
  ) {}

  /** Makes the series of a model exist before its first anomaly. */
  expectModel(model: string): void {
    for (const kind of ANOMALY_KINDS) this.anomalies.inc({ model, kind }, 0);
  }

  found(model: string, kind: AnomalyKind): void {
    this.anomalies.inc({ model, kind });
  }
}
