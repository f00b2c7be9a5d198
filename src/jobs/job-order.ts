// An order of a job over an object in S3: { "input": "s3://bucket/key", "output"?, "format"?, "explain"? }.
import { AppError, type FieldError } from '../common/errors.ts';
import type { Config } from '../config/load-config.ts';
import { kindOf } from '../features/kind-of.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import { BATCH_FORMATS, type BatchFormat } from '../prediction/batch/batch-format.ts';
import { parseS3Address, type S3Address } from './storage/s3-address.ts';

export interface JobOrder {
  readonly input: S3Address & { readonly text: string };
  readonly output: string | null;
  readonly format: BatchFormat;
  readonly explain: ExplanationChoice | null;
}

const CHOICES: Readonly<Record<string, ExplanationChoice | null>> = {
  false: null,
  true: 'default',
  path_dependent: 'path_dependent',
  interventional: 'interventional',
};
const MEMBERS = ['input', 'output', 'format', 'explain'];
const EXTENSIONS: Readonly<Record<string, BatchFormat>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  parquet: 'parquet',
};

/** The format that the name of an object tells. */
export const formatOfAddress = ({ key }: S3Address): BatchFormat | null =>
  EXTENSIONS[/\.([a-z]+)$/i.exec(key)?.[1]?.toLowerCase() ?? ''] ?? null;

/** Which addresses an order may name. */
export type Allowed = (address: S3Address) => boolean;

/** In a bucket of the list, but not among the files of other jobs. */
export function allowedBy({
  s3Buckets,
  storage,
}: Pick<Config['jobs'], 's3Buckets' | 'storage'>): Allowed {
  const isJobFile = ({ bucket, key }: S3Address): boolean =>
    storage.kind === 's3' && bucket === storage.bucket && key.startsWith(storage.prefix);
  return (address) => s3Buckets.includes(address.bucket) && !isJobFile(address);
}

/** Throws INVALID_INPUT. */
export function readOrder(body: object, allowed: Allowed): JobOrder {
  const faults: FieldError[] = Object.keys(body)
    .filter((name) => !MEMBERS.includes(name))
    .map((name) => ({
      field: name.slice(0, 64),
      code: 'unknown',
      expected: `nothing but ${MEMBERS.join(', ')}`,
    }));
  const order = body as Readonly<Record<string, unknown>>;
  const input = addressOf(order, 'input', allowed, faults);
  const output = order['output'] == null ? null : addressOf(order, 'output', allowed, faults);
  const explain = explainOf(order['explain'], faults);
  const format = order['format'] ?? (input === null ? null : formatOfAddress(input));
  if (!isFormat(format) && input !== null)
    faults.push({
      field: 'format',
      code: 'format',
      expected: `one of ${BATCH_FORMATS.join(', ')}, here or as the ending of the input's name`,
      received: kindOf(order['format']),
    });
  if (output !== null && formatOfAddress(output) === null)
    faults.push({
      field: 'output',
      code: 'format',
      expected: 'a name that ends in .json, .ndjson, .csv or .parquet',
    });
  if (faults.length > 0 || input === null || !isFormat(format))
    throw new AppError('INVALID_INPUT', 'The order does not fit.', { errors: faults });
  return { input, output: output?.text ?? null, format, explain };
}

function addressOf(
  order: Readonly<Record<string, unknown>>,
  field: 'input' | 'output',
  allowed: Allowed,
  faults: FieldError[],
): (S3Address & { readonly text: string }) | null {
  const text = order[field];
  const address = typeof text === 'string' ? parseS3Address(text) : null;
  if (typeof text !== 'string' || address === null) {
    const expected = 'an address of the form s3://bucket/key';
    faults.push({ field, code: 'address', expected, received: kindOf(text) });
    return null;
  }
  if (!allowed(address)) {
    const expected =
      'a place in a bucket that JOBS_S3_BUCKETS of the server lists, outside of JOBS_DIR';
    faults.push({ field, code: 'bucket', expected });
    return null;
  }
  return { ...address, text };
}

function explainOf(value: unknown, faults: FieldError[]): ExplanationChoice | null {
  const text = typeof value === 'boolean' ? String(value) : (value ?? 'false');
  if (typeof text === 'string' && Object.hasOwn(CHOICES, text)) return CHOICES[text] ?? null;
  faults.push({
    field: 'explain',
    code: 'explain',
    expected: 'true, false, path_dependent or interventional',
    received: kindOf(value),
  });
  return null;
}

const isFormat = (value: unknown): value is BatchFormat =>
  BATCH_FORMATS.some((format) => format === value);
