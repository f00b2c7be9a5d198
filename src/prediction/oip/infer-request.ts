// Reads the body of an infer request: a JSON object and, in the binary tensor extension, the bytes of its tensors after it.
import { AppError } from '../../common/errors.ts';
import { parseStrictJson } from '../../common/strict-json.ts';
import { kindOf } from '../../features/kind-of.ts';
import { takeNumbers, TAKEN } from './scan-tensor.ts';
import {
  DATATYPES,
  decodeElements,
  isDatatype,
  isElement,
  type Datatype,
  type Elements,
} from './datatypes.ts';

export interface InputTensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly elements: Elements;
}

export interface RequestedOutput {
  readonly name: string;
  /** null: as the request says for all outputs. */
  readonly binary: boolean | null;
}

export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: readonly InputTensor[];
  /** null: all of them. */
  readonly outputs: readonly RequestedOutput[] | null;
  /** How outputs that do not say it themselves are wanted. */
  readonly binaryOutputs: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * `headerLength` is what Inference-Header-Content-Length says: the bytes of the JSON where tensors follow it. Throws MALFORMED_JSON,
 * DUPLICATE_KEY, BAD_REQUEST, INVALID_INPUT.
 */
export function readInferRequest(body: Buffer, headerLength: string | undefined): InferRequest {
  const jsonLength = headerLength === undefined ? body.length : readLength(headerLength, body);
  const json = body.subarray(0, jsonLength);
  const request = withNumbers(json) ?? parseStrictJson(json.toString());
  if (!isObject(request)) throw wrong('body', 'a JSON object', request);
  const { id, inputs, outputs } = request;
  if (id !== undefined && typeof id !== 'string') throw wrong('id', 'a string', id);
  if (!Array.isArray(inputs) || inputs.length === 0)
    throw wrong('inputs', 'a list of at least one tensor', inputs);
  const binary = new BinaryTail(body.subarray(jsonLength));
  const tensors = (inputs as readonly unknown[]).map((input, i) =>
    readInput(input, `inputs[${i}]`, binary),
  );
  if (binary.left > 0)
    throw misfit('body', 'as many bytes as the inputs say', `${binary.left} more`);
  return {
    id,
    inputs: tensors,
    outputs: readOutputs(outputs),
    binaryOutputs: readParameters(request, 'parameters')['binary_data_output'] === true,
  };
}

/** The request with the numbers of its one tensor as one typed array; null where it is not that plain, or where anything may be wrong with it. */
function withNumbers(json: Buffer): Members | null {
  const taken = takeNumbers(json);
  if (taken === null) return null;
  try {
    const request = parseStrictJson(taken.json);
    const inputs = isObject(request) ? request['inputs'] : null;
    const [input, ...others] = Array.isArray(inputs) ? (inputs as readonly unknown[]) : [];
    if (!isObject(request) || !isObject(input) || others.length > 0) return null;
    const isPlain = input['data'] === TAKEN && FLOATS.has(input['datatype']);
    return isPlain ? { ...request, inputs: [{ ...input, data: taken.numbers }] } : null;
  } catch {
    // Told by the parser of the whole text, which knows where.
    return null;
  }
}

const FLOATS: ReadonlySet<unknown> = new Set<Datatype>(['FP32', 'FP64']);

function readLength(header: string, body: Buffer): number {
  const length = /^\d{1,10}$/.test(header) ? Number(header) : Number.NaN;
  if (!(length <= body.length))
    throw new AppError(
      'BAD_REQUEST',
      'Inference-Header-Content-Length must be the length of the JSON at the start of the body.',
    );
  return length;
}

/** What follows the JSON, taken tensor by tensor in the order of the inputs. */
class BinaryTail {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  take(length: number): Uint8Array {
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function readInput(input: unknown, field: string, binary: BinaryTail): InputTensor {
  if (!isObject(input)) throw wrong(field, 'an object', input);
  const { name, datatype, shape } = input;
  if (typeof name !== 'string') throw wrong(`${field}.name`, 'a string', name);
  if (!isDatatype(datatype))
    throw wrong(`${field}.datatype`, `one of ${DATATYPES.join(', ')}`, datatype);
  if (!isShape(shape))
    throw wrong(`${field}.shape`, '[rows] or [rows, columns], whole numbers', shape);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const parameters = readParameters(input, `${field}.parameters`);
  const binarySize = parameters['binary_data_size'];
  const elements =
    binarySize === undefined
      ? readData(input['data'], shape, datatype, `${field}.data`)
      : readBinary(binarySize, datatype, field, binary);
  if (elements.length !== size)
    throw misfit(`${field}.data`, 'as many values as its shape says', `${elements.length}`);
  return { name, datatype, shape, elements };
}

/** Tables have one dimension, a column, or two. */
const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) &&
  (value.length === 1 || value.length === 2) &&
  value.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0);

function readBinary(
  size: unknown,
  datatype: Datatype,
  field: string,
  binary: BinaryTail,
): Elements {
  const isSize = typeof size === 'number' && Number.isInteger(size) && size >= 0;
  if (!isSize || size > binary.left)
    throw wrong(`${field}.parameters.binary_data_size`, 'a number of bytes that are there', size);
  const elements = decodeElements(datatype, binary.take(size));
  if (elements === null)
    throw misfit(`${field}.parameters.binary_data_size`, `whole elements of ${datatype}`, 'others');
  return elements;
}

/** Flat in row-major order, or nested as the shape says. */
function readData(
  data: unknown,
  shape: readonly number[],
  datatype: Datatype,
  field: string,
): Elements {
  if (data instanceof Float64Array) return data;
  if (!Array.isArray(data)) throw wrong(field, 'a list', data);
  const list = data as readonly unknown[];
  const isNested = shape.length === 2 && Array.isArray(list[0]);
  if (isNested && list.length !== shape[0])
    throw misfit(field, 'as many rows as its shape says', `${list.length}`);
  const flat = isNested ? list.flatMap((row, i) => readRow(row, shape[1], `${field}[${i}]`)) : list;
  const at = flat.findIndex((value) => !isElement(datatype, value));
  if (at !== -1) throw wrong(`${field}[${at}]`, `a value of ${datatype}`, flat[at]);
  return flat as readonly (number | string | null)[];
}

function readRow(row: unknown, width: number | undefined, field: string): readonly unknown[] {
  if (!Array.isArray(row)) throw wrong(field, 'a list', row);
  if (row.length !== width)
    throw misfit(field, 'as many values as its shape says', `${row.length}`);
  return row as readonly unknown[];
}

function readOutputs(outputs: unknown): readonly RequestedOutput[] | null {
  if (outputs === undefined) return null;
  if (!Array.isArray(outputs)) throw wrong('outputs', 'a list', outputs);
  return (outputs as readonly unknown[]).map((output, i) => {
    const field = `outputs[${i}]`;
    if (!isObject(output)) throw wrong(field, 'an object', output);
    const { name } = output;
    if (typeof name !== 'string') throw wrong(`${field}.name`, 'a string', name);
    const parameters = readParameters(output, `${field}.parameters`);
    if (Object.hasOwn(parameters, 'classification'))
      throw wrong(`${field}.parameters.classification`, 'nothing', parameters['classification']);
    const binary = parameters['binary_data'];
    return { name, binary: typeof binary === 'boolean' ? binary : null };
  });
}

/** Strings, numbers and booleans by name. */
function readParameters({ parameters }: Members, field: string): Members {
  if (parameters === undefined) return {};
  if (!isObject(parameters)) throw wrong(field, 'an object', parameters);
  const wrongOne = Object.values(parameters).find((value) => !isScalar(value));
  if (wrongOne !== undefined) throw wrong(field, 'strings, numbers and booleans', wrongOne);
  return parameters;
}

const isScalar = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const NO_REQUEST = 'This is no inference request.';

function wrong(field: string, expected: string, came: unknown): AppError {
  const errors = [{ field, code: 'type', expected, received: kindOf(came) }];
  return new AppError('INVALID_INPUT', NO_REQUEST, { errors });
}

function misfit(field: string, expected: string, received: string): AppError {
  return new AppError('INVALID_INPUT', NO_REQUEST, {
    errors: [{ field, code: 'length', expected, received }],
  });
}
