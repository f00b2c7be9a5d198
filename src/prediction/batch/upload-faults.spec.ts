// What uploads get wrong, format by format: what is read all the same, which rows are refused, and what ends the reading.
import type { ServedFeature } from '../../features/feature-spec.ts';
import { contractOf, readAll, textSource } from '../../../test/support/upload-blocks.ts';
import type { BatchFormat } from './batch-format.ts';
import { BLOCK_ROWS } from './block-builder.ts';
import { MAX_ROW_BYTES } from './byte-window.ts';

const FEATURES: readonly ServedFeature[] = [
  { kind: 'numeric', name: 'age', nullable: false, range: { min: 0 }, training: null },
  { kind: 'numeric', name: 'size', nullable: true, training: null },
  {
    kind: 'categorical',
    name: 'side',
    nullable: true,
    categories: ['left', 'right', 'two\nlines'],
    training: { mode: 'left' },
  },
];
const contract = contractOf(FEATURES);
const read = (format: BatchFormat, text: string | Buffer) =>
  readAll(format, textSource(text, 64), contract);

/** The cells of each row; of a refused one its line and, in short, why. */
async function outlineOf(format: BatchFormat, text: string | Buffer): Promise<unknown[]> {
  const { rows, fault } = await read(format, text);
  expect(fault).toBeNull();
  return rows.map((row) =>
    'cells' in row
      ? row.cells
      : [row.line, ...(row.errors as { code: string }[]).map(({ code }) => code)],
  );
}

const ROW = [41, 1.5, 0];
const none = Number.NaN;

it.each<[string, BatchFormat, string, unknown[]]>([
  ['a byte-order mark', 'csv', '\uFEFFage,size,side\n41,1.5,left\n', [ROW]],
  ['CRLF', 'csv', 'age,size,side\r\n41,1.5,left\r\n41,1.5,left', [ROW, ROW]],
  ['LF and CRLF in turn', 'csv', 'age,size,side\r\n41,1.5,left\n41,1.5,left\r\n', [ROW, ROW]],
  ['columns in another order', 'csv', 'side,age,size\nleft,41,1.5\n', [ROW]],
  ['a nullable column that is missing', 'csv', 'side,age\nleft,41\n', [[41, none, 0]]],
  ['the index of a data frame', 'csv', ',age,size,side\n0,41,1.5,left\n', [ROW]],
  ['everything in quotes', 'csv', '"age","size","side"\n"41","1.5","left"\n', [ROW]],
  [
    'quoted newlines',
    'csv',
    'age,size,side\n41,1.5,"two\nlines"\n-1,1,left\n',
    [
      [41, 1.5, 2],
      [4, 'range'],
    ],
  ],
  ['semicolons', 'csv', 'age;size;side\n41;1.5;left\n', [ROW]],
  ['tabs', 'csv', 'age\tsize\tside\n41\t1.5\tleft\n', [ROW]],
  ['vertical bars', 'csv', 'age|size|side\n41|1.5|left\n', [ROW]],
  ['a decimal comma', 'csv', 'age;size;side\n41;1,5;left\n', [[2, 'type']]],
  ['empty lines', 'csv', '\n\nage,size,side\n\n41,1.5,left\n\n\n41,,\n', [ROW, [41, none, none]]],
  ['a header alone', 'csv', 'age,size,side\n', []],
  [
    'missing values',
    'csv',
    'age,size,side\n41, ,\n,1,left\n',
    [
      [41, none, none],
      [3, 'missing'],
    ],
  ],
  [
    'NaN and infinity',
    'csv',
    'age,size,side\n41,NaN,left\n-inf,1,left\n',
    [
      [2, 'not_finite'],
      [3, 'not_finite'],
    ],
  ],
  [
    'a ragged line',
    'csv',
    'age,size,side\n41,1.5\n41,1.5,left\n41,1,left,1\n',
    [[2, 'ragged'], ROW, [4, 'ragged']],
  ],
  [
    'a quote inside a field',
    'csv',
    'age,size,side\n41,1.5,le"ft\n41,1.5,left\n',
    [[2, 'quotes'], ROW],
  ],
  [
    'a field that goes on after its quotes',
    'csv',
    'age,size,side\n41,1.5,"le"ft\n41,1.5,left\n',
    [[2, 'quotes'], ROW],
  ],
  ['an empty array', 'json', ' [ ] ', []],
  ['a byte-order mark', 'json', '\uFEFF[{"age":41,"size":1.5,"side":"left"}]', [ROW]],
  [
    'envelopes with a key',
    'json',
    '[{"features":{"age":41,"size":1.5,"side":"left"},"key":"a"}]',
    [ROW],
  ],
  ['a key that is none', 'json', '[{"features":{"age":41},"key":7}]', [[null, 'type']]],
  ['rows that are none', 'json', '[1,null,[],"x"]', Array(4).fill([null, 'type'])],
  ['a key twice', 'json', '[{"age":41,"age":42}]', [[null, 'duplicate_key']]],
  ['a key that names a prototype', 'json', '[{"age":41,"__proto__":1}]', [[null, 'bad_request']]],
  ['an unknown field', 'ndjson', '{"age":41,"size":1,"side":null,"more":1}', [[1, 'unknown']]],
  [
    'a damaged line',
    'ndjson',
    '{"age":41\n\n{"age":41,"size":1.5,"side":"left"}\n',
    [[1, 'malformed_json'], ROW],
  ],
  [
    'a row over two lines',
    'ndjson',
    '{"age":41,\n"size":1.5,"side":"left"}\n',
    [
      [1, 'malformed_json'],
      [2, 'malformed_json'],
    ],
  ],
  [
    'two rows in a line',
    'ndjson',
    '{"age":41,"size":1.5,"side":"left"} {"age":1}',
    [[1, 'malformed_json']],
  ],
])('reads past %s in %s', async (_what, format, text, expected) => {
  expect(await outlineOf(format, text)).toEqual(expected);
});

const long = 'x'.repeat(MAX_ROW_BYTES);

it.each<[string, BatchFormat, string | Buffer, string, number]>([
  ['an empty file', 'csv', '', 'The upload is empty', 0],
  ['an empty file', 'json', ' \n', 'The upload is empty', 0],
  ['an empty file', 'ndjson', '\uFEFF\n\n', 'The upload is empty', 0],
  ['UTF-16', 'csv', Buffer.from('\uFEFFage,size', 'utf16le'), 'The upload is in UTF-16', 0],
  ['Latin-1 in the header', 'csv', Buffer.from('age,größe\n1,2', 'latin1'), 'not in UTF-8', 0],
  ['CR alone', 'csv', 'age,size,side\r41,1.5,left\r', 'LF or CRLF', 0],
  [
    'a delimiter of its own',
    'csv',
    'age:size:side\n41:1.5:left\n',
    'comma, semicolon, tab or vertical bar',
    0,
  ],
  ['no header', 'csv', '41,1.5,left\n', 'names no feature of the model', 0],
  ['an unknown column', 'csv', 'age,size,side,colour\n', 'colour (unknown)', 0],
  ['a column without a name at the end', 'csv', 'age,size,side,\n', 'column 4 (unknown)', 0],
  ['a column that is missing', 'csv', 'size,side\n1.5,left\n', 'age (missing)', 0],
  ['a column twice', 'csv', 'age,size,age\n', 'age (duplicate)', 0],
  [
    'quotes that stay open',
    'csv',
    'age,size,side\n41,1.5,left\n41,1.5,"left\n',
    'in line 3 opens quotes',
    1,
  ],
  ['a header without an end', 'csv', `age,${long}${long}`, 'line 1 is longer', 0],
  [
    'a record without an end',
    'csv',
    `age,size,side\n41,1.5,left\n41,1,${long}\n`,
    'Row 1, after line 2, is longer',
    1,
  ],
  ['a line without an end', 'ndjson', `{"age":41}\n"${long}"`, 'Row 1, after line 1, is longer', 1],
  ['a row without an end', 'json', `[{"age":41},"${long}"]`, 'Row 1 is longer', 1],
  ['an object', 'json', '{"rows":[]}', 'must be a JSON array', 0],
  ['lines of JSON', 'json', '{"age":41}\n{"age":42}', 'must be a JSON array', 0],
  [
    'an array that does not end',
    'json',
    '[{"age":41},{"age":4',
    'ends before its array does, after 1 rows',
    1,
  ],
  ['a comma at the end', 'json', '[{"age":41},]', 'ends before its array does, after 1 rows', 1],
  [
    'a row that stops being JSON',
    'json',
    '[{"age":41},{"age" 4}]',
    'stops being JSON at byte 20, after 1 rows',
    1,
  ],
  ['a mark before a row', 'json', '[\uFEFF1]', 'stops being JSON at byte 2', 0],
  ['something behind the array', 'json', '[{"age":41}]]', 'stops being JSON at byte 13', 1],
])('ends at %s in %s, after the rows before', async (_what, format, text, message, rows) => {
  const reading = await readAll(format, textSource(text, 64 * 1024), contract);
  expect(reading.fault?.message).toContain(message);
  expect(reading.rows).toHaveLength(rows);
});

it('tells the line of a ragged record late in a long file', async () => {
  const line = '41,1.5,left\n';
  const text = `age,size,side\n${line.repeat(20_000)}41,1.5\n${line.repeat(3)}`;
  const { rows, ends } = await readAll('csv', textSource(text, 60_000), contract);
  expect(rows).toHaveLength(20_004);
  expect(rows.filter((row) => 'line' in row)).toEqual([
    {
      index: 20_000,
      line: 20_002,
      errors: [
        {
          field: 'row',
          code: 'ragged',
          expected: '3 fields, as in the header',
          received: '2 fields',
        },
      ],
    },
  ]);
  expect(ends.at(-1)).toEqual({ rows: 20_004, bytes: text.length, lines: 20_005 });
});

it('names at most twenty columns, cut short, that do not fit', async () => {
  const header = Array.from({ length: 300 }, (_, i) => `${i}`.padEnd(200, 'x')).join(',');
  const { fault } = await read('csv', `age,${header}\n`);
  expect(fault?.errors).toHaveLength(20);
  expect(fault?.message.length).toBeLessThan(2000);
});

it('hands over whole blocks and what is left', async () => {
  const { ends } = await read('ndjson', '{"age":41}\n'.repeat(2 * BLOCK_ROWS + 1));
  expect(ends.map(({ rows }) => rows)).toEqual([BLOCK_ROWS, 2 * BLOCK_ROWS, 2 * BLOCK_ROWS + 1]);
});
