// Parquet files give what a CSV file with the same cells gives, and broken ones are refused in words.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { loadTable, type Dataset, type TableSource } from './load-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-parquet-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const source: Omit<TableSource, 'path'> = {
  delimiter: ',',
  target: { column: 'y', positive: '1' },
  features: [
    { name: 'size', kind: 'numeric', nullable: false, range: { min: 0 } },
    { name: 'age', kind: 'numeric', nullable: true },
    { name: 'colour', kind: 'categorical', nullable: true, categories: ['red', 'blue'] },
    { name: 'member', kind: 'categorical', nullable: false, categories: ['false', 'true'] },
  ],
};

const ROWS = 250;
const row = (i: number) => ({
  size: i / 8,
  age: i % 5 === 0 ? null : i,
  colour: i % 7 === 0 ? null : ['red', 'blue'][i % 2],
  member: i % 3 === 0,
  y: i % 2,
});
const rows = Array.from({ length: ROWS }, (_, i) => row(i));

const columns = (): ColumnSource[] => [
  { name: 'size', data: rows.map(({ size }) => size), type: 'DOUBLE' },
  { name: 'note', data: rows.map((_, i) => `note ${i}`), type: 'STRING' },
  { name: 'age', data: rows.map(({ age }) => age), type: 'INT32', nullable: true },
  { name: 'colour', data: rows.map(({ colour }) => colour), type: 'STRING', nullable: true },
  { name: 'member', data: rows.map(({ member }) => member), type: 'BOOLEAN' },
  { name: 'y', data: rows.map(({ y }) => BigInt(y)), type: 'INT64' },
];

function write(name: string, columnData: ColumnSource[], rowGroupSize = 100): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize })));
  return path;
}

const load = (path: string, changes: Partial<TableSource> = {}): Promise<Dataset> =>
  loadTable({ path, ...source, ...changes });

it('reads numbers, whole numbers, texts, booleans and nothing as a CSV file of the same cells', async () => {
  const csv = join(folder, 'same.csv');
  const lines = rows.map((each) =>
    [each.size, each.age ?? '', each.colour ?? '', String(each.member), each.y].join(','),
  );
  writeFileSync(csv, `size,age,colour,member,y\n${lines.join('\n')}\n`);
  const expected = await load(csv);
  const path = write('same.parquet', columns());
  const { x, y, digest, ignoredColumns } = await load(path);
  expect([...x]).toEqual([...expected.x]);
  expect([...y]).toEqual([...expected.y]);
  expect(ignoredColumns).toEqual(['note']);
  expect(digest).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
});

it('knows a Parquet file by its content, whatever it is called', async () => {
  expect((await load(write('data.bin', columns()))).rows).toBe(ROWS);
});

it('names the number of the record that is not as declared', async () => {
  const data = rows.map(({ size }, i) => (i === 131 ? -1 : size));
  const [, ...others] = columns();
  const path = write('range.parquet', [{ name: 'size', data, type: 'DOUBLE' }, ...others]);
  await expect(load(path)).rejects.toThrow(
    `${path}:132: column "size": expected a number of at least 0, got a smaller one`,
  );
});

it('tells the share that is read after each group of rows', async () => {
  const shares: number[] = [];
  await load(write('groups.parquet', columns()), { onProgress: (share) => shares.push(share) });
  expect(shares).toEqual([0.4, 0.8, 1]);
});

it('refuses a file that is cut short, one of another format, and lists in a column', async () => {
  const whole = readFileSync(write('whole.parquet', columns()));
  const cut = join(folder, 'cut.parquet');
  writeFileSync(cut, whole.subarray(0, whole.length / 2));
  await expect(load(cut)).rejects.toThrow(/cut\.parquet:1: expected a whole Parquet file/);
  const text = join(folder, 'text.parquet');
  writeFileSync(text, 'size,age\n1,2\n');
  await expect(load(text)).rejects.toThrow(/text\.parquet:1: expected a whole Parquet file/);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 4, 200);
  const broken = join(folder, 'broken.parquet');
  writeFileSync(broken, damaged);
  await expect(load(broken)).rejects.toThrow(/broken\.parquet:1: expected a whole Parquet file/);
  await expect(load(join(folder, 'none.parquet'))).rejects.toThrow('there is no such file');
});
