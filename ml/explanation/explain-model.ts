// What a bundle gets so that the answers of its model can be explained: the sum behind them with the rows it is compared with, the graph to
// its columns, and what each feature counts for over training rows, by which all of it is proved before it is handed out.
import { Tensor } from 'onnxruntime-node';
import type { AdditiveModel, Contributions } from '../../src/explanation/additive-model.ts';
import { Explainer } from '../../src/explanation/explainer.ts';
import { packModel } from '../../src/explanation/packed-model.ts';
import { EXPLAINER_FILES, type ImportanceFigures } from '../../src/model/model-bundle.ts';
import { openSession } from '../../src/model/onnx-scorer.ts';
import { Random } from '../../src/statistics/random.ts';
import type { BundleExplainer } from '../bundle/write-bundle.ts';
import { takeRows, type Float32Matrix } from '../numeric/matrix.ts';
import { exportDesign } from '../onnx/export-design.ts';
import type { Params } from '../params.ts';
import type { Pipeline } from '../pipeline.ts';
import { predict } from '../search/fit-candidate.ts';
import { STREAMS } from '../search/streams.ts';
import { additiveModelOf } from './additive-model-of.ts';
import { backgroundOf, sampleOf } from './background.ts';

/** Rows that importance is a mean over: enough for its first two digits, and of forests whose rows take long enough for the first. */
const IMPORTANCE_ROWS = { most: 1000, least: 100 };
/** Rows times leaves: seconds. */
const IMPORTANCE_WORK = 2e7;
/** Sums of a thousand float64 values, and a probability that a leaf's float32 value is. */
const TOLERANCE = 1e-6;

/** An exported sum that is not that of the fitted model. */
export class ExplanationError extends Error {
  override readonly name = 'ExplanationError';
}

export interface ModelToExplain {
  /** Without its calibration. */
  readonly fitted: Pipeline;
  readonly calibration: AdditiveModel['calibration'];
  /** Raw training rows. */
  readonly x: Float32Matrix;
  /** What the final model answers for them, [rows]. */
  readonly probabilities: Float64Array;
  readonly threshold: number;
}

/** For binary models. Throws ExplanationError. */
export async function explainModel(
  { features, explanation, seed }: Pick<Params, 'features' | 'explanation' | 'seed'>,
  { fitted, calibration, x, probabilities, threshold }: ModelToExplain,
): Promise<BundleExplainer> {
  const { additive } = fitted;
  if (additive === null) throw new ExplanationError('expected a model that is a sum over columns');
  const { background: asked, rows, adverse, reasons } = explanation;
  const random = Random.of(seed, STREAMS.explanation);
  const isPositive = (p: number): boolean => Math.fround(p) >= Math.fround(threshold);
  const favourable = Array.from(probabilities, (p) => isPositive(p) !== (adverse === 'positive'));
  const background = backgroundOf(asked, favourable);
  const sample = sampleOf(background.rows, rows, random.stream(0));
  const model = additiveModelOf(additive, calibration, { x, background, sample });
  const onnx = exportDesign(additive, features.length);
  const all = Int32Array.from(favourable.keys());
  const explained = takeRows(x, sampleOf(all, importanceRows(model), random.stream(1)));
  // The trainer's own design, whose bits no other processor changes: what is measured on it goes into a file that DVC compares.
  const design = additive.design(explained).data;
  expectDesign(await runDesign(onnx, explained), design);
  const contributions = Explainer.of(model).explain(design, explained.rows);
  expectSum(contributions, additive.form.link, predict(fitted, explained));
  const importance: ImportanceFigures = {
    method: contributions.method,
    background: background.name,
    rows: explained.rows,
    features: importanceOf(contributions, explained.rows, features),
  };
  const { json, bytes } = packModel(model);
  const facts = { additive: json, importance, adverse, reasons };
  return { onnx, numbers: bytes, facts };
}

function importanceRows({ form }: AdditiveModel): number {
  const leaves = form.kind === 'trees' ? form.trees.values.length : 1;
  const { most, least } = IMPORTANCE_ROWS;
  return Math.min(most, Math.max(least, Math.floor(IMPORTANCE_WORK / leaves)));
}

async function runDesign(
  onnx: Uint8Array,
  { data, rows, columns }: Float32Matrix,
): Promise<Float32Array | Float64Array> {
  const session = await openSession(onnx, EXPLAINER_FILES.onnx);
  try {
    const features = new Tensor('float32', data, [rows, columns]);
    const { design } = await session.run({ features });
    return design?.data as Float32Array | Float64Array;
  } finally {
    await session.release();
  }
}

/** That the graph hands over the columns that the sum is over. */
function expectDesign(found: ArrayLike<number>, design: Float32Array | Float64Array): void {
  const differs = design.some((value, at) => {
    const there = found[at] as number;
    if (Number.isNaN(value)) return !Number.isNaN(there);
    return !(Math.abs(there - value) <= TOLERANCE * Math.max(1, Math.abs(value)));
  });
  if (differs || found.length !== design.length)
    throw new ExplanationError('the exported columns differ from those that the model was given');
}

/** That what is explained is what is answered: base and contributions add up to the output, and the output is behind the probability. */
function expectSum(
  { base, output, values }: Contributions,
  link: 'sigmoid' | 'identity',
  probabilities: Float64Array,
): void {
  const width = values.length / output.length;
  output.forEach((margin, row) => {
    const shares = values.subarray(row * width, (row + 1) * width);
    const sum = shares.reduce((total, value) => total + value, base);
    const answer = link === 'sigmoid' ? 1 / (1 + Math.exp(-margin)) : margin;
    const difference = Math.max(
      Math.abs(sum - margin),
      Math.abs(answer - (probabilities[row] as number)),
    );
    // Written so that NaN fails.
    if (!(difference <= TOLERANCE))
      throw new ExplanationError(`the explained sum differs from the model's by ${difference}`);
  });
}

/** Of equal ones the first feature first. */
function importanceOf(
  { values }: Contributions,
  rows: number,
  features: readonly { readonly name: string }[],
): ImportanceFigures['features'] {
  // Features behind the last one that a column is made of have no place in a row, and count for nothing.
  const width = values.length / rows;
  const sums = new Float64Array(features.length);
  values.forEach((value, at) => {
    sums[at % width] = (sums[at % width] as number) + Math.abs(value);
  });
  return features
    .map(({ name }, i) => ({ name, mean_absolute_contribution: (sums[i] as number) / rows }))
    .toSorted((a, b) => b.mean_absolute_contribution - a.mean_absolute_contribution);
}
