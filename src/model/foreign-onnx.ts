// ONNX graphs as converters write them (skl2onnx and the like): any input names, float32 or float64, one tensor of all features or one input
// per feature; probabilities as [N], [N, 1] or, for both classes, [N, 2].
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { invalid } from './bundle-schema.ts';
import {
  describe,
  list,
  type FindForm,
  type OnnxForm,
  type OnnxScorer,
  type Scores,
} from './onnx-scorer.ts';

type TensorMetadata = Extract<InferenceSession.ValueMetadata, { readonly isTensor: true }>;
type Feeds = OnnxForm['feeds'];
type FloatType = 'float32' | 'float64';

const THRESHOLD = 0.5;
const PROBABILITY = /^(output_)?probabilit(y|ies)$/;

/** The form of a graph whose features have these names, in the order of its columns. */
export const foreignForm =
  (names: readonly string[]): FindForm =>
  (session) => {
    const feeds = feedsOf(session, names);
    if (feeds === null)
      return `expected one float input [N, ${names.length}], or one [N] or [N, 1] per column of the signature, found ${list(session.inputMetadata.map(describe))}`;
    const output = probabilityOf(session);
    if (output === null) return outputProblem(session);
    return {
      feeds,
      outputs: [output],
      scores: (outputs, count) =>
        toScores(outputs[output]?.data as Float32Array | Float64Array, count),
    };
  };

/** One row of zeros must give a probability: the lock of models that bring no golden rows. Throws BUNDLE_INVALID. */
export async function probe(scorer: OnnxScorer): Promise<void> {
  const scores = await scorer.score(new Float32Array(scorer.featureCount), 1).catch(refuse);
  if (!Number.isFinite(scores.probability[0])) refuse();
}

function refuse(cause?: unknown): never {
  throw invalid(
    'model.onnx',
    'a row of zeros has to give one probability from 0 to 1, or one for each of two classes',
    cause,
  );
}

function feedsOf(session: InferenceSession, names: readonly string[]): Feeds | null {
  const inputs = session.inputMetadata.filter(isFloat);
  const [only] = inputs;
  if (inputs.length !== session.inputMetadata.length || only === undefined) return null;
  if (inputs.length === 1 && only.shape.length === 2 && fits(only.shape[1], names.length))
    return (rows, count) => ({ [only.name]: toTensor(only, rows, [count, names.length]) });
  const columns = names.flatMap((name) => inputs.filter((input) => input.name === name));
  if (inputs.length !== names.length || columns.length !== names.length || !columns.every(isColumn))
    return null;
  return (rows, count) =>
    Object.fromEntries(
      columns.map((column, i) => {
        const cells = Float32Array.from(
          { length: count },
          (_, row) => rows[row * names.length + i] ?? 0,
        );
        return [
          column.name,
          toTensor(column, cells, column.shape.length === 1 ? [count] : [count, 1]),
        ];
      }),
    );
}

function toTensor({ type }: TensorMetadata, cells: Float32Array, dims: readonly number[]): Tensor {
  return type === 'float64'
    ? new Tensor('float64', Float64Array.from(cells), dims)
    : new Tensor('float32', cells, dims);
}

/** The output of that name, or the only one that can be meant. */
function probabilityOf({ outputMetadata }: InferenceSession): string | null {
  const fitting = outputMetadata.filter(isFloat).filter(({ shape: [, columns], shape }) => {
    return shape.length === 1 || (shape.length === 2 && (fits(columns, 1) || fits(columns, 2)));
  });
  const named = fitting.find(({ name }) => PROBABILITY.test(name));
  return (named ?? (fitting.length === 1 ? fitting[0] : undefined))?.name ?? null;
}

function outputProblem({ outputMetadata }: InferenceSession): string {
  if (outputMetadata.some(({ isTensor }) => !isTensor))
    return "its probabilities are a list of maps (ZipMap): convert the model with options={'zipmap': False} (zipmap=False)";
  return `expected one float output of probabilities, [N, 1] or [N, 2], found ${list(outputMetadata.map(describe))}`;
}

/** A value that is no probability becomes NaN, which the data plane refuses for its row alone. */
function toScores(data: Float32Array | Float64Array, count: number): Scores {
  const columns = data.length / count;
  if (columns !== 1 && columns !== 2)
    throw new RangeError(`expected 1 or 2 values per row, found ${columns}`);
  const probability = Float32Array.from({ length: count }, (_, row) => {
    const value = data[row * columns + columns - 1] ?? Number.NaN;
    return value >= 0 && value <= 1 ? value : Number.NaN;
  });
  return { probability, label: Uint8Array.from(probability, (p) => (p >= THRESHOLD ? 1 : 0)) };
}

const isFloat = (
  value: InferenceSession.ValueMetadata,
): value is TensorMetadata & { readonly type: FloatType } =>
  value.isTensor && (value.type === 'float32' || value.type === 'float64');

const isColumn = ({ shape }: TensorMetadata): boolean =>
  shape.length === 1 || (shape.length === 2 && fits(shape[1], 1));

/** A dimension that is not fixed fits any size; the probe finds out. */
const fits = (dimension: number | string | undefined, size: number): boolean =>
  typeof dimension !== 'number' || dimension < 0 || dimension === size;
