// The whole model, from raw rows to a probability: derived features, preprocessing and the learner, fitted together on the same rows.
import type { FeatureSpec } from '../src/features/feature-spec.ts';
import type { Learner } from './learners/learner.ts';
import type { Float32Matrix } from './numeric/matrix.ts';
import type { Random } from '../src/statistics/random.ts';
import type { GraphBuilder } from './onnx/graph-builder.ts';
import type { DerivedFeature } from './preprocessing/derived.ts';
import { fitPreprocessing } from './preprocessing/preprocessing.ts';

export interface Pipeline {
  /** Names of the columns that the learner was given. */
  readonly columns: readonly string[];
  /** Writes P(positive) of each raw row float32 [N, F] into `out` [N]. */
  predictInto(rows: Float32Matrix, out: Float64Array): void;
  /** Appends the pipeline: `input` names the raw rows float32 [N, F]; returns the name of a float32 [N, 1] probability. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/** `rows` are the raw training rows float32 [N, F], F = features.length; `y` [N] is 1 for the positive class. Throws FitError. */
export function fitPipeline<Params>(
  learner: Learner<Params>,
  params: Params,
  features: readonly FeatureSpec[],
  derived: readonly DerivedFeature[],
  rows: Float32Matrix,
  y: Uint8Array,
  random: Random,
): Pipeline {
  const preprocessing = fitPreprocessing(learner.input, features, derived, rows);
  const model = learner.fit(params, { x: preprocessing.transform(rows), y }, random);
  return Object.freeze({
    columns: preprocessing.columns,
    predictInto(raw: Float32Matrix, out: Float64Array) {
      model.predictInto(preprocessing.transform(raw), out);
    },
    toOnnx: (graph: GraphBuilder, input: string) =>
      model.toOnnx(graph, preprocessing.toOnnx(graph, input)),
  });
}
