// The answer to an infer request: the outputs of the model's graph and the id of each row in the log, as JSON or as bytes after it.
import { AppError } from '../../common/errors.ts';
import type { RowsAnswer } from '../predict-rows.ts';
import { encodeTexts } from './datatypes.ts';
import type { InferRequest } from './infer-request.ts';

interface Output {
  readonly name: string;
  readonly datatype: 'FP32' | 'INT64' | 'BYTES';
  /** After the rows. */
  readonly dimensions: readonly number[];
  readonly data: (answer: RowsAnswer) => readonly (number | string)[];
  readonly bytes: (answer: RowsAnswer) => Uint8Array;
}

export const OUTPUTS: readonly Output[] = [
  {
    name: 'label',
    datatype: 'INT64',
    dimensions: [],
    data: ({ positive }) => [...positive],
    bytes: ({ positive }) => bytesOf(BigInt64Array.from(positive, BigInt)),
  },
  {
    name: 'probability',
    datatype: 'FP32',
    dimensions: [1],
    data: ({ probability }) => [...probability],
    bytes: ({ probability }) => bytesOf(probability),
  },
  {
    name: 'prediction_id',
    datatype: 'BYTES',
    dimensions: [],
    data: ({ ids }) => ids,
    bytes: ({ ids }) => encodeTexts(ids),
  },
];

export interface InferResponse {
  readonly version: string;
  readonly json: object;
  /** The binary outputs in order; null where there are none. */
  readonly tail: Buffer | null;
}

export interface ChosenOutput {
  readonly output: Output;
  readonly binary: boolean;
}

/** Which outputs, in the order asked for. Throws INVALID_INPUT for one that the model has not, or that is asked for twice. */
export function chooseOutputs({ outputs, binaryOutputs }: InferRequest): ChosenOutput[] {
  if (outputs === null) return OUTPUTS.map((output) => ({ output, binary: binaryOutputs }));
  const left = new Map(OUTPUTS.map((output) => [output.name, output]));
  return outputs.map(({ name, binary }, i) => {
    const output = left.get(name);
    if (output === undefined) throw unknownOutput(i);
    left.delete(name);
    return { output, binary: binary ?? binaryOutputs };
  });
}

function unknownOutput(i: number): AppError {
  const expected = `one of ${OUTPUTS.map(({ name }) => name).join(', ')}, each once`;
  return new AppError('INVALID_INPUT', 'The outputs do not fit the model.', {
    errors: [{ field: `outputs[${i}].name`, code: 'output', expected }],
  });
}

export function toInferResponse(
  id: string | undefined,
  chosen: readonly ChosenOutput[],
  answer: RowsAnswer,
): InferResponse {
  const parts: Uint8Array[] = [];
  const outputs = chosen.map(({ output, binary }): object => {
    const { name, datatype, dimensions } = output;
    const described = { name, datatype, shape: [answer.ids.length, ...dimensions] };
    if (!binary) return { ...described, data: output.data(answer) };
    const bytes = output.bytes(answer);
    parts.push(bytes);
    return { ...described, parameters: { binary_data_size: bytes.length } };
  });
  const { name: model_name, version } = answer.model;
  return {
    version,
    json: { model_name, model_version: version, ...(id !== undefined && { id }), outputs },
    tail: parts.length === 0 ? null : Buffer.concat(parts),
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
