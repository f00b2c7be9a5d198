// Loading a CSV: what it gives, and that each malformed file is refused with line, column and expectation.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParams } from '../params.ts';
import { DataError } from './data-error.ts';
import { loadTable, type TableSource, type Dataset } from './load-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'load-table-'));
const path = join(folder, 'data.csv');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const source: TableSource = {
  path,
  delimiter: ',',
  target: { column: 'y', positive: '1' },
  features: [
    { name: 'size', kind: 'numeric', nullable: false, range: { min: 0, max: 10 } },
    { name: 'age', kind: 'numeric', nullable: true },
    {
      name: 'colour',
      kind: 'categorical',
      nullable: true,
      categories: ['red', 'blue, dark', 'a\nb'],
    },
  ],
};

async function load(text: string, changes: Partial<TableSource> = {}): Promise<Dataset> {
  writeFileSync(path, text);
  return loadTable({ ...source, ...changes });
}

async function failure(text: string, changes: Partial<TableSource> = {}): Promise<DataError> {
  const error = await load(text, changes).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof DataError) return error;
  throw new Error(`expected a DataError, got ${String(error)}`);
}

describe('loadTable', () => {
  it('encodes numbers as float32, missing values as NaN and categories as their code', async () => {
    const text = 'size,age,colour,y\n0.1,,red,1\n10,-1e2,"blue, dark",0\n';
    const { rows, x, y, digest } = await load(text);
    expect(rows).toBe(2);
    expect([...x]).toEqual([Math.fround(0.1), Number.NaN, 0, 10, -100, 1]);
    expect([...y]).toEqual([1, 0]);
    expect(digest).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('finds columns by name in any order and names those it ignores', async () => {
    const { x, ignoredColumns } = await load('y,note,colour,age,size\n1,x,red,5,1\n0,x,red,6,2\n');
    expect([...x]).toEqual([1, 5, 0, 2, 6, 0]);
    expect(ignoredColumns).toEqual(['note']);
  });

  it('reads a byte order mark, CRLF, quoted line breaks, empty lines and another delimiter', async () => {
    const { x } = await load('\uFEFFsize;age;colour;y\r\n\r\n1;2;"a\nb";1\r\n"3";4;red;0\r\n', {
      delimiter: ';',
    });
    expect([...x]).toEqual([1, 2, 2, 3, 4, 0]);
  });

  it('reads more rows than it first made room for', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i % 10},${i},red,${i % 2}`);
    const { x, y } = await load(`size,age,colour,y\n${rows.join('\n')}\n`);
    expect(y).toHaveLength(3000);
    expect([x.length, x[2999 * 3 + 1]]).toEqual([9000, 2999]);
  });

  it.each([
    ['an empty file', '', 1, null, 'expected a header and rows, got an empty file'],
    [
      'a header without rows',
      'size,age,colour,y\n',
      1,
      null,
      'expected rows after the header, got none',
    ],
    [
      'a missing column',
      'size,colour,y\n1,red,1\n',
      1,
      'age',
      'missing from the header, which has 3 columns',
    ],
    [
      'a missing target',
      'size,age,colour\n1,1,red\n',
      1,
      'y',
      'missing from the header, which has 3 columns',
    ],
    [
      'a duplicate header',
      'size,age,size,colour,y\n1,1,1,red,1\n',
      1,
      'size',
      'this name appears twice in the header',
    ],
    [
      'a short row',
      'size,age,colour,y\n1,1,red,1\n1,1,red\n',
      3,
      null,
      'expected 4 fields as in the header, got 3',
    ],
    [
      'a long row',
      'size,age,colour,y\n1,1,red,1,9\n',
      2,
      null,
      'expected 4 fields as in the header, got 5',
    ],
    [
      'text in a number column',
      'size,age,colour,y\n1,old,red,1\n',
      2,
      'age',
      'expected a number, got text',
    ],
    [
      'a number with a decimal comma',
      'size,age,colour,y\n1,"1,5",red,1\n',
      2,
      'age',
      'expected a number, got text',
    ],
    [
      'a number that is not finite',
      'size,age,colour,y\n1,-Inf,red,1\n',
      2,
      'age',
      'expected a number, got a number that is not finite',
    ],
    [
      'a number beyond float32',
      'size,age,colour,y\n1,1e39,red,1\n',
      2,
      'age',
      'expected a number, got a number too large for float32',
    ],
    [
      'nothing where not nullable',
      'size,age,colour,y\n,1,red,1\n',
      2,
      'size',
      'expected a number from 0 to 10, got nothing',
    ],
    [
      'a value below the range',
      'size,age,colour,y\n-1,1,red,1\n',
      2,
      'size',
      'expected a number from 0 to 10, got a smaller one',
    ],
    [
      'a value above the range',
      'size,age,colour,y\n11,1,red,1\n',
      2,
      'size',
      'expected a number from 0 to 10, got a larger one',
    ],
    [
      'an unknown category',
      'size,age,colour,y\n1,1,green,1\n',
      2,
      'colour',
      'expected one of red, blue, dark, a\nb, got another value',
    ],
    [
      'a target without value',
      'size,age,colour,y\n1,1,red,\n',
      2,
      'y',
      'expected one of the two classes, got nothing',
    ],
    [
      'a third class',
      'size,age,colour,y\n1,1,red,1\n1,1,red,0\n1,1,red,2\n',
      4,
      'y',
      'expected one of the two classes, got a third value',
    ],
    [
      'only positive rows',
      'size,age,colour,y\n1,1,red,1\n',
      2,
      'y',
      'expected both classes, got only positive rows',
    ],
    [
      'no positive row',
      'size,age,colour,y\n1,1,red,0\n',
      2,
      'y',
      'expected both classes, got no positive row',
    ],
    [
      'a quote that is never closed',
      'size,age,colour,y\n1,1,"red,1\n',
      2,
      null,
      'expected a closing quote before the end of the file',
    ],
  ])('refuses %s', async (_case, text, line, column, message) => {
    const error = await failure(text);
    expect(error.problems).toEqual([{ line, column, message }]);
  });

  it('names the line a record begins on, also after quoted line breaks and empty lines', async () => {
    const error = await failure('size,age,colour,y\r\n1,1,"a\nb",1\r\n\r\n1,old,red,0\r\n');
    expect(error.message).toBe(`${path}:5: column "age": expected a number, got text`);
  });

  it('names the first twenty problems and counts all of them', async () => {
    const error = await failure(`size,age,colour,y\n${'x,1,red,1\n'.repeat(25)}`);
    expect(error.problems).toHaveLength(20);
    expect(error.total).toBe(25);
    expect(error.countByColumn.get('size')).toBe(25);
    expect(error.message).toContain('and 5 more of 25 problems');
  });

  it('never repeats a cell', async () => {
    const error = await failure(
      'size,age,colour,y\n1,sesame,sesame,sesame\n1,1,red,1\n2,2,red,0\n',
    );
    expect(error.message).not.toContain('sesame');
  });

  it('reads the texts that stand for a missing value as empty fields', async () => {
    const text = 'size,age,colour,y\n1,NA,red,1\n1, ? ,red,0\n';
    const missing = ['NA', '?'];
    const features = source.features.map((feature) => ({ ...feature, nullable: true }));
    const data = await load(text, { missing, features });
    expect([data.x[1], data.x[4]]).toEqual([NaN, NaN]);
    expect((await failure(text, { features })).problems.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('reads lines that end in different ways', async () => {
    const data = await load('size,age,colour,y\r\n1,1,red,1\n2,1,red,0\r3,1,red,0\r\n');
    expect([data.rows, data.x[0], data.x[3], data.x[6]]).toEqual([3, 1, 2, 3]);
  });

  it('names the line of bytes that are not UTF-8', async () => {
    const file = join(folder, 'latin1.csv');
    writeFileSync(file, Buffer.from('size,age,colour,y\n1,1,red,1\n1,1,r\u00f6d,0\n', 'latin1'));
    await expect(loadTable({ ...source, path: file })).rejects.toThrow(
      `${file}:3: expected UTF-8, got other bytes`,
    );
  });

  describe('with a column of weights', () => {
    const weights = { column: 'w' };

    it('reads them as numbers, and not as a feature', async () => {
      const text = 'w,size,age,colour,y\n0,1,1,red,1\n 2.5,1,1,red,0\n1e-3,1,1,red,0\n';
      const data = await load(text, { weights });
      expect(data.weights).toEqual(Float64Array.of(0, 2.5, 1e-3));
      expect(data.ignoredColumns).toEqual([]);
      expect(data.x).toHaveLength(9);
    });

    it('keeps each with its row beyond the rows it first made room for', async () => {
      const rows = Array.from({ length: 3000 }, (_, i) => `1,1,red,${i % 2},${i}`);
      const data = await load(`size,age,colour,y,w\n${rows.join('\n')}\n`, { weights });
      expect(data.weights).toEqual(Float64Array.from({ length: 3000 }, (_, i) => i));
    });

    it('has none where no column is named', async () => {
      const data = await load('size,age,colour,y,w\n1,1,red,1,2\n1,1,red,0,2\n');
      expect([data.weights, data.ignoredColumns]).toEqual([null, ['w']]);
    });

    const EXPECTED = 'expected a weight, a number of at least 0, got';
    it.each([
      ['a negative weight', '1,1,red,0,-0.5', 3, `${EXPECTED} a negative one`],
      ['no weight', '1,1,red,0,', 3, `${EXPECTED} nothing`],
      ['text', '1,1,red,0,much', 3, `${EXPECTED} text`],
      ['nan', '1,1,red,0,nan', 3, `${EXPECTED} a number that is not finite`],
      ['a weight beyond double', '1,1,red,0,1e999', 3, `${EXPECTED} a number that is not finite`],
      [
        'a weight beyond double below 0',
        '1,1,red,0,-1e999',
        3,
        `${EXPECTED} a number that is not finite`,
      ],
    ])('refuses %s', async (_case, row, line, message) => {
      const error = await failure(`size,age,colour,y,w\n1,1,red,1,1\n${row}\n`, { weights });
      expect(error.problems).toEqual([{ line, column: 'w', message }]);
    });

    it('refuses weights that are all 0', async () => {
      const error = await failure('size,age,colour,y,w\n1,1,red,1,0\n1,1,red,0,0\n', { weights });
      const message = 'expected a weight above 0 in at least one row, got 0 in every row';
      expect(error.problems).toEqual([{ line: 3, column: 'w', message }]);
    });

    it('refuses a file without that column', async () => {
      const error = await failure('size,age,colour,y\n1,1,red,1\n', { weights });
      expect(error.problems).toEqual([
        { line: 1, column: 'w', message: 'missing from the header, which has 4 columns' },
      ]);
    });
  });

  it('says that a file is not there', async () => {
    await expect(loadTable({ ...source, path: join(folder, 'none.csv') })).rejects.toThrow(
      'there is no such file',
    );
  });

  it('reads the default data set as its params declare it', async () => {
    const { data, target, features } = readParams('params.yaml');
    const { rows, y, digest } = await loadTable({ ...data, target, features });
    expect([rows, y.reduce((sum, label) => sum + label, 0)]).toEqual([569, 212]);
    expect(digest).toBe(createHash('sha256').update(readFileSync(data.path)).digest('hex'));
  });
});
