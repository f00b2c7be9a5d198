// JSON, NDJSON and CSV give what parsing and encoding row by row gives, in whatever chunks they come and wherever reading begins again.
import { parse } from 'csv-parse/sync';
import { parseStrictJson } from '../../common/strict-json.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { Random } from '../../statistics/random.ts';
import {
  contractOf,
  readAll,
  textSource,
  type Reading,
  type ReadRow,
} from '../../../test/support/upload-blocks.ts';
import { readPredictRequest } from '../predict-request.ts';
import { BLOCK_ROWS } from './block-builder.ts';
import type { BatchFormat } from './batch-format.ts';
import type { UploadSource } from './upload-source.ts';

const FEATURES: readonly ServedFeature[] = [
  {
    kind: 'numeric',
    name: 'age',
    nullable: false,
    range: { min: 0, max: 120 },
    training: { min: 18, max: 90, median: 40 },
  },
  { kind: 'numeric', name: 'größe "x"', nullable: true, training: null },
  {
    kind: 'categorical',
    name: 'side',
    nullable: true,
    categories: ['left', 'right', '漢', 'a, b', 'two\nlines', 'say "hi"', '1'],
    training: { mode: 'left' },
  },
];
const contract = contractOf(FEATURES);
const random = Random.of(21);
const pick = <T>(from: readonly T[]): T => from[random.nextInt(from.length)] as T;

/** The slow way: cells, warnings and input of a value, or null where it is refused. */
function encoded(value: unknown): Omit<Extract<ReadRow, { cells: unknown }>, 'index'> | null {
  const cells = new Float32Array(FEATURES.length);
  const { issues, warnings } = contract.encoder.encodeInto(value, cells, 0);
  if (issues.length > 0) return null;
  return { cells: [...cells], warned: warnings.map(({ feature }) => feature), input: value };
}

const readRow = (text: string): ReturnType<typeof encoded> => {
  try {
    return encoded(readPredictRequest(parseStrictJson(text)).features);
  } catch {
    return null;
  }
};

/** Rows and refusals alike; what a refusal says is compared elsewhere. */
const outline = (rows: readonly ReadRow[]): unknown[] =>
  rows.map((row) =>
    'cells' in row ? { cells: row.cells, warned: row.warned, input: row.input } : null,
  );

const NUMBERS = ['41', '18.5', '-0.25', '95', '130', '7e1', '0.30000000000000004', '1e39', 'null'];
const SIDES = ['"left"', '"right"', '"漢"', 'null', '"up"', '"a, b"', '"l\\u0065ft"', '1'];
const PIECES = [
  '0',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  'null',
  ' ',
  'é',
  '1',
  '\t',
  '\u0000',
];

function jsonRow(): string {
  const members = [
    `"age":${pick(NUMBERS)}`,
    `"größe \\"x\\"":${pick(NUMBERS)}`,
    `"side":${pick(SIDES)}`,
  ];
  if (random.nextInt(8) === 0) members.reverse();
  if (random.nextInt(9) === 0) members.pop();
  if (random.nextInt(40) === 0) members.push('"age":1');
  if (random.nextInt(40) === 0) members.push('"__proto__":{}');
  const row = `{${members.join(random.nextInt(2) === 0 ? ',' : ' , ')}}`;
  if (random.nextInt(5) > 0) return row;
  return pick([`{"features":${row}}`, `{"features":${row},"key":"k"}`, '[1]', '"x"', 'null', '{}']);
}

function damaged(text: string): string {
  const at = random.nextInt(text.length);
  return text.slice(0, at) + pick(PIECES) + text.slice(at + random.nextInt(3));
}

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

it('reads NDJSON as parsing and encoding every line, over 6,000 lines of which many are damaged', async () => {
  const lines = many(6000, () => (random.nextInt(3) === 0 ? damaged(jsonRow()) : jsonRow()));
  const rows = lines.filter((line) => !/^[ \t\r]*$/.test(line));
  const source = textSource(lines.join('\n'), 5000);
  const { rows: read, fault } = await readAll('ndjson', source, contract, { keepInputs: true });
  expect(fault).toBeNull();
  expect(outline(read)).toEqual(rows.map(readRow));
  expect(read.filter((row) => 'cells' in row).length).toBeGreaterThan(1200);
});

it('reads a JSON array as parsing and encoding every row, over 4,000 rows', async () => {
  const rows = many(4000, jsonRow);
  const text = `\uFEFF [\n${rows.join(' ,\r\n')}\t] \n`;
  const { rows: read, fault } = await readAll('json', textSource(text, 3000), contract, {
    keepInputs: true,
  });
  expect(fault).toBeNull();
  expect(outline(read)).toEqual(rows.map(readRow));
});

it('ends a damaged JSON array where it stops being JSON, after the rows before, over 1,000 arrays', async () => {
  let ended = 0;
  for (let i = 0; i < 1000; i += 1) {
    const text = damaged(`[${many(3, jsonRow).join(',')}]`);
    const { rows, fault } = await readAll('json', textSource(text), contract);
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    if (!Array.isArray(parsed)) {
      expect({ text, code: fault?.code }).toEqual({
        text,
        code: expect.stringMatching(/^(MALFORMED_JSON|INVALID_INPUT)$/) as string,
      });
      ended += 1;
    } else {
      expect({ text, fault }).toEqual({ text, fault: null });
      expect(rows).toHaveLength(parsed.length);
    }
  }
  expect(ended).toBeGreaterThan(300);
});

const FIELDS = ['41', '18.50', ' 7 ', '+3', '.5', '95', '', ' ', 'NaN', '1e39', '0x1', 'left', '1'];
const SIDE_FIELDS = [
  'left',
  '漢',
  '"right"',
  '"a, b"',
  '"two\nlines"',
  '"say ""hi"""',
  '',
  '1',
  'up',
];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function csvRow(): string {
  const fields = [pick(SIDE_FIELDS), pick(FIELDS), pick(FIELDS)];
  if (random.nextInt(30) === 0) fields.pop();
  if (random.nextInt(30) === 0) fields.push('1');
  return fields
    .map((field) => (random.nextInt(6) === 0 && !field.includes('"') ? `"${field}"` : field))
    .join(',');
}

/** By csv-parse, record by record. */
function csvOracle(record: readonly string[]): ReturnType<typeof encoded> {
  if (record.length !== 3) return null;
  const [side = '', age = '', size = ''] = record;
  const number = (field: string): unknown =>
    NUMBER.test(field.trim()) ? Number(field) : /^nan$/i.test(field.trim()) ? Number.NaN : field;
  return encoded({
    side: side.trim() === '' ? null : side,
    ...(age.trim() === '' ? {} : { age: number(age) }),
    'größe "x"': size.trim() === '' ? null : number(size),
  });
}

it.each([
  ['with LF', '\n', 0],
  ['with CRLF', '\r\n', 0],
  ['with inputs', '\n', 1],
])(
  'reads CSV as csv-parse and encoding every record, over 6,000 records, %s',
  async (_what, end, kept) => {
    const text = ['side,age,"größe ""x"""', ...many(6000, csvRow), ''].join(end);
    const records: string[][] = parse(text, {
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: end,
    });
    const { rows, fault } = await readAll('csv', textSource(text, 4000), contract, {
      keepInputs: kept === 1,
    });
    expect(fault).toBeNull();
    const expected = records.slice(1).map(csvOracle);
    expect(outline(rows)).toEqual(
      kept === 1 ? expected : expected.map((row) => row && { ...row, input: null }),
    );
  },
);

const SMALL: readonly (readonly [string, BatchFormat, string])[] = [
  ['JSON', 'json', `\uFEFF[ ${many(6, jsonRow).join(',\n')} ] `],
  ['JSON that ends early', 'json', `[${many(3, jsonRow).join(',')},`],
  ['JSON with something behind it', 'json', `[${many(3, jsonRow).join(',')}] x`],
  ['NDJSON', 'ndjson', `\uFEFF${many(6, jsonRow).join('\r\n\n')}`],
  [
    'CSV',
    'csv',
    '\uFEFF\r\nside,age,"größe ""x"""\r\n"two\nlines",41,1.5\r\n\r\n漢,"7",\n"say ""hi""",95,2\nleft,1\n1,41,1e3',
  ],
  ['CSV with quotes that stay open', 'csv', 'side,age\nleft,41\n"right,42\nleft,43\n'],
];

it.each(SMALL)('reads %s alike in chunks of every size', async (_what, format, text) => {
  const whole = await readAll(format, textSource(text), contract, { keepInputs: true });
  const { length } = Buffer.from(text);
  for (let chunk = 1; chunk <= length; chunk += 1) {
    const split = await readAll(format, textSource(text, chunk), contract, { keepInputs: true });
    expect({ chunk, read: shown(split) }).toEqual({ chunk, read: shown(whole) });
  }
  for (let at = 1; at < length; at += 1) {
    const split = await readAll(format, cutSource(text, at), contract, { keepInputs: true });
    expect({ at, read: shown(split) }).toEqual({ at, read: shown(whole) });
  }
});

/** As text: a comparison of thousands. */
const shown = ({ rows, fault }: Reading): string =>
  JSON.stringify({ rows, fault: fault?.message ?? null });

/** In two chunks. */
function cutSource(text: string, at: number): UploadSource {
  const bytes = Buffer.from(text);
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream
    async *stream(from) {
      if (from < at) yield bytes.subarray(from, at);
      yield bytes.subarray(Math.max(from, at));
    },
    file: null,
    bytes: null,
  };
}

it.each<[BatchFormat, string]>([
  ['json', `[${many(3 * BLOCK_ROWS + 7, jsonRow).join(', ')}]`],
  ['ndjson', many(3 * BLOCK_ROWS + 7, () => damaged(jsonRow())).join('\n\n')],
  ['csv', `\uFEFFside,age,"größe ""x"""\n${many(3 * BLOCK_ROWS + 7, csvRow).join('\r\n')}`],
])('reads the same rest of %s from the end of every block', async (format, text) => {
  const whole = await readAll(format, textSource(text), contract, { keepInputs: true });
  expect(whole.ends.length).toBeGreaterThanOrEqual(3);
  for (const from of whole.ends) {
    const rest = await readAll(format, textSource(text, 999), contract, { from, keepInputs: true });
    expect(rest.fault).toBeNull();
    expect(rest.rows).toEqual(whole.rows.slice(from.rows));
    expect(rest.ends).toEqual(whole.ends.filter(({ rows }) => rows > from.rows));
  }
});

it('holds a bounded part of an upload of 300,000 rows', async () => {
  const line = Buffer.from('{"age":41.5,"größe \\"x\\"":1.5,"side":"left"}\n'.repeat(1000));
  const source: UploadSource = {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream
    async *stream() {
      for (let i = 0; i < 300; i += 1) yield line;
    },
    file: null,
    bytes: null,
  };
  let most = 0;
  let rows = 0;
  const { readBlocks } = await import('./read-blocks.ts');
  const { START } = await import('./row-block.ts');
  const options = { from: START, keepInputs: false };
  const before = process.memoryUsage().rss;
  for await (const block of readBlocks('ndjson', source, contract, options)) {
    rows += block.count;
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(rows).toBe(300_000);
  expect(most).toBeLessThan(150 * 1024 * 1024);
});
