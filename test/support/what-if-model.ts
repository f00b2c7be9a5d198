// Loaded models whose graph a test writes, over features whose training rows it gives: small ONNX models that nobody trained.
import { referenceOf } from '../../ml/bundle/reference.ts';
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import type { GraphBuilder } from '../../ml/onnx/graph-builder.ts';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { ModelFeature, RawRow } from '../../src/features/feature-spec.ts';
import { RowScanner } from '../../src/features/scan-row.ts';
import { LazyExplainer } from '../../src/model/model-explainer.ts';
import type { ReferenceFile, ReportFile } from '../../src/model/model-bundle.ts';
import type { LoadedModel } from '../../src/model/model-slot.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';

export interface WhatIfModel {
  readonly model: LoadedModel;
  readonly reference: ReferenceFile;
}

export interface WhatIfModelOptions {
  readonly features: readonly ModelFeature[];
  readonly rows: readonly RawRow[];
  /** `input` names float32 [N, F]; returns the name of the log-odds, float32 [N, 1]. */
  readonly logOdds: (graph: GraphBuilder, input: string) => string;
  readonly threshold?: number;
  readonly params?: ReportFile['params'];
}

/** The caller releases the scorer. */
export async function whatIfModel({
  features,
  rows,
  logOdds,
  threshold = 0.5,
  params = {},
}: WhatIfModelOptions): Promise<WhatIfModel> {
  const onnx = exportPipeline(
    {
      task: { kind: 'binary' },
      toOnnx: (graph, input) => graph.node('Sigmoid', [logOdds(graph, input)]),
    },
    features.length,
    threshold,
  );
  const reference = referenceOf(features, rows, new Float32Array(rows.length));
  const version = {
    name: 'hand-made',
    version: '1',
    aliases: [],
    stage: 'None',
    runId: null,
    description: '',
    tags: {},
    createdAt: '2026-01-02T03:04:05.000Z',
  } as const;
  const bundle: LoadedModel['bundle'] = {
    dir: '',
    onnxPath: '',
    onnxSha256: '',
    features: {
      target: 'y',
      positive_label: 'yes',
      negative_label: 'no',
      features,
      derived: [],
    },
    report: { threshold, metrics: {}, params, learner: 'hand-made' },
    golden: null,
    reference,
    explainer: null,
    manifest: { created_at: null, run_id: null, data_digest: null, git_commit: null },
  };
  const scorer = await OnnxScorer.load(onnx, features.length);
  const model: LoadedModel = {
    version,
    bundle,
    encoder: compileEncoder(features),
    scanner: new RowScanner(features),
    scorer,
    explainer: new LazyExplainer(bundle, scorer),
    loadedAt: '2026-01-02T03:04:05.000Z',
  };
  return { model, reference };
}

/** bias + sum of weight * value; a missing value counts as 0. */
export const linear =
  (weights: readonly number[], bias: number): WhatIfModelOptions['logOdds'] =>
  (graph, input) => {
    const zero = graph.float(Float32Array.of(0), [1]);
    const filled = graph.node('Where', [graph.node('IsNaN', [input]), zero, input]);
    return graph.node('Gemm', [
      filled,
      graph.float(Float32Array.from(weights), [weights.length, 1]),
      graph.float(Float32Array.of(bias), [1]),
    ]);
  };

/** 4 where exactly one of the first two columns is above its split, else -4: no change of one feature alone tells of the other. */
export const exclusiveOr =
  (first: number, second: number): WhatIfModelOptions['logOdds'] =>
  (graph, input) => {
    const above = (column: number, split: number): string =>
      graph.node('Greater', [
        graph.node('Gather', [input, graph.int64([column], [1])], { axis: { int: 1 } }),
        graph.float(Float32Array.of(split), [1]),
      ]);
    const either = graph.node('Xor', [above(0, first), above(1, second)]);
    const [high, low] = [4, -4].map((value) => graph.float(Float32Array.of(value), [1]));
    return graph.node('Where', [either, high ?? '', low ?? '']);
  };

/** slope * (the product of the first two columns - level). */
export const product =
  (slope: number, level: number): WhatIfModelOptions['logOdds'] =>
  (graph, input) => {
    const column = (index: number): string =>
      graph.node('Gather', [input, graph.int64([index], [1])], { axis: { int: 1 } });
    const difference = graph.node('Sub', [
      graph.node('Mul', [column(0), column(1)]),
      graph.float(Float32Array.of(level), [1]),
    ]);
    return graph.node('Mul', [difference, graph.float(Float32Array.of(slope), [1])]);
  };
