// What scikit-learn, LightGBM, XGBoost and CatBoost reached on the data sets, the folds that they were measured on, and the
// logistic regression's optimum with the design matrix that it belongs to.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { matrixOf, type Matrix } from '../../ml/numeric/matrix.ts';
import { splitByFold } from '../../ml/evaluation/folds.ts';
import { categoricalColumns, type DataSet, type DataSetName } from './datasets.ts';

/** An optimum found by an independent Newton solver. */
export interface GoldenOptimum {
  /** fold0 ... fold4: fitted on the other four; all: on every row. */
  readonly fit_on: string;
  /** Sum of log losses + ||w||^2 / 2. */
  readonly objective: number;
  readonly intercept: number;
  /** Numbers in the order of the file, then the categories of each categorical column. */
  readonly coef: readonly number[];
}

/** A learner's mean over the five folds; on synth28 of one fit. */
export interface GoldenResult {
  readonly mean_auc: number;
  readonly mean_logloss: number;
  readonly mean_brier: number;
  readonly onnx?: { readonly bytes: number } | null;
}

interface GoldenArrays {
  readonly positives: number;
  readonly sha256_x: string;
  readonly sha256_y: string;
}

export interface Golden {
  readonly made_with: Readonly<Record<string, string>>;
  readonly sets: Readonly<Record<DataSetName, { readonly sha256: string }>>;
  readonly synth28: {
    readonly synth28_train: GoldenArrays;
    readonly synth28_test: GoldenArrays;
    readonly first_rows: readonly (readonly (number | null)[])[];
  };
  readonly folds: Readonly<Record<DataSetName, { readonly sha256: string }>>;
  readonly lr: Readonly<Record<DataSetName | 'synth28', readonly GoldenOptimum[]>>;
  readonly results: Readonly<Record<string, GoldenResult>>;
}

const FILE = 'test/reference/golden/training.json';

export const loadGolden = (): Golden => JSON.parse(readFileSync(FILE, 'utf8')) as Golden;

/** Of a learner on a set; throws where the reference has none. */
export function goldenResult(golden: Golden, set: string, learner: string): GoldenResult {
  const result = golden.results[`${set}/${learner}`];
  if (result === undefined) throw new Error(`the reference has no ${set}/${learner}`);
  return result;
}

/** The mean AUC of scikit-learn's forest over the seeds that it was measured with: three, on gmsc one. */
export function goldenForest(
  golden: Golden,
  set: DataSetName,
  learner: 'rf' | 'rf20',
): { readonly auc: number; readonly seeds: number } {
  const results = [learner, `${learner}/seed1`, `${learner}/seed2`].flatMap(
    (name) => golden.results[`${set}/${name}`] ?? [],
  );
  const sum = results.reduce((total, { mean_auc }) => total + mean_auc, 0);
  return { auc: sum / results.length, seeds: results.length };
}

const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

/**
 * The fold of each row: the rows of a class in the order of the SHA-256 of the row number's decimal text are dealt to five folds in turn.
 */
export function goldenFolds(y: Uint8Array): Uint8Array {
  const fold = new Uint8Array(y.length);
  for (const label of [0, 1]) {
    [...y.keys()]
      .filter((row) => y[row] === label)
      .map((row) => ({ row, hash: sha256(String(row)) }))
      .toSorted((a, b) => (a.hash < b.hash ? -1 : 1))
      .forEach(({ row }, position) => {
        fold[row] = position % 5;
      });
  }
  return fold;
}

export const digestOf = (fold: Uint8Array): string => sha256(fold);

/** The rows that an optimum was fitted on. */
export const rowsOf = (fitOn: string, fold: Uint8Array): Int32Array =>
  fitOn === 'all'
    ? Int32Array.from(fold.keys())
    : splitByFold(fold, Number(fitOn.slice('fold'.length))).train;

/** The labels at `indices`. */
export const takeLabels = (y: Uint8Array, indices: Int32Array): Uint8Array =>
  Uint8Array.from(indices, (row) => y[row] as number);

/**
 * The design matrix of the optimum, float64, from exact values: numbers with the median of those rows for missing ones, less the mean, over
 * the population standard deviation; then each categorical column one-hot, all zeros where missing.
 */
export function goldenDesign(set: DataSet, indices: Int32Array): Matrix {
  const categorical = categoricalColumns(set);
  const numeric = set.columns.flatMap((_, k) => (categorical.includes(k) ? [] : [k]));
  const columns = [
    ...numeric.map((k) => standardised(columnAt(set.exact, indices, k))),
    ...categorical.flatMap((k) => oneHot(set.exact, indices, k)),
  ];
  const data = new Float64Array(indices.length * columns.length);
  columns.forEach((values, k) => {
    for (let i = 0; i < values.length; i++) data[i * columns.length + k] = values[i] as number;
  });
  return matrixOf(data, columns.length);
}

const columnAt = ({ data, columns }: Matrix, indices: Int32Array, column: number): Float64Array =>
  Float64Array.from(indices, (row) => data[row * columns + column] as number);

/** Imputed and standardised in place; returns its argument. */
export function standardised(values: Float64Array): Float64Array {
  const median = medianOf(values);
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = median;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length);
  for (let i = 0; i < values.length; i++) values[i] = ((values[i] as number) - mean) / deviation;
  return values;
}

/** The mean of the two middle ones where their number is even. */
function medianOf(values: Float64Array): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] as number) + (sorted[Math.floor(half)] as number)) / 2;
}

/** One column for each category of the whole set, so that every fold has the same ones. */
function oneHot(exact: Matrix, indices: Int32Array, column: number): readonly Float64Array[] {
  const all = columnAt(
    exact,
    Int32Array.from({ length: exact.rows }, (_, row) => row),
    column,
  );
  const codes = [...new Set(all)].filter((code) => !Number.isNaN(code)).sort((a, b) => a - b);
  const values = columnAt(exact, indices, column);
  return codes.map((code) => values.map((value) => (value === code ? 1 : 0)));
}

/** The sum of log losses + ||w||^2 / 2, summed with compensation (Neumaier 1974): right to about 1e-16 of its size. */
export function objectiveAt(
  { data, rows, columns }: Matrix,
  y: Uint8Array,
  coefficients: ArrayLike<number>,
  intercept: number,
): number {
  let sum = 0;
  let lost = 0;
  const add = (term: number): void => {
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  };
  for (let row = 0; row < rows; row++) {
    let z = intercept;
    for (let k = 0; k < columns; k++)
      z += (data[row * columns + k] as number) * (coefficients[k] as number);
    const margin = y[row] === 1 ? z : -z;
    add(Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-margin, 0));
  }
  for (let k = 0; k < columns; k++) add((coefficients[k] as number) ** 2 / 2);
  return sum + lost;
}
