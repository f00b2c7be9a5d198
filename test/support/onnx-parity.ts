// The exported model in ONNX Runtime against the trainer's own answers, row by row.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Task } from '../../ml/learners/learner.ts';
import type { Float32Matrix, Matrix } from '../../ml/numeric/matrix.ts';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { Difference, Parity } from './fit-job.ts';

export const TOLERATED = 1e-5;
/** Rows asked for at once. */
const BATCH = 4096;

interface Compared {
  readonly model: Uint8Array;
  readonly features: readonly FeatureSpec[];
  readonly task: Task;
  /** Float32 [N, F]. */
  readonly x: Float32Matrix;
  /** The same rows as doubles; null: the doubles of `x`. */
  readonly exact: Matrix | null;
  /** The trainer's, [N, outputs]. */
  readonly answers: Float64Array;
}

/** Asks with the float32 rows, and with doubles that go the way of a request: through the encoder that serves. */
export async function compareWithOnnx(compared: Compared): Promise<Parity> {
  const { model, features, task, x, exact, answers } = compared;
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const output = task.kind === 'regression' ? 'prediction' : 'probability';
  const differenceOf = async (rows: Float32Matrix): Promise<Difference> => {
    let largest = 0;
    let rowsAbove = 0;
    const outputs = answers.length / rows.rows;
    for (let first = 0; first < rows.rows; first += BATCH) {
      const count = Math.min(BATCH, rows.rows - first);
      const cells = rows.data.slice(first * rows.columns, (first + count) * rows.columns);
      const feeds = { features: new Tensor('float32', cells, [count, rows.columns]) };
      const theirs = (await session.run(feeds, [output]))[output]?.data as Float32Array;
      for (let row = 0; row < count; row++) {
        const difference = rowDifference(answers, theirs, first + row, row, outputs);
        largest = Math.max(largest, difference);
        if (!(difference <= TOLERATED)) rowsAbove += 1;
      }
    }
    return { rowsAbove, largest };
  };
  const float32 = await differenceOf(x);
  const asked = encoded(features, exact ?? x);
  // The encoder is meant to hand over the very bits; where it does, the answers are those already compared.
  const float64 = sameBits(asked.data, x.data) ? float32 : await differenceOf(asked);
  await session.release();
  return { rows: x.rows, float32, float64 };
}

const sameBits = (a: Float32Array, b: Float32Array): boolean => bytesOf(a).equals(bytesOf(b));

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Infinity where either is NaN. */
function rowDifference(
  ours: Float64Array,
  theirs: Float32Array,
  ourRow: number,
  theirRow: number,
  outputs: number,
): number {
  let largest = 0;
  for (let k = 0; k < outputs; k++) {
    const expected = ours[ourRow * outputs + k] as number;
    const difference = Math.abs((theirs[theirRow * outputs + k] as number) - expected);
    const relative = difference / Math.max(1, Math.abs(expected));
    largest = Number.isNaN(relative) ? Infinity : Math.max(largest, relative);
  }
  return largest;
}

/** Each row as a caller would send it, by name, null where missing. */
function encoded(features: readonly FeatureSpec[], rows: Matrix): Float32Matrix {
  const encoder = compileEncoder(features);
  const data = new Float32Array(rows.rows * encoder.width);
  for (let row = 0; row < rows.rows; row++) {
    const request = Object.fromEntries(
      features.map(({ name }, column) => {
        const value = rows.data[row * rows.columns + column] as number;
        return [name, Number.isNaN(value) ? null : value];
      }),
    );
    const { issues } = encoder.encodeInto(request, data, row * encoder.width);
    if (issues.length > 0) throw new Error(`the encoder refuses row ${row} of the data`);
  }
  return { data, rows: rows.rows, columns: encoder.width };
}
