// What is fitted between the raw rows and a learner: derived features, then for each column what its options ask, as the learner's kind
// of input allows. A declared category that training never saw counts as missing everywhere: -1 among tree codes, NaN among native
// ones, all zeros in one-hot columns, the prior in target encoding.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { Random } from '../../src/statistics/random.ts';
import { FitError, type LearnerInput, type Task } from '../learners/learner.ts';
import { expectMemory } from '../learners/memory.ts';
import { columnOf, type Float32Matrix, type Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { codeOf, fitCodes, tablePart, type TableColumn } from './category-table.ts';
import { appendDerived, appendDerivedToOnnx, type DerivedFeature } from './derived.ts';
import { assemble, type Encoding, type Part, type Precision } from './design.ts';
import { columnsOf } from './expression.ts';
import { missingIndicators } from './missing-indicator.ts';
import { fitImputed, fitLinear, standardOf } from './numeric-columns.ts';
import { fitOneHot } from './one-hot.ts';
import {
  columnsToEncode,
  type CategoricalColumn,
  type NumericColumn,
  type NumericOptions,
  type Preprocessing,
} from './options.ts';
import { dealFolds, outputsOf, TargetSums, type Targets } from './target-encoding.ts';

export type { Encoding } from './design.ts';

export interface PreprocessingSpec {
  readonly features: readonly FeatureSpec[];
  readonly derived: readonly DerivedFeature[];
  readonly preprocessing: Preprocessing;
  readonly task: Task;
}

/** Training rows only: raw float32 [N, F], F = features.length, NaN is missing and a category is its code; y and weights [N]. */
export interface RowsToFit {
  readonly x: Float32Matrix;
  readonly y: Uint8Array | Float64Array;
  readonly weights: Float64Array | null;
}

export interface Preprocessed {
  /**
   * The training rows as the learner is to see them: what `encoding` makes of them, but for target-encoded columns, which are cross-fitted.
   * Where nothing is to be changed it is x itself.
   */
  readonly design: Matrix;
  readonly encoding: Encoding;
}

/** A fitted part, and what it makes of the training rows where that is not what it makes of others: [its columns][rows]. */
interface FittedPart {
  readonly part: Part;
  readonly training: readonly Float64Array[] | null;
}

/** Throws FitError where no column is left, and where the design would take more memory than there is. */
export function fitPreprocessing(
  input: LearnerInput,
  { features, derived, preprocessing, task }: PreprocessingSpec,
  { x, y, weights }: RowsToFit,
  random: Random,
): Preprocessed {
  const columns = columnsToEncode(features, derived, preprocessing);
  const rows = appendDerived(x, derived);
  const numeric = columns.filter((column) => column.kind === 'numeric');
  const categorical = columns.filter((column) => column.kind === 'categorical');
  const targets = { y, weights, task };
  const fitted =
    input === 'linear'
      ? linearParts(numeric, categorical, rows, targets, random)
      : treeParts(input, numeric, categorical, rows, targets, random);
  const precision = precisionOf(input);
  const parts = fitted.map(({ part }) => part);
  const assembly = assemble(parts, precision, columns.length);
  const width = assembly.columns.length;
  if (width === 0)
    throw new FitError(
      'expected a column to learn from: no category of any feature appears in the training rows',
    );
  const shape = { rows: x.rows, columns: width };
  expectMemory('preprocessing', x.rows * width * (precision === 'double' ? 8 : 4), shape);
  const design = assembly.transform(rows);
  fitted.forEach(({ training }, i) => {
    if (training !== null) writeTraining(training, design, assembly.places[i] ?? []);
  });
  return Object.freeze({ design, encoding: ofRawRows(assembly, features.length, derived) });
}

const precisionOf = (input: LearnerInput): Precision => (input === 'linear' ? 'double' : 'float');

const ofRawRows = (
  encoding: Encoding,
  features: number,
  derived: readonly DerivedFeature[],
): Encoding =>
  Object.freeze({
    columns: encoding.columns,
    sources: encoding.sources.map((all) => rawSources(all, features, derived)),
    transform: (raw: Float32Matrix) => encoding.transform(appendDerived(raw, derived)),
    toOnnx: (graph: GraphBuilder, name: string) =>
      encoding.toOnnx(graph, appendDerivedToOnnx(graph, name, derived)),
  });

/** The same where a derived column stands for the raw ones that its expression names. */
const rawSources = (
  sources: readonly number[],
  features: number,
  derived: readonly DerivedFeature[],
): readonly number[] =>
  sources.flatMap((source) => {
    const feature = derived[source - features];
    return feature === undefined ? [source] : columnsOf(feature.expression);
  });

/** Cross-fitted columns over those of rows to come; a part that has them makes `design` a matrix of its own. */
function writeTraining(
  training: readonly Float64Array[],
  { data, columns }: Matrix,
  places: readonly number[],
): void {
  training.forEach((values, i) => {
    const place = places[i] as number;
    for (let row = 0; row < values.length; row++)
      data[row * columns + place] = values[row] as number;
  });
}

const TRANSFORMS: readonly NumericOptions['transform'][] = ['none', 'signed_log', 'rank_normal'];

const always = (part: Part): FittedPart => ({ part, training: null });
const withColumns = ({ part }: FittedPart): boolean => part.columns.length > 0;
const ofTarget = ({ options }: CategoricalColumn): boolean => options.encode === 'target';
const indicated = ({ options }: NumericColumn): boolean => options.missing_indicator;

/** Numbers, then missing indicators, then categories. */
function linearParts(
  numeric: readonly NumericColumn[],
  categorical: readonly CategoricalColumn[],
  x: Float32Matrix,
  targets: Targets,
  random: Random,
): readonly FittedPart[] {
  const oneHot = categorical.filter((column) => !ofTarget(column));
  return [
    ...TRANSFORMS.map((transform) => {
      const columns = numeric.filter(({ options }) => options.transform === transform);
      return always(fitLinear(columns, transform, x, 0));
    }),
    always(missingIndicators(numeric.filter(indicated), 1, 'double')),
    fitTarget(categorical.filter(ofTarget), x, targets, random, 2, 'double'),
    always(fitOneHot(oneHot, x, 2, 'double')),
  ].filter(withColumns);
}

/** Columns in the order of the rows, then missing indicators. */
function treeParts(
  input: 'tree' | 'native',
  numeric: readonly NumericColumn[],
  categorical: readonly CategoricalColumn[],
  x: Float32Matrix,
  targets: Targets,
  random: Random,
): readonly FittedPart[] {
  const coded = categorical.filter((column) => !ofTarget(column));
  const [otherwise, missingCode] = input === 'tree' ? (['median', -1] as const) : [NaN, NaN];
  return [
    always(fitImputed(numeric, x, 0, otherwise)),
    always(fitCodes(coded, x, 0, missingCode)),
    fitTarget(categorical.filter(ofTarget), x, targets, random, 0, 'float'),
    always(missingIndicators(numeric.filter(indicated), 1, 'float')),
  ].filter(withColumns);
}

/** For linear models standardised by the training rows as the learner sees them, as every number is. */
function fitTarget(
  columns: readonly CategoricalColumn[],
  x: Float32Matrix,
  targets: Targets,
  random: Random,
  rank: number,
  precision: Precision,
): FittedPart {
  const tables: TableColumn[] = [];
  const training: Float64Array[] = [];
  const folds = columns.length > 0 ? dealFolds(targets, random) : new Uint8Array();
  for (const { name, index, categories, options } of columns) {
    const count = categories.length;
    const codes = Int32Array.from(columnOf(x, index), (cell) => codeOf(cell, count));
    const outputs = outputsOf(targets.task);
    for (let output = 0; output < outputs; output++) {
      const { smoothing } = options;
      const sums = new TargetSums({ codes, count, targets, output, folds, smoothing });
      const { byCode, prior } = sums.means(null);
      const values = sums.crossFitted(codes, folds);
      const { mean, scale } = precision === 'double' ? standardOf(values) : { mean: 0, scale: 1 };
      const scaled = (value: number): number => (value - mean) / scale;
      training.push(values.map(scaled));
      tables.push({
        name: outputs === 1 ? name : `${name}, class ${output}`,
        categories: null,
        source: index,
        table: byCode.map(scaled),
        missing: scaled(prior),
      });
    }
  }
  return { part: tablePart(tables, rank, precision), training };
}
