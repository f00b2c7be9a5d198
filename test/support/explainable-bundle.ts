// Small bundles whose answers can be explained: learners of the product, really trained on rows of a number, a number that may be missing, and
// a category.
import { calibrated } from '../../ml/calibration/calibrated-pipeline.ts';
import type { Calibration } from '../../ml/calibration/calibration.ts';
import { driftFileOf } from '../../ml/bundle/drift.ts';
import { referenceOf } from '../../ml/bundle/reference.ts';
import { writeBundle } from '../../ml/bundle/write-bundle.ts';
import { explainModel } from '../../ml/explanation/explain-model.ts';
import { learners, type LearnerName } from '../../ml/learners/index.ts';
import type { Learner } from '../../ml/learners/learner.ts';
import { matrixOf } from '../../ml/numeric/matrix.ts';
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import { fitPipeline } from '../../ml/pipeline.ts';
import { predict } from '../../ml/search/fit-candidate.ts';
import type { RawRow } from '../../src/features/feature-spec.ts';
import type { ModelBundle } from '../../src/model/model-bundle.ts';
import { Random } from '../../src/statistics/random.ts';
import { TINY_FEATURES } from './tiny-bundle.ts';

export interface ExplainableOptions {
  readonly learner: LearnerName;
  /** Params of the learner; default: few trees. */
  readonly params?: object;
  readonly threshold?: number;
  readonly background?: 'training' | 'favourable';
  readonly adverse?: 'positive' | 'negative';
  /** Puts a curve between margin and probability. */
  readonly platt?: boolean;
  /** Another seed draws other rows, and so gives another model. */
  readonly seed?: number;
}

const ROWS = 240;
const FEW_TREES = { n_estimators: 12 };

/** A rising curve, as any. */
const PLATT = { kind: 'platt', slope: 0.8, intercept: -0.1 } as const;

/** The word of a feature's reason. */
export const reasonText = (name: string): string => `What ${name} says is unusual.`;

/** Writes the bundle into `dir`. */
export async function writeExplainableBundle(
  dir: string,
  { learner: name, params, platt = false, seed = 1, ...options }: ExplainableOptions,
): Promise<ModelBundle> {
  const { threshold = 0.5, background = 'favourable', adverse = 'positive' } = options;
  const training = trainingRows(seed);
  const learner: Learner<unknown> = learners[name];
  const fitted = await fitPipeline(
    {
      learner,
      params: learner.params.parse(params ?? (name === 'logistic_regression' ? {} : FEW_TREES)),
      features: TINY_FEATURES,
      derived: [],
      task: { kind: 'binary' },
    },
    training,
    { random: Random.of(seed), threads: 1 },
  );
  const calibration: Calibration = platt ? PLATT : { kind: 'none' };
  const pipeline = calibrated(fitted, calibration);
  const probabilities = predict(pipeline, training.x);
  const reasons = TINY_FEATURES.map(({ name: feature }) => ({
    name: feature,
    code: feature.toUpperCase().replaceAll(' ', '_'),
    text: reasonText(feature),
  }));
  const explainer = await explainModel(
    {
      features: TINY_FEATURES,
      explanation: { background, rows: 30, adverse, reasons },
      seed,
    },
    { fitted, calibration: calibration.kind, x: training.x, probabilities, threshold },
  );
  const golden = training.raw.slice(0, 5);
  return writeBundle(dir, {
    onnx: exportPipeline(pipeline, TINY_FEATURES.length, threshold),
    features: {
      target: 'diagnosis',
      positive_label: 'malignant',
      negative_label: 'benign',
      features: TINY_FEATURES,
      derived: [],
    },
    golden: {
      tolerance: 1e-6,
      rows: golden.map((features, i) => ({ features, probability: probabilities[i] ?? 0 })),
    },
    reference: referenceOf(TINY_FEATURES, training.raw, [...probabilities]),
    // Of the rows that it was trained on: among so few trees nobody minds.
    drift: driftFileOf({
      features: TINY_FEATURES,
      x: training.x,
      predictions: { source: 'held_out', y: training.y, scores: probabilities },
      threshold,
      seed,
    }),
    report: {
      threshold,
      metrics: { roc_auc: 0.95 },
      params: {},
      learner: name,
      confusion_matrix: { tn: 1, fp: 0, fn: 0, tp: 1 },
      cross_validation: { metric: 'roc_auc', mean: 0.94, sd: 0.01, folds: 5 },
    },
    explainer,
    manifest: {
      created_at: '2026-01-02T03:04:05.000Z',
      run_id: 'explainable',
      data_digest: '0'.repeat(64),
      git_commit: null,
      foretell_version: '0.1.0',
    },
  });
}

/** Wide, rough and on the right is likely malignant. */
function trainingRows(seed: number) {
  const random = Random.of(seed);
  const uniform = (): number => random.next() / 2 ** 32;
  const cells: number[] = [];
  const y: number[] = [];
  const raw: RawRow[] = [];
  for (let row = 0; row < ROWS; row++) {
    const radius = Math.fround(6 + 22 * uniform());
    const texture = row % 9 === 0 ? NaN : Math.fround(9 + 31 * uniform());
    const side = random.nextInt(2);
    const rough = Number.isNaN(texture) ? 0 : texture - 24;
    y.push(Number((radius - 17) / 4 + rough / 9 + side - 0.5 + 4 * (uniform() - 0.5) > 0));
    cells.push(radius, texture, side);
    raw.push({
      'mean radius': radius,
      'mean texture': Number.isNaN(texture) ? null : texture,
      side: side === 0 ? 'left' : 'right',
    });
  }
  return {
    x: matrixOf(Float32Array.from(cells), TINY_FEATURES.length),
    y: Uint8Array.from(y),
    weights: null,
    raw,
  };
}
