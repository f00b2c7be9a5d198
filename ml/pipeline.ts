// The whole model, from raw rows to its answer: derived features, preprocessing and the learner, fitted together on the same rows.
import type { AdditiveModel } from '../src/explanation/additive-model.ts';
import type { FeatureSpec } from '../src/features/feature-spec.ts';
import { checkTarget } from './learners/check-target.ts';
import {
  FitError,
  type AdditiveForm,
  type DesignColumn,
  type FitResources,
  type Learner,
  type Model,
  type Task,
} from './learners/learner.ts';
import { expectMemory } from './learners/memory.ts';
import type { Float32Matrix, Matrix } from './numeric/matrix.ts';
import type { GraphBuilder } from './onnx/graph-builder.ts';
import type { DerivedFeature } from './preprocessing/derived.ts';
import type { Encoding } from './preprocessing/design.ts';
import type { Preprocessing } from './preprocessing/options.ts';
import { fitPreprocessing } from './preprocessing/preprocessing.ts';

/** What is fitted: everything that does not come from the rows. */
export interface PipelineSpec<Params> {
  readonly learner: Learner<Params>;
  readonly params: Params;
  readonly features: readonly FeatureSpec[];
  readonly derived: readonly DerivedFeature[];
  /** Options by column; nothing: what the learner's input does by itself. */
  readonly preprocessing?: Preprocessing;
  readonly task: Task;
}

/** What it is fitted on. */
export interface TrainingRows {
  /** Raw rows, float32 [N, F], F = features.length: NaN is missing, a category is its code. */
  readonly x: Float32Matrix;
  /** Binary: 1 for the positive class; multiclass: the class; regression: the value, [N]. */
  readonly y: Uint8Array | Float64Array;
  /** The weight of each row, [N]; null: all rows weigh 1. */
  readonly weights: Float64Array | null;
}

/** By the name of a design column: a feature, a derived one, a missing indicator. */
export interface ColumnGain {
  readonly column: string;
  readonly share: number;
}

/** What explanations need of a fitted pipeline: its sum, and how raw rows come to the columns that are summed over. */
export interface AdditivePipeline {
  readonly form: AdditiveForm;
  readonly space: AdditiveModel['space'];
  /** Raw features that each column of the design is made of. */
  readonly sources: AdditiveModel['sources'];
  /** Raw rows float32 [N, F] as the learner sees them, [N, design columns]: float32 values for trees. */
  design(rows: Float32Matrix): Matrix;
  /** The same in a graph: `input` names the raw rows; returns the name of float [N, design columns], double for linear models. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

export interface Pipeline {
  /** Names of the columns that the learner was given. */
  readonly columns: readonly string[];
  readonly task: Task;
  /** Values a row: 1 for binary and regression, the number of classes for multiclass. */
  readonly outputs: number;
  /** What the fit tells of itself, by name. */
  readonly diagnostics: Readonly<Record<string, number>>;
  /**
   * The share of each design column in what all splits gained on the training rows, adding up to 1, the largest first, as Model.gains counts
   * it; null where the learner splits nothing or no split was worth making.
   */
  readonly gains: readonly ColumnGain[] | null;
  /** The sum behind P(positive), before any calibration; null where there is none, and for other tasks. */
  readonly additive: AdditivePipeline | null;
  /** Writes the outputs of each raw row float32 [N, F] into `out` [N, outputs]: P(positive), P(class) or the value. */
  predictInto(rows: Float32Matrix, out: Float64Array): void;
  /** Appends the pipeline: `input` names the raw rows float32 [N, F]; returns the name of float32 [N, outputs]. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/** Under the learner's own generator, far from the numbers that learners give their trees. */
const PREPROCESSING_STREAM = 2 ** 31;

/** Throws FitError, also where the fit would take more memory than there is. */
export async function fitPipeline<Params>(
  { learner, params, features, derived, preprocessing = {}, task }: PipelineSpec<Params>,
  { x, y, weights }: TrainingRows,
  resources: FitResources,
): Promise<Pipeline> {
  if (!learner.tasks.includes(task.kind))
    throw new FitError(`${learner.name} expects a ${learner.tasks.join(' or ')} target`);
  checkTarget(task, x.rows, y, weights);
  const { design, encoding } = fitPreprocessing(
    learner.input,
    { features, derived, preprocessing, task },
    { x, y, weights },
    resources.random.stream(PREPROCESSING_STREAM),
  );
  const { columns } = encoding;
  const shape = { rows: x.rows, columns: columns.length, task, threads: resources.threads };
  expectMemory(learner.name, learner.bytesNeeded(params, shape), shape);
  const model = await learner.fit(params, { x: design, columns, y, task, weights }, resources);
  return Object.freeze({
    columns: columns.map(({ name }) => name),
    task,
    outputs: model.outputs,
    diagnostics: model.diagnostics,
    gains: sharesOf(model.gains, columns),
    additive: additiveOf(model, encoding, task),
    predictInto(raw: Float32Matrix, out: Float64Array) {
      model.predictInto(encoding.transform(raw), out);
    },
    toOnnx: (graph: GraphBuilder, input: string) =>
      model.toOnnx(graph, encoding.toOnnx(graph, input)),
  });
}

function additiveOf(
  { additive: form }: Model,
  encoding: Encoding,
  task: Task,
): AdditivePipeline | null {
  if (form === null || task.kind !== 'binary') return null;
  return Object.freeze({
    form,
    space: form.link === 'sigmoid' ? 'log_odds' : 'probability',
    sources: encoding.sources,
    design: (rows: Float32Matrix) => encoding.transform(rows),
    toOnnx: (graph: GraphBuilder, input: string) => encoding.toOnnx(graph, input),
  });
}

/** Of equal shares the first column first. */
function sharesOf(
  gains: Float64Array | null,
  columns: readonly DesignColumn[],
): readonly ColumnGain[] | null {
  const total = gains?.reduce((sum, gain) => sum + gain, 0) ?? 0;
  if (gains === null || !(total > 0)) return null;
  const shares = columns.map(({ name }, i) =>
    Object.freeze({ column: name, share: (gains[i] as number) / total }),
  );
  return Object.freeze(shares.toSorted((a, b) => b.share - a.share));
}
