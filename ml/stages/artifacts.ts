// The files by which the stages hand over to each other, under <var>/pipeline/<model name>/: their names and their shapes.
import { z } from 'zod';
import type { ValidationReport } from '../data/validation-report.ts';
import type { Analysis } from '../report/analysis.ts';
import type { ColumnFairness, MetricInterval } from '../../src/model/report-details.ts';
import type { DriftFile } from '../../src/model/drift-reference.ts';
import { DRIFT_FILE } from '../../src/model/model-bundle.ts';
import type {
  ExplainerFacts,
  FeaturesFile,
  GoldenFile,
  HoldoutFile,
  ReferenceFile,
} from '../../src/model/model-bundle.ts';

export type StageName = 'validate' | 'prepare' | 'train' | 'evaluate' | 'register';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

/** What prepare decided: the rows held out; all others are the training part. */
const split = z.strictObject({
  data_digest: digest,
  seed: z.int(),
  test_share: z.number(),
  /** What rows are kept together or in order by; null: rows are taken by class. */
  by: z.strictObject({ kind: z.enum(['group', 'time']), column: z.string() }).nullable(),
  rows: count,
  /** Row numbers counted from 0, ascending. */
  test: z.array(count),
});

const candidate = z.strictObject({
  learner: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  scores: z.array(z.number()),
  mean: z.number(),
  sd: z.number(),
});

/** A candidate that did not come to the end: its fit failed, or halving went on without it. */
const dropped = z.strictObject({
  learner: candidate.shape.learner,
  params: candidate.shape.params,
  /** The share of the training rows that it was last tried on. */
  share: z.number(),
  mean: z.number().nullable(),
  failure: z.string().nullable(),
});

/** What the search measured. */
const candidates = z.strictObject({
  metric: z.string(),
  folds: count,
  dropped: z.array(dropped),
  candidates: z.array(candidate).min(1),
  /** Index into candidates. */
  chosen: count,
  /** Of the whole procedure of comparing and choosing, on outer folds; null where it was not asked for. */
  nested: z
    .strictObject({
      mean: z.number(),
      sd: z.number(),
      scores: z.array(z.number()).readonly(),
      chosen: z.array(z.string()).readonly(),
    })
    .nullable(),
  /** On the same folds, from the one that knows least to the one that knows most. */
  baselines: z.array(candidate),
});

/** (mean probability, share of positives) of a range of scores, ascending. */
const calibrationPoints = z.array(z.tuple([z.number(), z.number()]).readonly()).readonly();

/** What train knows of the model beside its graph; the nested shapes are checked again when the bundle is opened. */
const training = z.strictObject({
  data_digest: digest,
  onnx_sha256: digest,
  seed: z.int(),
  threshold: z.number(),
  /** The rule that chose it on the out-of-fold scores, and what it reaches there. */
  threshold_choice: z.strictObject({
    rule: z.record(z.string(), z.union([z.string(), z.number()])),
    precision: z.number(),
    recall: z.number(),
    called: z.number(),
    cost: z.number().nullable(),
  }),
  /**
   * The curve that is kept over the scores, and the out-of-fold log loss with each; null where there was none to compare. `curves` holds the
   * calibration of the out-of-fold scores without and with it, each row under the curve of the other folds: alike where none is kept.
   */
  calibration: z.strictObject({
    kind: z.enum(['none', 'platt', 'isotonic']),
    log_loss: z
      .strictObject({
        none: z.number(),
        platt: z.number().nullable(),
        isotonic: z.number().nullable(),
      })
      .nullable(),
    curves: z.strictObject({ before: calibrationPoints, after: calibrationPoints }).nullable(),
  }),
  training_rows: count,
  /** Largest difference between the trainer's probabilities and ONNX Runtime's, over all rows. */
  onnx_max_difference: z.number(),
  /** What answers are explained by: the digests of its two files, and what explainer.json is to say of them. */
  explainer: z.strictObject({
    onnx_sha256: digest,
    numbers_sha256: digest,
    facts: z.custom<ExplainerFacts>(isObject),
  }),
  features: z.custom<FeaturesFile>(isObject),
  golden: z.custom<GoldenFile>(isObject),
  reference: z.custom<ReferenceFile>(isObject),
});

/** What evaluate measured on the held-out part with the exported model. */
const evaluation = z.strictObject({
  onnx_sha256: digest,
  rows: count,
  metrics: z.record(z.string(), z.number()),
  intervals: z.record(z.string(), z.custom<MetricInterval>(isObject)),
  confusion_matrix: z.strictObject({ tn: count, fp: count, fn: count, tp: count }),
  /** By the protected columns. */
  fairness: z.array(z.custom<ColumnFairness>(isObject)).readonly(),
  /** The baselines, fitted on the training part, on the same rows. */
  baselines: z.array(
    z.strictObject({
      learner: z.string(),
      /** The one feature that it looks at; null for those that look at none. */
      feature: z.string().nullable(),
      metrics: z.record(z.string(), z.number()),
    }),
  ),
});

/** What evaluate keeps of the held-out part, for the bundle: checked again when it is read there. */
const holdout = z.strictObject({
  onnx_sha256: digest,
  holdout: z.custom<HoldoutFile>(isObject),
});

/** What live rows are compared with, for the bundle: checked again when it is read there. */
const drift = z.strictObject({
  onnx_sha256: digest,
  drift: z.custom<DriftFile>(isObject),
});

/** What train found out about the model on the held-out rows beside its metrics; the page is made of it. */
const analysis = z.strictObject({
  onnx_sha256: digest,
  analysis: z.custom<Analysis>(isObject),
});

export const SPLIT = { file: 'split.json', by: 'prepare', schema: split } as const;
export const CANDIDATES = { file: 'candidates.json', by: 'train', schema: candidates } as const;
export const TRAINING = { file: 'training.json', by: 'train', schema: training } as const;
export const ANALYSIS = { file: 'analysis.json', by: 'train', schema: analysis } as const;
export const DRIFT = { file: DRIFT_FILE, by: 'train', schema: drift } as const;
export const EVALUATION = { file: 'evaluation.json', by: 'evaluate', schema: evaluation } as const;
export const HOLDOUT = { file: 'holdout.json', by: 'evaluate', schema: holdout } as const;

export const VALIDATION_FILE = 'validation.json';
export const VALIDATION_PAGE = 'validation.html';
export const VALIDATION = {
  file: VALIDATION_FILE,
  by: 'validate',
  schema: z.custom<ValidationReport>(isObject),
} as const;
export const ONNX_FILE = 'model.onnx';
/** Scores of a search that is not at its end. */
export const SEARCH_JOURNAL = 'search.jsonl';
/** Numbers only, as DVC's metrics want them. */
export const METRICS_FILE = 'metrics.json';

export type SplitArtifact = z.output<typeof split>;
export type CandidateOutcome = z.output<typeof candidate>;
export type CandidatesArtifact = z.output<typeof candidates>;
export type TrainingArtifact = z.output<typeof training>;
export type EvaluationArtifact = z.output<typeof evaluation>;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
