// A small real bundle for tests: a linear model over any features, built with the GraphBuilder, with golden rows that reproduce.
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import { driftFileOf } from '../../ml/bundle/drift.ts';
import { referenceOf } from '../../ml/bundle/reference.ts';
import { writeBundle } from '../../ml/bundle/write-bundle.ts';
import { matrixOf } from '../../ml/numeric/matrix.ts';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { ModelFeature, RawRow } from '../../src/features/feature-spec.ts';
import type { DriftFile } from '../../src/model/drift-reference.ts';
import type { GatePolicy, HoldoutFile, ModelBundle } from '../../src/model/model-bundle.ts';

/** A number, a number that may be missing, and a category. */
export const TINY_FEATURES: readonly ModelFeature[] = [
  {
    name: 'mean radius',
    kind: 'numeric',
    nullable: false,
    unit: 'mm',
    range: { min: 0, max: 50 },
    training: { min: 6, max: 28, median: 13 },
  },
  {
    name: 'mean texture',
    kind: 'numeric',
    nullable: true,
    training: { min: 9, max: 40, median: 18 },
  },
  {
    name: 'side',
    kind: 'categorical',
    nullable: false,
    categories: ['left', 'right'],
    training: { mode: 'left' },
  },
];

export interface TinyBundleOptions {
  readonly features?: readonly ModelFeature[];
  /** Moves every probability; default 0. */
  readonly bias?: number;
  readonly threshold?: number;
  readonly runId?: string;
  /** -1 ranks the rows the other way round, against their labels; default 1. */
  readonly sign?: Sign;
  /** Of the report; default a good model's. */
  readonly metrics?: Readonly<Record<string, number>>;
  /**
   * Rows that training saw, for drift; default: the held-out ones. Their scores are the model's own, and their labels those of a model with
   * sign 1 and bias 0.
   */
  readonly trainingRows?: readonly RawRow[];
  /** What the gate asks; default little; null: a bundle from elsewhere, without policy, held-out rows and reference of drift. */
  readonly gate?: GatePolicy | null;
}

type Sign = 1 | -1;

export const TINY_GATE: GatePolicy = {
  thresholds: { roc_auc: 0.9 },
  tolerance: { roc_auc: 0.01, log_loss: 0.02 },
  latency_budget_ms: 1000,
};

/** Writes a complete bundle into `dir`; two calls with the same options write the same bytes. */
export function writeTinyBundle(
  dir: string,
  {
    features = TINY_FEATURES,
    bias = 0,
    threshold = 0.5,
    runId = 'tiny',
    sign = 1,
    metrics = { accuracy: 0.9, roc_auc: 0.95 },
    gate = TINY_GATE,
    trainingRows,
  }: TinyBundleOptions = {},
): Promise<ModelBundle> {
  const rows = typicalRows(features);
  const probabilities = rows.map((row) => tinyProbability(features, bias, row, sign));
  const holdout = heldOut(features, bias, sign);
  return writeBundle(dir, {
    onnx: tinyOnnx(features.length, bias, threshold, sign),
    features: {
      target: 'diagnosis',
      positive_label: 'malignant',
      negative_label: 'benign',
      features,
      derived: [],
    },
    golden: {
      tolerance: 1e-6,
      rows: rows.map((row, i) => ({ features: row, probability: probabilities[i] ?? 0 })),
    },
    reference: referenceOf(features, rows, probabilities),
    report: {
      threshold,
      metrics,
      params: { bias },
      learner: 'linear',
      confusion_matrix: { tn: 5, fp: 1, fn: 0, tp: 4 },
      cross_validation: { metric: 'roc_auc', mean: 0.94, sd: 0.01, folds: 5 },
      ...(gate && { gate }),
    },
    ...(gate && {
      holdout,
      drift: driftOf(features, trainingRows ?? rowsOf(holdout), { bias, sign, threshold }),
    }),
    manifest: {
      created_at: '2026-01-02T03:04:05.000Z',
      run_id: runId,
      data_digest: '0'.repeat(64),
      git_commit: null,
      foretell_version: '0.1.0',
    },
  });
}

/** Weight of feature i: small and of either sign, so that probabilities stay away from 0 and 1. */
const weight = (i: number): number => Math.fround((i % 2 === 0 ? 0.05 : -0.03) / (1 + i / 10));

/** The bytes of sigmoid(bias + sum of weight * value), with missing values counting as 0. */
export function tinyOnnx(
  featureCount: number,
  bias = 0,
  threshold = 0.5,
  sign: Sign = 1,
): Uint8Array {
  const pipeline: Parameters<typeof exportPipeline>[0] = {
    task: { kind: 'binary' },
    toOnnx(graph, input) {
      const zero = graph.float(Float32Array.of(0), [1]);
      const filled = graph.node('Where', [graph.node('IsNaN', [input]), zero, input]);
      const weights = graph.float(
        Float32Array.from({ length: featureCount }, (_, i) => sign * weight(i)),
        [featureCount, 1],
      );
      const logit = graph.node('Gemm', [filled, weights, graph.float(Float32Array.of(bias), [1])]);
      return graph.node('Sigmoid', [logit]);
    },
  };
  return exportPipeline(pipeline, featureCount, threshold);
}

/** What tinyOnnx computes, in double precision. */
export function tinyProbability(
  features: readonly ModelFeature[],
  bias: number,
  row: RawRow,
  sign: Sign = 1,
): number {
  const cells = new Float32Array(features.length);
  compileEncoder(features).encodeInto(row, cells, 0);
  const logit = cells.reduce(
    (sum, cell, i) => sum + sign * weight(i) * (Number.isNaN(cell) ? 0 : cell),
    Math.fround(bias),
  );
  return 1 / (1 + Math.exp(-logit));
}

const HELD_OUT = 60;

/** Rows all over the trained ranges; labelled by the model with sign 1 and bias 0, but for every tenth. */
function heldOut(features: readonly ModelFeature[], bias: number, sign: Sign): HoldoutFile {
  const columns = features.map(({ name }) => name);
  const rows = Array.from({ length: HELD_OUT }, (_, i) =>
    rowOf(features, (feature) => {
      const step = (i * 37 + columns.indexOf(feature.name) * 11) % HELD_OUT;
      if (feature.nullable && i % 7 === 0) return null;
      if (feature.kind === 'categorical')
        return feature.categories[step % feature.categories.length] ?? null;
      const { min, max } = feature.training;
      return min + ((max - min) * step) / (HELD_OUT - 1);
    }),
  );
  return {
    rows_held_out: HELD_OUT,
    columns,
    rows: rows.map((row) => columns.map((name) => row[name] ?? null)),
    y: [...labelled(features, rows)],
    probability: rows.map((row) => tinyProbability(features, bias, row, sign)),
  };
}

/** By the model with sign 1 and bias 0, at its median, but for every tenth row. */
function labelled(features: readonly ModelFeature[], rows: readonly RawRow[]): Uint8Array {
  const truth = rows.map((row) => tinyProbability(features, 0, row));
  const median = truth.toSorted((a, b) => a - b)[Math.floor(rows.length / 2)] ?? 0.5;
  return Uint8Array.from(truth, (p, i) => Number(p >= median !== (i % 10 === 0)));
}

const rowsOf = ({ columns, rows }: HoldoutFile): readonly RawRow[] =>
  rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? null])));

function driftOf(
  features: readonly ModelFeature[],
  rows: readonly RawRow[],
  { bias, sign, threshold }: { bias: number; sign: Sign; threshold: number },
): DriftFile {
  const encoder = compileEncoder(features);
  const cells = new Float32Array(rows.length * encoder.width);
  rows.forEach((row, i) => encoder.encodeInto(row, cells, i * encoder.width));
  return driftFileOf({
    features,
    x: matrixOf(cells, encoder.width),
    predictions: {
      source: 'held_out',
      y: labelled(features, rows),
      scores: Float64Array.from(rows, (row) => tinyProbability(features, bias, row, sign)),
    },
    threshold,
    seed: 1,
  });
}

/** The lowest, the middle and the highest row that training saw; where a value may be missing, one without it. */
const typicalRows = (features: readonly ModelFeature[]): RawRow[] => [
  rowOf(features, (feature) =>
    feature.kind === 'numeric' ? feature.training.min : (feature.categories[0] ?? ''),
  ),
  rowOf(features, (feature) =>
    feature.kind === 'numeric' ? feature.training.median : feature.training.mode,
  ),
  rowOf(features, (feature) =>
    feature.kind === 'numeric' ? feature.training.max : (feature.categories.at(-1) ?? ''),
  ),
  rowOf(features, (feature) => {
    if (feature.nullable) return null;
    return feature.kind === 'numeric' ? feature.training.median : feature.training.mode;
  }),
];

const rowOf = (
  features: readonly ModelFeature[],
  value: (feature: ModelFeature) => RawRow[string],
): RawRow => Object.fromEntries(features.map((feature) => [feature.name, value(feature)]));
