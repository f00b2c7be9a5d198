// The rows of a fit: a data set with one of its targets, split as asked.
import { splitByFold } from '../../ml/evaluation/folds.ts';
import type { Task } from '../../ml/learners/learner.ts';
import { matrixOf, takeRows, type Float32Matrix, type Matrix } from '../../ml/numeric/matrix.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import {
  declaredFeatures,
  loadDataSet,
  numericFeatures,
  type DataSet,
  type DataSetName,
} from './datasets.ts';
import type { PipelineJob, TargetKind } from './fit-job.ts';
import { goldenFolds } from './golden.ts';
import { SYNTH28_TEST, SYNTH28_TRAIN, synth28, synth28Features } from './synth28.ts';

type Target = Uint8Array | Float64Array;

interface FitRows {
  readonly features: readonly FeatureSpec[];
  readonly task: Task;
  readonly train: { readonly x: Float32Matrix; readonly y: Target };
  /** Made when asked, so that its memory is not the fit's. */
  readonly test: () => ScoredRows;
}

interface ScoredRows {
  readonly x: Float32Matrix;
  readonly y: Target;
  /** The same rows as doubles; null where they are not kept. */
  readonly exact: Matrix | null;
}

/** Names of the columns that the learner may see, in order. */
export function columnsOf({ set, target }: Pick<PipelineJob, 'set' | 'target'>): readonly string[] {
  if (set === 'synth28') return synth28Features().map(({ name }) => name);
  const { columns } = loadDataSet(set);
  return columns.filter((name) => target !== 'regression' || name !== TARGET_COLUMN[set]);
}

/** Complete numbers that are neither constant nor a category. */
const TARGET_COLUMN: Readonly<Record<DataSetName, string>> = {
  wdbc: 'mean smoothness',
  german: 'a5',
  ucidefault: 'X5',
  gmsc: 'age',
};

export function loadFitRows(job: PipelineJob): FitRows {
  if (job.set === 'synth28') return synth28Rows(job.fold);
  const { set, fold } = loadFolded(job.set);
  const features = job.categories === 'declared' ? declaredFeatures(set) : numericFeatures(set);
  const { task, y, without } = targetOf(set, job.target);
  const kept = features.flatMap((_, column) => (column === without ? [] : [column]));
  const exact = takeColumns(set.exact, kept);
  const rows = matrixOf(Float32Array.from(exact.data), exact.columns);
  const whole = { x: rows, y, exact };
  const common = { features: kept.map((column) => features[column] as FeatureSpec), task };
  if (job.fold === null) return { ...common, train: whole, test: () => whole };
  const { train, test } = splitByFold(fold, job.fold);
  return {
    ...common,
    train: { x: takeRows(rows, train), y: takeTargets(y, train) },
    test: () => ({ x: takeRows(rows, test), y: takeTargets(y, test), exact: null }),
  };
}

interface FoldedSet {
  readonly set: DataSet;
  readonly fold: Uint8Array;
}

const loaded = new Map<DataSetName, FoldedSet>();

/** Read once in a process. */
export function loadFolded(name: DataSetName): FoldedSet {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const set = loadDataSet(name);
  const folded = { set, fold: goldenFolds(set.y) };
  loaded.set(name, folded);
  return folded;
}

const takeTargets = (y: Target, rows: Int32Array): Target =>
  y instanceof Uint8Array
    ? Uint8Array.from(rows, (row) => y[row] as number)
    : Float64Array.from(rows, (row) => y[row] as number);

/** Fitted on the training part whatever the fold, which says what is scored. */
function synth28Rows(fold: number | null): FitRows {
  const train = synth28(SYNTH28_TRAIN);
  return {
    features: synth28Features(),
    task: { kind: 'binary' },
    train,
    test: () => ({ ...(fold === null ? train : synth28(SYNTH28_TEST)), exact: null }),
  };
}

interface ChosenTarget {
  readonly task: Task;
  readonly y: Target;
  /** The column that the target was made of and that the learner may not see; null: none. */
  readonly without: number | null;
}

function targetOf(set: DataSet, kind: TargetKind): ChosenTarget {
  if (kind === 'binary') return { task: { kind }, y: set.y, without: null };
  const column = set.columns.indexOf(TARGET_COLUMN[set.name]);
  const values = Float64Array.from(set.y, (_, row) => cell(set.exact, row, column));
  if (kind === 'regression') return { task: { kind }, y: values, without: column };
  const middle = values.slice().sort()[values.length >> 1] as number;
  const y = set.y.map((label, row) => 2 * label + ((values[row] as number) > middle ? 1 : 0));
  return { task: { kind, classes: 4 }, y, without: null };
}

const cell = ({ data, columns }: Matrix, row: number, column: number): number =>
  data[row * columns + column] as number;

function takeColumns(x: Matrix, kept: readonly number[]): Matrix {
  const data = new Float64Array(x.rows * kept.length);
  for (let row = 0; row < x.rows; row++)
    kept.forEach((column, k) => {
      data[row * kept.length + k] = cell(x, row, column);
    });
  return matrixOf(data, kept.length);
}
