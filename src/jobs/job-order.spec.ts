// What an order of a job may say, and which places it may name.
import type { AppError } from '../common/errors.ts';
import { parseConfig } from '../config/load-config.ts';
import { allowedBy, formatOfAddress, readOrder } from './job-order.ts';

const settings = { JOBS_S3_BUCKETS: 'rows, results', JOBS_DIR: 's3://results/of/jobs' };
const read = (body: object, environment: Record<string, string> = settings) =>
  readOrder(body, allowedBy(parseConfig(environment).jobs));

function refusalsOf(body: object, environment?: Record<string, string>): [string, string][] {
  try {
    read(body, environment);
  } catch (error) {
    return ((error as AppError).errors ?? []).map(({ field, code }) => [field, code]);
  }
  return [];
}

describe('an order', () => {
  it('takes the format from the name of its input unless it says one', () => {
    const input = 's3://rows/a/b.CSV';
    expect(read({ input })).toMatchObject({
      input: { bucket: 'rows', key: 'a/b.CSV' },
      format: 'csv',
      output: null,
      explain: null,
    });
    expect(read({ input, format: 'json' }).format).toBe('json');
    expect(read({ input: 's3://rows/b.jsonl' }).format).toBe('ndjson');
    expect(refusalsOf({ input: 's3://rows/b' })).toEqual([['format', 'format']]);
    expect(refusalsOf({ input, format: 'xml' })).toEqual([['format', 'format']]);
  });

  it('says how rows are explained, as a word or as true', () => {
    const input = 's3://rows/b.csv';
    expect(read({ input, explain: true }).explain).toBe('default');
    expect(read({ input, explain: 'path_dependent' }).explain).toBe('path_dependent');
    expect(read({ input, explain: false }).explain).toBeNull();
    for (const explain of ['why', 1, 'constructor'])
      expect(refusalsOf({ input, explain })).toEqual([['explain', 'explain']]);
  });

  it('names no place but one in a bucket of the list', () => {
    for (const input of ['/etc/passwd', 'file:///etc/passwd', 's3://rows', 's3:///key', 7])
      expect(refusalsOf({ input })).toContainEqual(['input', 'address']);
    const fitting = { input: 's3://rows/b.csv', output: 's3://results/c.parquet' };
    expect(read(fitting).output).toBe('s3://results/c.parquet');
    expect(refusalsOf(fitting, {})).toEqual([
      ['input', 'bucket'],
      ['output', 'bucket'],
    ]);
    expect(refusalsOf({ ...fitting, output: 's3://results/c' })).toEqual([['output', 'format']]);
  });

  it('reaches no files of other jobs', () => {
    const own = 's3://results/of/jobs/2f1f0a36-6a51-4b7a-a6f1-0d0c1a9f3b52/input.csv';
    expect(refusalsOf({ input: own })).toEqual([['input', 'bucket']]);
    expect(refusalsOf({ input: 's3://rows/b.csv', output: own })).toEqual([['output', 'bucket']]);
  });

  it('says nothing else', () => {
    expect(refusalsOf({ input: 's3://rows/b.csv', rows: [] })).toEqual([['rows', 'unknown']]);
  });
});

it('an address without an ending tells no format', () => {
  expect(formatOfAddress({ bucket: 'rows', key: 'csv' })).toBeNull();
});
