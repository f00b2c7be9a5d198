// From a file to features: cells encode as the server encodes them, rows decode back, and reports say what is in the data.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { FeatureSpec, RawValue } from '../../src/features/feature-spec.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { shortestDecimal } from '../../src/features/as-seen.ts';
import { decodeRow } from './decode-row.ts';
import { toModelFeatures } from './model-features.ts';
import { parseCell } from './parse-cell.ts';
import { SplitError, splitByFold } from '../evaluation/folds.ts';
import { validateData, type DataToValidate } from './validate.ts';

const SIZE: FeatureSpec = {
  name: 'size',
  kind: 'numeric',
  nullable: true,
  range: { min: 0, max: 10 },
};
const COLOUR: FeatureSpec = {
  name: 'colour',
  kind: 'categorical',
  nullable: false,
  categories: ['red', 'blue'],
};

describe('parseCell', () => {
  it.each<[FeatureSpec, string, RawValue]>([
    [SIZE, '0.1', 0.1],
    [SIZE, '', null],
    [SIZE, '10', 10],
    [SIZE, '10.0000000001', 10.0000000001],
    [SIZE, '-1', -1],
    [SIZE, '1e39', 1e39],
    [COLOUR, 'blue', 'blue'],
    [COLOUR, 'green', 'green'],
    [COLOUR, '', null],
  ])(
    'of %j encodes %j as the server encodes the same value, or refuses both',
    (feature, text, value) => {
      const out = new Float32Array(1);
      const { issues } = compileEncoder([feature]).encodeInto({ [feature.name]: value }, out, 0);
      const cell = parseCell(feature, text);
      expect(typeof cell === 'number' ? cell : 'refused').toEqual(
        issues.length === 0 ? out[0] : 'refused',
      );
    },
  );
});

describe('decodeRow', () => {
  it('gives the raw row that encodes to the same cells', () => {
    const features = [SIZE, COLOUR];
    const cells = Float32Array.of(17.99, 1);
    expect(decodeRow(features, cells)).toEqual({ size: 17.99, colour: 'blue' });
    expect(decodeRow(features, Float32Array.of(Number.NaN, 0))).toEqual({
      size: null,
      colour: 'red',
    });
  });

  it('writes each float32 as the shortest decimal that gives it back', () => {
    for (const value of [0.1, 1 / 3, 16777217, 1.17549435e-38, 3.4028235e38, 123456.789]) {
      const cell = Math.fround(value);
      expect(Math.fround(shortestDecimal(cell))).toBe(cell);
    }
    expect(shortestDecimal(Math.fround(0.1))).toBe(0.1);
  });
});

describe('toModelFeatures', () => {
  it('adds range, median and most frequent category of the values that are present', () => {
    const x = matrixOf(Float32Array.of(4, 1, Number.NaN, 1, 0.1, 0, 2, 1), 2);
    expect(toModelFeatures([SIZE, COLOUR], x)).toEqual([
      { ...SIZE, training: { min: 0.1, max: 4, median: 2 } },
      { ...COLOUR, training: { mode: 'blue' } },
    ]);
  });

  it('takes the mean of the two middle values of an even number', () => {
    const [size] = toModelFeatures([SIZE], matrixOf(Float32Array.of(1, 4, 2, 3), 1));
    expect(size?.training).toEqual({ min: 1, max: 4, median: 2.5 });
  });

  it('refuses a feature of which every value is missing', () => {
    const x = matrixOf(Float32Array.of(Number.NaN, Number.NaN), 1);
    expect(() => toModelFeatures([SIZE], x)).toThrow('feature "size": every value');
  });
});

it('names the first of very many categories and how many there are', () => {
  const categories = Array.from({ length: 5000 }, (_, i) => `c${i}`);
  const found = parseCell({ kind: 'categorical', name: 'zip', nullable: false, categories }, 'x');
  if (typeof found === 'number') throw new Error('expected a refusal');
  expect(found.message).toMatch(
    /^expected one of c0, c1, .*c19, \.\.\. \(5000 in all\), got another value$/,
  );
});

describe('validateData', () => {
  const folder = mkdtempSync(join(tmpdir(), 'validate-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const report = async (text: string, changes: Partial<DataToValidate> = {}) => {
    const path = join(folder, 'data.csv');
    writeFileSync(path, text);
    const target = { column: 'y', positive: 'yes' };
    const holdOut = () => splitByFold(Uint8Array.of(0, 1, 1), 0);
    const source = { path, delimiter: ',', target, features: [SIZE, COLOUR], holdOut, ...changes };
    return (await validateData(source)).report;
  };

  it('counts rows, classes and missing values, and warns of columns that say nothing', async () => {
    expect(await report('size,colour,note,y\n1,red,,yes\n,red,,no\n3,red,,no\n')).toMatchObject({
      valid: true,
      rows: 3,
      classes: { positive: 1, negative: 2 },
      columns: [
        { name: 'size', problems: 0, missing: 1 },
        { name: 'colour', problems: 0, missing: 0 },
        { name: 'y', role: 'target', problems: 0, missing: 0 },
      ],
      ignored_columns: ['note'],
      warnings: [
        'colour: every value is the same',
        'the rarer class has 1 row: figures of such a set move with every row',
      ],
    });
  });

  it('counts the problems of each column of a bad file', async () => {
    const bad = await report('size,colour,y\nx,green,yes\nx,red,no\n');
    expect(bad).toMatchObject({ valid: false, classes: null, problem_count: 3 });
    expect(bad.columns.map(({ problems }) => problems)).toEqual([2, 1, 0]);
    expect(bad.problems[0]).toMatchObject({ line: 2, column: 'size' });
  });

  it('counts and warns of the rows that few enough faults leave out', async () => {
    const text = 'size,colour,y\n1,red,yes\n2,blue,no\n3,red,no\n99,red,no\n';
    const found = await report(text, { mostly: 0.75 });
    expect(found).toMatchObject({ valid: true, rows: 4, rows_left_out: 1, mostly: 0.75 });
    expect(found.warnings[0]).toBe('size: 1 row left out (25 %), since at least 75 % are good');
    expect(found.columns[0]).toMatchObject({ name: 'size', problems: 1 });
  });

  it('tells the role of every column that is read, and what the weights are', async () => {
    const text =
      'id,w,day,size,colour,y\n1,0.5,2024-01-01,1,red,yes\n2,2,2024-01-02,,blue,no\n3,1,2024-01-03,,red,no\n';
    const { columns, warnings } = await report(text, {
      weights: { column: 'w' },
      splitBy: { kind: 'time', column: 'day' },
      unique: ['id'],
    });
    expect(columns.map(({ name, role }) => [name, role])).toEqual([
      ['size', 'feature'],
      ['colour', 'feature'],
      ['y', 'target'],
      ['w', 'weights'],
      ['day', 'split'],
      ['id', 'name'],
    ]);
    expect(columns[3]?.values).toMatchObject({ min: 0.5, median: 1, max: 2 });
    expect(warnings[0]).toBe('size: every value is the same');
    const again = await report(text.replace('1,red', ',red'), {});
    expect(again.warnings[0]).toBe('size: every value is missing');
  });

  it('names rows that cannot be split as a problem of the file, at its header', async () => {
    const refuse = () => {
      throw new SplitError('3 folds take at least 3 groups, there are 2');
    };
    const text = 'size,colour,y\n1,red,yes\n2,blue,no\n3,red,no\n';
    expect(await report(text, { holdOut: refuse })).toMatchObject({
      valid: false,
      rows: 3,
      holdout_drift: null,
      problems: [{ line: 1, column: 'y', message: '3 folds take at least 3 groups, there are 2' }],
    });
  });

  it('warns of features whose held-out rows are of another population', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => [
      i < 300 ? i % 5 : 5 + (i % 5),
      i % 2 === 0 ? 'red' : 'blue',
      i % 3 === 0 ? 'yes' : 'no',
    ]);
    const late = Uint8Array.from({ length: 400 }, (_, i) => (i < 300 ? 0 : 1));
    const found = await report(['size,colour,y', ...rows.map(String)].join('\n'), {
      holdOut: () => splitByFold(late, 1),
    });
    expect(found.holdout_drift?.features.map(({ verdict }) => verdict)).toEqual(['moved', 'same']);
    expect(found.warnings.at(-1)).toMatch(
      /^size: the held-out rows differ from those to train on \(PSI \d+\.\d\d\)/,
    );
  });
});
