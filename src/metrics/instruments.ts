// Every metric of this product, declared once: name, help, labels, buckets; and the nouns that code counts with. Names and buckets follow
// Prometheus' naming practice; labels are bounded (templates, features, versions; never a path, id or user).
import { Injectable, type Provider } from '@nestjs/common';
import {
  InjectMetric,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Activity, type Stage } from './activity.ts';
import { BoundCounter, BoundHistogram } from './bound-series.ts';
import {
  AnomalyInstruments,
  DriftInstruments,
  MONITORING_COUNTERS,
  MONITORING_GAUGES,
  QualityInstruments,
} from './monitoring-instruments.ts';

const HTTP_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 0.75, 1, 2.5, 5, 10,
];
const STAGE_SECONDS = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
];
const BYTES = [64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];
const DIFFERENCES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const SCORES = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

const HISTOGRAMS = [
  {
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer; 499 where the client left.',
    labelNames: ['method', 'route', 'code'],
    buckets: HTTP_SECONDS,
  },
  {
    name: 'http_request_size_bytes',
    help: 'Size of request bodies as their Content-Length states it.',
    labelNames: ['route'],
    buckets: BYTES,
  },
  {
    name: 'http_response_size_bytes',
    help: 'Size of answer bodies as their Content-Length states it.',
    labelNames: ['route'],
    buckets: BYTES,
  },
  {
    name: 'model_prediction_duration_seconds',
    help: 'Time of one stage of a prediction: validate, infer, explain or log.',
    labelNames: ['model', 'version', 'stage'],
    buckets: STAGE_SECONDS,
  },
  {
    name: 'model_challenger_duration_seconds',
    help: "Time the challenger took to encode and score a row; beside the champion's stages validate and infer.",
    labelNames: ['model', 'version', 'mode'],
    buckets: STAGE_SECONDS,
  },
  {
    name: 'model_challenger_score_difference',
    help: 'Absolute difference between the probabilities of champion and challenger for one row, in shadow mode.',
    labelNames: ['model', 'version'],
    buckets: DIFFERENCES,
  },
];

/** Its buckets hold the cut-off of the model being served, so it is made when a model goes live. */
const SCORE_HISTOGRAM = {
  name: 'model_prediction_score',
  help: 'Probability of the positive class; the cut-off is one of the bounds.',
  labelNames: ['model', 'version'] as const,
};

/** `aggregator`: what several workers have of it together, where that is not the sum. */
const GAUGES = [
  { name: 'http_requests_in_flight', help: 'Requests being answered now, live streams aside.' },
  { name: 'live_stream_viewers', help: 'Live streams of monitoring that are open now.' },
  {
    name: 'model_info',
    aggregator: 'max' as const,
    help: '1 for the model being served; join with * on(model) group_left.',
    labelNames: ['model', 'version', 'framework', 'sha256'],
  },
  {
    name: 'model_loaded_timestamp_seconds',
    aggregator: 'max' as const,
    help: 'When the model went live, Unix time.',
    labelNames: ['model', 'version'],
  },
  {
    name: 'prediction_log_queue_depth',
    help: 'Predictions that are not stored yet; with PREDICTION_LOG=async they are answered already, and a crash would lose them.',
  },
  {
    name: 'prediction_log_last_write_timestamp_seconds',
    aggregator: 'max' as const,
    help: 'When a prediction was last stored, Unix time.',
  },
  {
    name: 'prediction_log_size_bytes',
    aggregator: 'max' as const,
    help: 'Room that the prediction log takes, without what deleted rows left free; looked at every five minutes.',
  },
  {
    name: 'jobs',
    aggregator: 'max' as const,
    help: 'Jobs in the database by state: queued, running, done, failed or cancelled.',
    labelNames: ['state'],
  },
];

const COUNTERS = [
  {
    name: 'model_load_failures_total',
    help: 'Looks at the registry after which the version that the alias names is not the one served, by role (champion, challenger) and reason.',
    labelNames: ['model', 'role', 'reason'],
  },
  {
    name: 'model_predictions_total',
    help: 'Predictions answered, by outcome.',
    labelNames: ['model', 'version', 'outcome'],
  },
  {
    name: 'model_prediction_errors_total',
    help: 'Predictions that could not be made, by reason.',
    labelNames: ['model', 'reason'],
  },
  {
    name: 'model_input_validation_failures_total',
    help: 'Fields refused before scoring, by feature and rule; feature is "unknown" for names the model has not.',
    labelNames: ['model', 'feature', 'rule'],
  },
  {
    name: 'model_challenger_predictions_total',
    help: 'Rows the challenger scored: unseen (shadow) or as the answer (canary).',
    labelNames: ['model', 'version', 'mode'],
  },
  {
    name: 'model_challenger_disagreements_total',
    help: 'Rows that the challenger, in shadow mode, labels other than the champion did.',
    labelNames: ['model', 'version'],
  },
  {
    name: 'model_challenger_errors_total',
    help: 'Rows the challenger could not score; no caller noticed.',
    labelNames: ['model', 'version', 'mode', 'reason'],
  },
  {
    name: 'model_challenger_dropped_total',
    help: 'Comparisons given up: the queue behind the answers was full, or they could not be stored.',
    labelNames: ['model', 'version', 'reason'],
  },
  {
    name: 'job_rows_total',
    help: 'Rows of jobs that are in a result, by outcome: scored or refused.',
    labelNames: ['model', 'version', 'outcome'],
  },
  { name: 'prediction_log_writes_total', help: 'Predictions stored.' },
  {
    name: 'prediction_log_write_failures_total',
    help: 'Predictions that could not be stored.',
  },
  {
    name: 'prediction_log_dropped_total',
    help: 'Predictions that were answered and are not in the log: with PREDICTION_LOG=async, those that could not be stored.',
  },
];

/** One set of instruments per registry, so that two applications in one process count apart. */
export const instrumentProviders = (registry: Registry): Provider[] => [
  ...HISTOGRAMS.map((options) => makeHistogramProvider({ ...options, registers: [registry] })),
  ...[...GAUGES, ...MONITORING_GAUGES].map((options) =>
    makeGaugeProvider({ ...options, registers: [registry] }),
  ),
  ...[...COUNTERS, ...MONITORING_COUNTERS].map((options) =>
    makeCounterProvider({ ...options, registers: [registry] }),
  ),
  Activity,
  StageInstruments,
  HttpInstruments,
  ModelInstruments,
  PredictionInstruments,
  ChallengerInstruments,
  ComparisonInstruments,
  PredictionLogInstruments,
  JobInstruments,
  LiveInstruments,
  DriftInstruments,
  QualityInstruments,
  AnomalyInstruments,
];

@Injectable()
export class HttpInstruments {
  constructor(
    @InjectMetric('http_request_duration_seconds')
    readonly duration: Histogram<'method' | 'route' | 'code'>,
    @InjectMetric('http_requests_in_flight') readonly inFlight: Gauge,
    @InjectMetric('http_request_size_bytes') readonly requestSize: Histogram<'route'>,
    @InjectMetric('http_response_size_bytes') readonly responseSize: Histogram<'route'>,
    readonly activity: Activity,
  ) {}

  /** Makes the series of server errors exist at 0, so that rate() sees the first error. */
  expectRoute(method: string, route: string): void {
    for (const code of ['500', '503']) this.duration.zero({ method, route, code });
  }
}

@Injectable()
export class LiveInstruments {
  constructor(@InjectMetric('live_stream_viewers') private readonly viewers: Gauge) {}

  watchedBy(viewers: number): void {
    this.viewers.set(viewers);
  }
}

/** Which model a measurement is about. */
export interface ModelLabels {
  readonly model: string;
  readonly version: string;
}

export type ModelRole = 'champion' | 'challenger';

/** The version itself, the registry, nothing under that alias, or something else. */
const LOAD_FAILURES = ['bundle', 'registry', 'not_found', 'other'] as const;
export type LoadFailureReason = (typeof LOAD_FAILURES)[number];

@Injectable()
export class ModelInstruments {
  constructor(
    @InjectMetric('model_info')
    private readonly info: Gauge<'model' | 'version' | 'framework' | 'sha256'>,
    @InjectMetric('model_loaded_timestamp_seconds')
    private readonly loaded: Gauge<'model' | 'version'>,
    @InjectMetric('model_load_failures_total')
    private readonly failures: Counter<'model' | 'role' | 'reason'>,
  ) {}

  /** Says which model is live; the one before it disappears from both gauges. */
  wentLive(labels: ModelLabels & { readonly framework: string; readonly sha256: string }): void {
    const { model, version, framework, sha256 } = labels;
    this.info.reset();
    this.loaded.reset();
    this.info.set({ model, version, framework, sha256 }, 1);
    this.loaded.set({ model, version }, Date.now() / 1000);
  }

  /** Makes the series exist at 0, so that rate() sees the first failure. */
  expectLoads(model: string, role: ModelRole): void {
    for (const reason of LOAD_FAILURES) this.failures.inc({ model, role, reason }, 0);
  }

  loadFailed(model: string, role: ModelRole, reason: LoadFailureReason): void {
    this.failures.inc({ model, role, reason });
  }
}

/** `overloaded`: more was asked for than could be stored. */
const FAILURES = ['invalid_input', 'model_error', 'overloaded'] as const;
export type FailureReason = (typeof FAILURES)[number];

/** The duration of one stage: for Prometheus, and for the summary of what this process does. */
export class StageSeries {
  constructor(
    private readonly histogram: BoundHistogram<'model' | 'version' | 'stage'>,
    private readonly activity: Activity,
    private readonly stage: Stage,
  ) {}

  observe(seconds: number): void {
    this.histogram.observe(seconds);
    this.activity.staged(this.stage, seconds * 1000);
  }
}

@Injectable()
export class StageInstruments {
  constructor(
    @InjectMetric('model_prediction_duration_seconds')
    private readonly duration: Histogram<'model' | 'version' | 'stage'>,
    private readonly activity: Activity,
  ) {}

  of({ model, version }: ModelLabels, stage: Stage): StageSeries {
    const histogram = new BoundHistogram(this.duration, { model, version, stage });
    return new StageSeries(histogram, this.activity, stage);
  }
}

/** What is counted of each row that one model version answers. */
export class PredictionSeries {
  readonly validate: StageSeries;
  readonly infer: StageSeries;
  readonly log: StageSeries;
  /** Of the rows that were asked about. */
  readonly explain: StageSeries;
  private readonly lowRisk: BoundCounter<'model' | 'version' | 'outcome'>;
  private readonly highRisk: BoundCounter<'model' | 'version' | 'outcome'>;
  private readonly scores: BoundHistogram<'model' | 'version'> | null;

  constructor(
    predictions: Counter<'model' | 'version' | 'outcome'>,
    stages: StageInstruments,
    scores: Histogram<'model' | 'version'> | null,
    labels: ModelLabels,
  ) {
    this.validate = stages.of(labels, 'validate');
    this.infer = stages.of(labels, 'infer');
    this.log = stages.of(labels, 'log');
    this.explain = stages.of(labels, 'explain');
    this.lowRisk = new BoundCounter(predictions, { ...labels, outcome: 'low_risk' });
    this.highRisk = new BoundCounter(predictions, { ...labels, outcome: 'high_risk' });
    this.scores = scores === null ? null : new BoundHistogram(scores, { ...labels });
  }

  predicted(positive: boolean, probability: number): void {
    (positive ? this.highRisk : this.lowRisk).inc();
    this.scores?.observe(probability);
  }

  /** The same for those of many rows that are `counted`; `positive` holds 1 for the positive label. */
  predictedAll(
    positive: Uint8Array,
    probability: Float32Array,
    counted: (at: number) => boolean,
  ): void {
    let highRisk = 0;
    let rows = 0;
    positive.forEach((isPositive, at) => {
      if (!counted(at)) return;
      rows += 1;
      highRisk += isPositive;
    });
    this.highRisk.inc(highRisk);
    this.lowRisk.inc(rows - highRisk);
    this.scores?.observeAll(probability, counted);
  }
}

@Injectable()
export class PredictionInstruments {
  private scores: Histogram<'model' | 'version'> | null = null;
  private recent: (ModelLabels & { readonly series: PredictionSeries }) | null = null;
  private cutOff: number | null = null;

  constructor(
    @InjectMetric('model_predictions_total')
    private readonly predictions: Counter<'model' | 'version' | 'outcome'>,
    private readonly stages: StageInstruments,
    @InjectMetric('model_prediction_errors_total')
    private readonly errors: Counter<'model' | 'reason'>,
    @InjectMetric('model_input_validation_failures_total')
    private readonly refusals: Counter<'model' | 'feature' | 'rule'>,
    private readonly registry: Registry,
  ) {}

  /**
   * Makes the series of a model exist before its first prediction. A cut-off other than that of the model before restarts the score
   * histogram with the new bound; Prometheus reads that as a counter reset.
   */
  expectModel({ model, version }: ModelLabels, cutOff: number): void {
    for (const outcome of ['low_risk', 'high_risk'])
      this.predictions.inc({ model, version, outcome }, 0);
    for (const reason of FAILURES) this.errors.inc({ model, reason }, 0);
    if (this.scores === null || cutOff !== this.cutOff) {
      this.registry.removeSingleMetric(SCORE_HISTOGRAM.name);
      this.scores = new Histogram({
        ...SCORE_HISTOGRAM,
        buckets: [...new Set([...SCORES, cutOff])].sort((a, b) => a - b),
        registers: [this.registry],
      });
      this.cutOff = cutOff;
      this.recent = null;
    }
    new BoundHistogram(this.scores, { model, version });
  }

  /** The series of a model's predictions. */
  of({ model, version }: ModelLabels): PredictionSeries {
    const { recent } = this;
    if (recent?.model === model && recent.version === version) return recent.series;
    const series = new PredictionSeries(this.predictions, this.stages, this.scores, {
      model,
      version,
    });
    this.recent = { model, version, series };
    return series;
  }

  failed(model: string, reason: FailureReason): void {
    this.errors.inc({ model, reason });
  }

  refused(model: string, feature: string, rule: string): void {
    this.refusals.inc({ model, feature, rule });
  }
}

/** What a challenger does with the rows that it gets. */
export type TrafficMode = 'shadow' | 'canary';

@Injectable()
export class ChallengerInstruments {
  constructor(
    @InjectMetric('model_challenger_predictions_total')
    private readonly predictions: Counter<'model' | 'version' | 'mode'>,
    @InjectMetric('model_challenger_duration_seconds')
    private readonly duration: Histogram<'model' | 'version' | 'mode'>,
    @InjectMetric('model_challenger_score_difference')
    private readonly differences: Histogram<'model' | 'version'>,
    @InjectMetric('model_challenger_disagreements_total')
    private readonly disagreements: Counter<'model' | 'version'>,
    @InjectMetric('model_challenger_errors_total')
    private readonly errors: Counter<'model' | 'version' | 'mode' | 'reason'>,
  ) {}

  /** Makes the series of a challenger exist before its first row. */
  expectChallenger({ model, version }: ModelLabels): void {
    for (const mode of ['shadow', 'canary']) {
      this.predictions.inc({ model, version, mode }, 0);
      for (const reason of ['invalid_input', 'model_error'])
        this.errors.inc({ model, version, mode, reason }, 0);
    }
    this.disagreements.inc({ model, version }, 0);
  }

  scored(labels: ModelLabels, mode: TrafficMode, seconds: number): void {
    this.predictions.inc({ ...labels, mode });
    this.duration.observe({ ...labels, mode }, seconds);
  }

  failed(labels: ModelLabels, mode: TrafficMode, reason: FailureReason): void {
    this.errors.inc({ ...labels, mode, reason });
  }

  /** One row scored by both: the absolute difference of their probabilities, and whether their labels differ. */
  compared(labels: ModelLabels, difference: number, disagree: boolean): void {
    this.differences.observe({ ...labels }, difference);
    if (disagree) this.disagreements.inc({ ...labels });
  }
}

@Injectable()
export class ComparisonInstruments {
  constructor(
    @InjectMetric('model_challenger_dropped_total')
    private readonly drops: Counter<'model' | 'version' | 'reason'>,
  ) {}

  /** Makes the series of a challenger exist before its first row. */
  expectChallenger(labels: ModelLabels): void {
    for (const reason of ['queue_full', 'not_stored'] as const) this.dropped(labels, reason, 0);
  }

  dropped({ model, version }: ModelLabels, reason: 'queue_full' | 'not_stored', rows = 1): void {
    this.drops.inc({ model, version, reason }, rows);
  }
}

@Injectable()
export class PredictionLogInstruments {
  private readPending: () => number = () => 0;

  constructor(
    @InjectMetric('prediction_log_writes_total') private readonly writes: Counter,
    @InjectMetric('prediction_log_write_failures_total') private readonly failures: Counter,
    @InjectMetric('prediction_log_dropped_total') private readonly drops: Counter,
    @InjectMetric('prediction_log_last_write_timestamp_seconds') private readonly lastWrite: Gauge,
    @InjectMetric('prediction_log_queue_depth') private readonly pending: Gauge,
    @InjectMetric('prediction_log_size_bytes') private readonly size: Gauge,
  ) {}

  /** What a crash now would lose, or refuse: asked when it is scraped. */
  watchPending(read: () => number): void {
    const { pending } = this;
    this.readPending = read;
    Object.assign(pending, {
      collect: () => {
        pending.set(read());
      },
    });
  }

  /** The same, now. */
  get notStored(): number {
    return this.readPending();
  }

  stored(rows: number): void {
    this.writes.inc(rows);
    this.lastWrite.set(Date.now() / 1000);
  }

  takes(bytes: number): void {
    this.size.set(bytes);
  }

  failed(rows: number): void {
    this.failures.inc(rows);
  }

  /** They were answered before. */
  dropped(rows: number): void {
    this.drops.inc(rows);
  }
}

@Injectable()
export class JobInstruments {
  constructor(
    @InjectMetric('jobs') private readonly jobs: Gauge<'state'>,
    @InjectMetric('job_rows_total')
    private readonly rows: Counter<'model' | 'version' | 'outcome'>,
  ) {}

  /** Asked when it is scraped; while it cannot be answered, the gauge stays as it was. */
  watchStates(read: () => Promise<ReadonlyMap<string, number>>): void {
    const { jobs } = this;
    Object.assign(jobs, {
      collect: async () => {
        const counted = await read().catch(() => null);
        for (const [state, count] of counted ?? []) jobs.set({ state }, count);
      },
    });
  }

  scored({ model, version }: ModelLabels, scored: number, refused: number): void {
    this.rows.inc({ model, version, outcome: 'scored' }, scored);
    this.rows.inc({ model, version, outcome: 'refused' }, refused);
  }
}
