// The real data sets of the stack tests and benchmarks, read from DATA_DIR without the product's own loader.
// Only wdbc is in the project: the licences of the others differ, so they are expected beside it and never skipped.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { matrixOf, type Float32Matrix, type Matrix } from '../../ml/numeric/matrix.ts';

export const DATA_SETS = ['wdbc', 'german', 'ucidefault', 'gmsc'] as const;
export type DataSetName = (typeof DATA_SETS)[number];

/**
 * Boosting for a set as small as german: fewer leaves, slower, each tree on half of the columns. The defaults are for larger data: there
 * german reaches an AUC of about 0.786 with its categories declared.
 */
export const SMALL_DATA_BOOSTING = Object.freeze({
  num_leaves: 8,
  learning_rate: 0.05,
  n_estimators: 200,
  reg_lambda: 3,
  colsample_bytree: 0.5,
});

export interface DataSet {
  readonly name: DataSetName;
  readonly columns: readonly string[];
  /** As the file has them, NaN where a field is empty. */
  readonly exact: Matrix;
  /** Rounded to float32, as rows reach a model. */
  readonly rows: Float32Matrix;
  /** 1 is positive. */
  readonly y: Uint8Array;
  /** Of the file, hex. */
  readonly sha256: string;
}

/** From the root of the repository, where everything of it is started. */
const DEFAULT_DIR = '../shared/data';

/** Columns whose integers are codes of categories, 0 ... the largest; the other columns of a set are numbers. */
const CATEGORICAL: Readonly<Partial<Record<DataSetName, readonly string[]>>> = {
  german: 'a1 a3 a4 a6 a7 a9 a10 a12 a14 a15 a17 a19 a20'.split(' '),
};

export function loadDataSet(name: DataSetName): DataSet {
  const bytes = readData(name);
  const lines = bytes.toString('utf8').trim().split(/\r?\n/);
  const columns = (lines.shift() ?? '').split(',').slice(0, -1);
  const exact = new Float64Array(lines.length * columns.length);
  const y = new Uint8Array(lines.length);
  lines.forEach((line, row) => {
    const cells = line.split(',');
    columns.forEach((_, column) => {
      const cell = cells[column];
      exact[row * columns.length + column] = cell === '' ? NaN : Number(cell);
    });
    y[row] = Number(cells.at(-1));
  });
  return {
    name,
    columns,
    exact: matrixOf(exact, columns.length),
    rows: matrixOf(Float32Array.from(exact), columns.length),
    y,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Where the file of a set is. */
export const pathOf = (name: DataSetName): string =>
  join(resolve(process.env['DATA_DIR'] ?? DEFAULT_DIR), `${name}.csv`);

function readData(name: DataSetName): Buffer {
  const path = pathOf(name);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(
      `the data set ${name} is not at ${path}: set DATA_DIR to the folder with ${DATA_SETS.join('.csv, ')}.csv ` +
        `(${DEFAULT_DIR} beside the project unless said)`,
      { cause: error },
    );
  }
}

/** Which columns hold codes of categories. */
export const categoricalColumns = ({ name, columns }: DataSet): readonly number[] =>
  (CATEGORICAL[name] ?? []).map((column) => columns.indexOf(column));

/** Every column as a number: categories are their codes, as the reference's tree models saw them. */
export const numericFeatures = ({ columns }: DataSet): readonly FeatureSpec[] =>
  columns.map((name) => ({ kind: 'numeric', name, nullable: true }));

/** Categories declared as what they are. */
export function declaredFeatures(set: DataSet): readonly FeatureSpec[] {
  const categorical = new Set(categoricalColumns(set));
  return set.columns.map((name, column) => {
    if (!categorical.has(column)) return { kind: 'numeric', name, nullable: true };
    const categories = Array.from({ length: largestCode(set, column) + 1 }, (_, code) => `${code}`);
    return { kind: 'categorical', name, nullable: true, categories };
  });
}

function largestCode({ exact: { data, rows, columns } }: DataSet, column: number): number {
  let largest = 0;
  for (let row = 0; row < rows; row++)
    largest = Math.max(largest, data[row * columns + column] as number);
  return largest;
}
