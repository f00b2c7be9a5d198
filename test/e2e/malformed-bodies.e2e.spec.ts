// Every way to get a body wrong that we could think of, at each of the three doors: the status, the shape of the protocol, no value repeated,
// nothing stored, and a good request answered right after.
import { DataSource } from 'typeorm';
import { PredictionServer, publish } from '../support/prediction-server.ts';

/** No answer may hold it: every malformed body does, wherever it can. */
const SECRET = 'Zq7-secret-Wx3';
const SECRET_NUMBER = 987_654_321.125;
const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
const COLUMNS = ['mean radius', 'mean texture', 'side'];
const CELLS = [13, 18, 'left'];

/** A body, sent as JSON unless it is text already, with its content type. */
interface Malformed {
  readonly name: string;
  readonly body: unknown;
  readonly status: number;
  readonly type?: string;
}

interface Door {
  readonly path: string;
  readonly good: unknown;
  readonly cases: readonly Malformed[];
  /** The members of an error, sorted. */
  readonly shape: readonly (readonly string[])[];
}

const of =
  (status: number) =>
  (name: string, body: unknown, type?: string): Malformed => ({
    name,
    body,
    status,
    ...(type !== undefined && { type }),
  });
const bad = of(400);
const unfit = of(422);

/** What is wrong with the text itself, whatever the protocol. */
const BROKEN_TEXT: readonly Malformed[] = [
  bad('nothing', ''),
  bad('only spaces', '  \n '),
  bad('a brace', '{'),
  bad('JSON that stops', `{"a": "${SECRET}`),
  bad('two values', `{} {"a": "${SECRET}"}`),
  bad('a trailing comma', `{"a": "${SECRET}",}`),
  bad('single quotes', `{'a': '${SECRET}'}`),
  bad('a comment', `{"a": 1} // ${SECRET}`),
  bad('NaN', `{"a": NaN, "b": "${SECRET}"}`),
  bad('Infinity', `{"a": -Infinity, "b": "${SECRET}"}`),
  bad('undefined', `{"a": undefined, "b": "${SECRET}"}`),
  bad('a number with a leading zero', '{"a": 01}'),
  bad('a control character in a string', `{"a": "\u0001${SECRET}"}`),
  bad('an unknown escape', `{"a": "\\x${SECRET}"}`),
  bad('XML', `<row>${SECRET}</row>`),
  bad('bytes that are no text', '\u0000\u0001\u0002'),
  bad('nesting without an end', '['.repeat(4000)),
  bad('deep nesting', `${'['.repeat(4000)}"${SECRET}"${']'.repeat(4000)}`),
  bad('a key twice', `{"a": "${SECRET}", "a": 2}`),
  bad('the prototype as a key', `{"__proto__": {"a": "${SECRET}"}}`),
  bad('a constructor as a key', `{"constructor": {"prototype": {"a": "${SECRET}"}}}`),
  of(413)('more than the limit', `{"a": "${SECRET.repeat(2000)}"}`),
  of(415)('another content type', SECRET, 'text/plain'),
  of(415)('XML by its content type', `<row>${SECRET}</row>`, 'application/xml'),
  of(415)('a form', `a=${SECRET}`, 'application/x-www-form-urlencoded'),
];

const at = (feature: string, value: unknown) => ({ ...ROW, [feature]: value });

/** A row that does not fit the model, as each protocol wraps it. */
const UNFIT_ROWS: readonly [name: string, row: Record<string, unknown>][] = [
  ['a text for a number', at('mean radius', SECRET)],
  ['a number in quotes', at('mean radius', `${SECRET_NUMBER}`)],
  ['a number below its domain', at('mean radius', -SECRET_NUMBER)],
  ['a number above its domain', at('mean radius', SECRET_NUMBER)],
  ['a boolean', at('mean radius', true)],
  ['null where it may not be', at('mean radius', null)],
  ['nothing where a value must be', { side: 'left' }],
  ['a list as a value', at('mean radius', [SECRET])],
  ['an object as a value', at('mean radius', { value: SECRET })],
  ['an unknown category', at('side', SECRET)],
  ['a boolean for a category', at('side', false)],
  ['null for a category', at('side', null)],
  ['a number that is no category', at('side', SECRET_NUMBER)],
  ['no feature at all', {}],
];

const NATIVE: Door = {
  path: '/predict',
  good: { features: ROW },
  shape: [
    ['code', 'detail', 'instance', 'status', 'title', 'type'],
    ['code', 'detail', 'errors', 'instance', 'status', 'title', 'type'],
  ],
  cases: [
    // A form is read, as /token reads it; its fields are no features.
    ...BROKEN_TEXT.map((each) => (each.name === 'a form' ? { ...each, status: 422 } : each)),
    ...UNFIT_ROWS.map(([name, row]) => unfit(name, { features: row })),
    unfit('a list', [ROW, SECRET]),
    unfit('null', 'null'),
    unfit('a text', `"${SECRET}"`),
    unfit('features that are a list', { features: [SECRET] }),
    unfit('features that are a text', { features: SECRET }),
    unfit('an unknown member', { features: ROW, rows: [SECRET] }),
    unfit('a key that is a number', { features: ROW, key: SECRET_NUMBER }),
    unfit('a key that is too long', { features: ROW, key: SECRET.repeat(10) }),
    unfit('a feature that the model has not', { features: { ...ROW, extra: SECRET } }),
    unfit(
      'a number that float32 cannot hold',
      '{"features": {"mean radius": 1e39, "side": "left"}}',
    ),
  ],
};

const split = (changes: object) => ({
  dataframe_split: { columns: COLUMNS, data: [CELLS], ...changes },
});

const MLFLOW: Door = {
  path: '/invocations',
  good: { dataframe_records: [ROW] },
  shape: [['error_code', 'message']],
  cases: [
    ...BROKEN_TEXT,
    ...UNFIT_ROWS.map(([name, row]) =>
      bad(`${name} in a record`, { dataframe_records: [ROW, row] }),
    ),
    bad('a list', [ROW, SECRET]),
    bad('null', 'null'),
    bad('a text', `"${SECRET}"`),
    bad('a number', `${SECRET_NUMBER}`),
    bad('none of the four forms', { rows: [SECRET] }),
    bad('a bare row', { ...ROW, extra: SECRET }),
    bad('two of the four forms', { inputs: [ROW], instances: [SECRET] }),
    bad('params that are a list', { inputs: [ROW], params: [SECRET] }),
    bad('params that are a text', { inputs: [ROW], params: SECRET }),
    bad('no record', { dataframe_records: [] }),
    bad('records that are an object', { dataframe_records: { a: SECRET } }),
    bad('records that are a text', { dataframe_records: SECRET }),
    bad('a record that is a list', { dataframe_records: [CELLS] }),
    bad('a record that is null', { dataframe_records: [ROW, null] }),
    bad('a record that is a text', { dataframe_records: [SECRET] }),
    bad('a matrix without names as instances', { instances: [CELLS] }),
    bad('a matrix without names as inputs', { inputs: [CELLS, [SECRET]] }),
    bad('inputs that are null', { inputs: null }),
    bad('inputs without a column', { inputs: {} }),
    bad('a column that is a number', { inputs: { 'mean radius': SECRET_NUMBER, side: ['left'] } }),
    bad('a column that is a text', { instances: { 'mean radius': [13], side: SECRET } }),
    bad('columns of different lengths', { inputs: { 'mean radius': [13, 14], side: [SECRET] } }),
    bad('columns without a row', { inputs: { 'mean radius': [], side: [] } }),
    bad('dataframe_split that is a list', { dataframe_split: [SECRET] }),
    bad('dataframe_split without data', { dataframe_split: { columns: [SECRET] } }),
    bad('dataframe_split without columns', { dataframe_split: { data: [[SECRET]] } }),
    bad('dataframe_split with more members', split({ [SECRET]: 1 })),
    bad('columns that are a text', split({ columns: SECRET })),
    bad('a column name that is a number', split({ columns: ['mean radius', 2, 'side'] })),
    bad('a column twice', split({ columns: ['mean radius', 'side', 'side'] })),
    bad('data that is an object', split({ data: { a: SECRET } })),
    bad('a row that is no list', split({ data: [CELLS, SECRET] })),
    bad('a row that is too short', split({ data: [[13, 18]] })),
    bad('a row that is too long', split({ data: [[...CELLS, SECRET]] })),
    bad('no row', split({ data: [] })),
    bad('a category by a position that is none', { inputs: [at('side', 2)] }),
    bad('a category by a fraction', { inputs: [at('side', 0.5)] }),
    bad('an empty CSV', '', 'text/csv'),
    bad('a CSV header alone', 'mean radius,side\n', 'text/csv'),
    bad('a CSV without a required column', `side,note\nleft,${SECRET}\n`, 'text/csv'),
    bad('a CSV row that is too short', `mean radius,side\n13,left\n${SECRET}\n`, 'text/csv'),
    bad('a CSV row that is too long', `mean radius,side\n13,left,${SECRET}\n`, 'text/csv'),
    bad('a CSV quote without an end', `mean radius,side\n13,"${SECRET}\n`, 'text/csv'),
    bad('a CSV column twice', 'side,mean radius,side\nleft,13,left\n', 'text/csv'),
    bad('a CSV text for a number', `mean radius,side\n${SECRET},left\n`, 'text/csv'),
    bad('a CSV number in another notation', 'mean radius,side\n0x1f,left\n', 'text/csv'),
    bad('a CSV that says NaN', 'mean radius,side\nNaN,left\n', 'text/csv'),
    bad('a CSV that says inf', 'mean radius,side\ninf,left\n', 'text/csv'),
    bad('a CSV without a required value', 'mean radius,side\n,left\n', 'text/csv'),
    bad('a CSV with an unknown category', `mean radius,side\n13,${SECRET}\n`, 'text/csv'),
    bad('JSON said to be CSV', { inputs: [ROW], note: SECRET }, 'text/csv'),
    bad('CSV said to be JSON', `mean radius,side\n13,${SECRET}\n`),
    of(415)('Parquet', `PAR1${SECRET}PAR1`, 'application/vnd.apache.parquet'),
    of(415)('another charset', { inputs: [ROW] }, 'application/json; charset=latin-1'),
  ],
};

const tensor = (changes: object) => ({
  inputs: [{ name: 'features', shape: [1, 3], datatype: 'FP32', data: [13, 18, 0], ...changes }],
});
const columns = (changes: object, index = 0) => ({
  inputs: [
    { name: 'mean radius', shape: [1], datatype: 'FP64', data: [13] },
    { name: 'side', shape: [1], datatype: 'BYTES', data: ['left'] },
  ].map((input, i) => (i === index ? { ...input, ...changes } : input)),
});
/** One tensor per value that the row has. */
const tensorsOf = (row: Record<string, unknown>) => ({
  inputs: Object.entries(row).map(([name, value]) => ({
    name,
    shape: [1],
    datatype: name === 'side' ? 'BYTES' : 'FP64',
    data: [value],
  })),
});

const OIP: Door = {
  path: '/v2/models/foretell/infer',
  good: columns({}),
  shape: [['error']],
  cases: [
    // Content types mean nothing to this protocol: its clients send none, or octet-stream.
    ...BROKEN_TEXT.map((each) =>
      each.type === undefined || each.type.includes('form') ? each : { ...each, status: 400 },
    ),
    ...UNFIT_ROWS.map(([name, row]) => bad(`${name} in a tensor`, tensorsOf(row))),
    bad('a list', [SECRET]),
    bad('null', 'null'),
    bad('a text', `"${SECRET}"`),
    bad('no inputs', { id: SECRET }),
    bad('inputs that are an object', { inputs: { a: SECRET } }),
    bad('an empty list of inputs', { id: SECRET, inputs: [] }),
    bad('an input that is a text', { inputs: [SECRET] }),
    bad('an input that is null', { inputs: [null] }),
    bad('an id that is a number', { id: SECRET_NUMBER, ...columns({}) }),
    bad('a name that is a number', columns({ name: SECRET_NUMBER })),
    bad('a name that is missing', columns({ name: undefined })),
    bad('a name that no feature has', columns({ name: SECRET })),
    bad('a name twice', columns({ name: 'side', datatype: 'BYTES', data: [SECRET] })),
    bad('the matrix beside a column', {
      inputs: [...tensor({}).inputs, ...columns({}).inputs],
    }),
    bad('an unknown datatype', columns({ datatype: SECRET })),
    bad('a datatype that is missing', columns({ datatype: undefined })),
    bad('a datatype in lower case', columns({ datatype: 'fp32' })),
    bad('booleans', columns({ datatype: 'BOOL', data: [true] })),
    bad('BYTES for a number', columns({ datatype: 'BYTES', data: [SECRET] })),
    bad('numbers for a category', columns({ datatype: 'FP32', data: [SECRET_NUMBER] }, 1)),
    bad('a shape that is missing', columns({ shape: undefined })),
    bad('a shape that is a number', columns({ shape: 1 })),
    bad('an empty shape', columns({ shape: [] })),
    bad('a shape of texts', columns({ shape: [SECRET] })),
    bad('a negative shape', columns({ shape: [-1] })),
    bad('a shape of fractions', columns({ shape: [1.5] })),
    bad('a shape of three dimensions', columns({ shape: [1, 1, 1] })),
    bad('a shape beyond any array', columns({ shape: [9_007_199_254_740_991] })),
    bad('a shape of more columns than one', columns({ shape: [1, 2], data: [13, 14] })),
    bad('columns of different lengths', columns({ shape: [2], data: [13, 14] })),
    bad('no row', columns({ shape: [0], data: [] })),
    bad('data that is missing', columns({ data: undefined })),
    bad('data that is a text', columns({ data: SECRET })),
    bad('data that is an object', columns({ data: { a: SECRET } })),
    bad('less data than the shape says', tensor({ data: [13, 18] })),
    bad('more data than the shape says', tensor({ data: [13, 18, 0, SECRET_NUMBER] })),
    bad('texts in a tensor of numbers', tensor({ data: [13, SECRET, 0] })),
    bad('booleans in a tensor of numbers', tensor({ data: [13, true, 0] })),
    bad('lists deeper than the shape', tensor({ data: [[[13], [18], [0]]] })),
    bad(
      'rows of different lengths',
      tensor({
        shape: [2, 3],
        data: [
          [13, 18, 0],
          [13, 18],
        ],
      }),
    ),
    bad('rows and cells mixed', tensor({ shape: [2, 3], data: [[13, 18, 0], SECRET] })),
    bad('fewer rows than the shape says', tensor({ shape: [2, 3], data: [[13, 18, 0]] })),
    bad('a matrix of another width', tensor({ shape: [1, 2], data: [13, 18] })),
    bad('a matrix of BYTES', tensor({ datatype: 'BYTES', data: ['13', '18', SECRET] })),
    bad('a position that no category has', tensor({ data: [13, 18, 2] })),
    bad('a fraction as a position', tensor({ data: [13, 18, 0.5] })),
    bad('a negative position', tensor({ data: [13, 18, -1] })),
    bad('null where a value must be', tensor({ data: [null, 18, 0] })),
    bad('a value out of its domain', tensor({ data: [-SECRET_NUMBER, 18, 0] })),
    bad('a number that float32 cannot hold', tensor({ data: [13, 1e39, 0] })),
    bad('an integer that is a fraction', columns({ datatype: 'INT32', data: [SECRET_NUMBER] })),
    bad('an integer beyond its type', columns({ datatype: 'INT8', data: [128] })),
    bad('a negative unsigned integer', columns({ datatype: 'UINT8', data: [-1] })),
    bad('parameters that are a list', columns({ parameters: [SECRET] })),
    bad('parameters that nest', { ...columns({}), parameters: { a: { b: SECRET } } }),
    bad('binary data that is not there', columns({ parameters: { binary_data_size: 8 } })),
    bad('a binary size that is a text', columns({ parameters: { binary_data_size: SECRET } })),
    bad('a negative binary size', columns({ parameters: { binary_data_size: -8 } })),
    bad('outputs that are an object', { ...columns({}), outputs: { name: SECRET } }),
    bad('an output that is a text', { ...columns({}), outputs: [SECRET] }),
    bad('an output without a name', { ...columns({}), outputs: [{}] }),
    bad('an unknown output', { ...columns({}), outputs: [{ name: SECRET }] }),
    bad('an output twice', { ...columns({}), outputs: [{ name: 'label' }, { name: 'label' }] }),
    bad('a classification', {
      ...columns({}),
      outputs: [{ name: 'label', parameters: { classification: 2 } }],
    }),
  ],
};

const DOORS = [NATIVE, MLFLOW, OIP];

it('holds a hundred cases and more', () => {
  expect(DOORS.flatMap(({ cases }) => cases).length).toBeGreaterThanOrEqual(100);
});

describe.each(DOORS)('malformed bodies to $path', ({ path, good, cases, shape }) => {
  let server: PredictionServer;
  let headers: Record<string, string>;
  let stored: () => Promise<number>;
  beforeAll(async () => {
    server = await PredictionServer.start(publish);
    headers = { authorization: `Bearer ${await server.token()}` };
    stored = async () => {
      const rows: { n: number }[] = await server.app
        .get(DataSource)
        .query('SELECT count(*) AS n FROM predictions');
      return Number(rows[0]?.n);
    };
  });
  afterAll(() => server.stop());

  const send = (body: unknown, type = 'application/json'): Promise<Response> =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { ...headers, 'content-type': type },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  it.each(cases)('refuses $name with $status', async ({ body, type, status }) => {
    const before = await stored();
    const answer = await send(body, type);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([status, expect.any(String)]);
    expect(answer.headers.get('content-type')).toMatch(/^application\/(problem\+)?json/);
    const members = Object.keys(JSON.parse(text) as object).sort();
    expect(shape).toContainEqual(members);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(String(SECRET_NUMBER));
    expect(text).not.toMatch(/NaN|node_modules| at \//);
    expect(text.length).toBeLessThan(3000);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await stored()).toBe(before);

    const { status: after } = await send(good);
    expect([after, await stored()]).toEqual([200, before + 1]);
  });
});
