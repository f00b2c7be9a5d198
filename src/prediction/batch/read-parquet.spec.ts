// Parquet gives what encoding its rows one by one gives, whatever its columns hold them in; files that are not whole are refused in words.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { Random } from '../../statistics/random.ts';
import { contractOf, readAll, type Reading } from '../../../test/support/upload-blocks.ts';
import { BLOCK_ROWS } from './block-builder.ts';
import { fileSource } from './upload-source.ts';
import type { Position } from './row-block.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-parquet-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const FEATURES: readonly ServedFeature[] = [
  {
    kind: 'numeric',
    name: 'age',
    nullable: false,
    range: { min: 0 },
    training: { min: 18, max: 90, median: 40 },
  },
  { kind: 'numeric', name: 'size', nullable: true, training: null },
  { kind: 'numeric', name: 'count', nullable: true, training: null },
  { kind: 'numeric', name: 'total', nullable: false, training: null },
  {
    kind: 'categorical',
    name: 'side',
    nullable: true,
    categories: ['left', 'right', '漢'],
    training: { mode: 'left' },
  },
  {
    kind: 'categorical',
    name: 'member',
    nullable: false,
    categories: ['true', 'false'],
    training: { mode: 'true' },
  },
];
const contract = contractOf(FEATURES);
const random = Random.of(5);
const pick = <T>(from: readonly T[]): T => from[random.nextInt(from.length)] as T;

const ROWS = 5 * BLOCK_ROWS + 13;
const rows = Array.from({ length: ROWS }, () => ({
  age: pick([41.5, 30, 95, 1e39, -3, Number.NaN, 18.25]),
  size: pick([1.5, -2, null, 0.1]),
  count: pick([3, null, -7]),
  total: pick([5n, 12n, 2n ** 60n]),
  side: pick(['left', 'right', '漢', 'up', null]),
  member: pick([true, false]),
}));
type Row = (typeof rows)[number];
const of = <K extends keyof Row>(name: K): Row[K][] => rows.map((row) => row[name]);

/** In another order than the features. */
const columns = (): ColumnSource[] => [
  { name: 'side', data: of('side'), type: 'STRING', nullable: true },
  { name: 'total', data: of('total'), type: 'INT64', nullable: false },
  { name: 'member', data: of('member'), type: 'BOOLEAN', nullable: false },
  { name: 'count', data: of('count'), type: 'INT32', nullable: true },
  { name: 'age', data: of('age'), type: 'DOUBLE', nullable: false },
  { name: 'size', data: of('size'), type: 'FLOAT', nullable: true },
];

function write(name: string, bytes: ArrayBuffer | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(bytes as ArrayBuffer));
  return path;
}

const bytesOf = (columnData: ColumnSource[], options = {}): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData, ...options }));

async function read(
  path: string,
  options: { from?: Position; keepInputs?: boolean } = {},
): Promise<Reading> {
  return readAll('parquet', await fileSource(path), contract, options);
}

const readBytes = (bytes: Uint8Array): Promise<Reading> => read(write('some.parquet', bytes));

function expected({ age, size, total, member, ...row }: Row) {
  const value = {
    ...row,
    age: Number.isNaN(age) ? null : age,
    size: size === null ? null : Math.fround(size),
    total: Number(total),
    member: String(member),
  };
  const cells = new Float32Array(FEATURES.length);
  const { issues, warnings } = contract.encoder.encodeInto(value, cells, 0);
  return issues.length > 0
    ? { line: null, errors: issues }
    : { cells: [...cells], warned: warnings.map(({ feature }) => feature), input: value };
}

it.each([
  ['one row group', {}],
  ['many row groups', { rowGroupSize: 300 }],
  ['row groups smaller than a block', { rowGroupSize: 7 }],
  ['small pages', { rowGroupSize: 2000, pageSize: 512 }],
  ['no compression', { codec: 'UNCOMPRESSED' }],
])(
  'reads every kind of column as encoding its rows, from a file with %s',
  async (_what, options) => {
    const path = write('kinds.parquet', bytesOf(columns(), options));
    const inputs = await read(path, { keepInputs: true });
    expect(inputs.fault).toBeNull();
    expect(inputs.rows).toEqual(rows.map((row, index) => ({ index, ...expected(row) })));
    const plain = await read(path);
    expect(plain.rows).toEqual(
      inputs.rows.map((row) => ('cells' in row ? { ...row, input: null } : row)),
    );
  },
);

it.each([{}, { rowGroupSize: 300 }, { rowGroupSize: 2000, pageSize: 512 }])(
  'reads the same rest from the end of every block of a file written with %j',
  async (options) => {
    const path = write('resumed.parquet', bytesOf(columns(), options));
    const whole = await read(path);
    for (const from of whole.ends) {
      const rest = await read(path, { from });
      expect(rest.rows).toEqual(whole.rows.slice(from.rows));
    }
  },
);

it('takes a nullable column as missing where it is not there, and passes over the index of a data frame', async () => {
  const [side, total, member, , age] = columns() as [
    ColumnSource,
    ColumnSource,
    ColumnSource,
    ColumnSource,
    ColumnSource,
  ];
  const index: ColumnSource = { name: '__index_level_0__', data: of('total'), type: 'INT64' };
  const { rows: found, fault } = await readBytes(bytesOf([index, side, total, member, age]));
  expect(fault).toBeNull();
  const some = found.find((row) => 'cells' in row);
  expect(some && 'cells' in some && some.cells.slice(1, 3)).toEqual([Number.NaN, Number.NaN]);
});

const withColumn = (column: ColumnSource): Buffer =>
  bytesOf([...columns().filter(({ name }) => name !== column.name), column]);

it.each<[string, () => Uint8Array, string]>([
  ['an empty file', () => Buffer.alloc(0), 'The upload is empty'],
  ['a text', () => Buffer.from('age,size\n1,2\n3,4\n'), 'not a Parquet file'],
  ['a few bytes', () => Buffer.from('PAR1'), 'not a Parquet file'],
  ['a file that is cut short', () => bytesOf(columns()).subarray(0, 2000), 'cut short'],
  [
    'a footer longer than the file',
    () => {
      const bytes = bytesOf(columns());
      bytes.writeUInt32LE(bytes.length, bytes.length - 8);
      return bytes;
    },
    'its footer is longer than it',
  ],
  [
    'a footer of nothing',
    () => {
      const bytes = bytesOf(columns());
      bytes.writeUInt32LE(3, bytes.length - 8);
      return bytes;
    },
    'its footer is damaged',
  ],
  [
    'texts for numbers',
    () => withColumn({ name: 'age', data: rows.map(() => 'x'), type: 'STRING' }),
    'age must hold numbers, got texts',
  ],
  [
    'booleans for numbers',
    () => withColumn({ name: 'age', data: of('member'), type: 'BOOLEAN' }),
    'age must hold numbers, got booleans',
  ],
  [
    'times for numbers',
    () => withColumn({ name: 'age', data: rows.map(() => new Date(0)), type: 'TIMESTAMP' }),
    'age must hold numbers, got times',
  ],
  [
    'an unknown column',
    () =>
      bytesOf([...columns(), { name: 'colour', data: of('side'), type: 'STRING', nullable: true }]),
    'colour (unknown)',
  ],
  ['a missing column', () => bytesOf(columns().slice(1, 4)), 'age (missing)'],
])('refuses %s', async (_what, make, message) => {
  const { rows: found, fault } = await readBytes(make());
  expect(fault?.code).toBe('INVALID_INPUT');
  expect(fault?.message).toContain(message);
  expect(found).toEqual([]);
});

it('refuses in words, or reads, a file with any part of it damaged or cut out, over 150 files', async () => {
  const good = bytesOf(columns(), { rowGroupSize: 1000 });
  let refused = 0;
  for (let i = 0; i < 150; i += 1) {
    const at = random.nextInt(good.length);
    const bytes = Buffer.from(good);
    if (i % 2 === 0) bytes[at] = random.nextInt(256);
    const cut =
      i % 2 === 0
        ? bytes
        : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.nextInt(500))]);
    const { fault } = await readBytes(cut);
    if (fault !== null) {
      refused += 1;
      expect(fault.code).toBe('INVALID_INPUT');
    }
  }
  expect(refused).toBeGreaterThan(50);
});

it('hands over the rows before a row group that is damaged', async () => {
  const bytes = bytesOf(columns(), { rowGroupSize: 1000, codec: 'UNCOMPRESSED' });
  bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 500);
  const { rows: found, fault } = await readBytes(bytes);
  expect(fault?.message).toMatch(/damaged, or encoded in an unknown way, after \d+ rows/);
  expect(found.length).toBeGreaterThanOrEqual(1000);
});
