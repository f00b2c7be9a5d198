// From a file to features: cells encode as the server encodes them, rows decode back, and reports say what is in the data.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { FeatureSpec, RawValue } from '../../src/features/feature-spec.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { decodeRow, shortestDecimal } from './decode-row.ts';
import { toModelFeatures } from './model-features.ts';
import { parseCell } from './parse-cell.ts';
import { splitByFold } from '../evaluation/folds.ts';
import { validateData } from './validate.ts';

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

describe('validateData', () => {
  const folder = mkdtempSync(join(tmpdir(), 'validate-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const report = async (text: string) => {
    const path = join(folder, 'data.csv');
    writeFileSync(path, text);
    const target = { column: 'y', positive: 'yes' };
    const holdOut = () => splitByFold(Uint8Array.of(0, 1, 1), 0);
    const source = { path, delimiter: ',', target, features: [SIZE, COLOUR], holdOut };
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
});
