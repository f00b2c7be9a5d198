// Validates a data file: what is wrong with it, or what is in it and worth a look. What `npm run validate` writes and prints.
import { SplitError, type RowSplit } from '../evaluation/folds.ts';
import { columnContent, weightsContent, type ColumnContent } from './column-values.ts';
import { DataError, DataProblems } from './data-error.ts';
import { holdoutDrift } from './holdout-drift.ts';
import { loadTable, type Dataset, type TableSource } from './load-table.ts';
import { expectation } from './parse-cell.ts';
import type { ProtectedColumn } from './protected-columns.ts';
import { suspicionsOf } from './suspicions.ts';
import type { ColumnReport, HoldoutDrift, ValidationReport } from './validation-report.ts';

export interface DataToValidate extends TableSource {
  /** The rows that will be held out. Throws SplitError where there can be none. */
  readonly holdOut: (dataset: Dataset) => RowSplit;
}

export type Validation =
  | { readonly report: ValidationReport; readonly dataset: Dataset }
  | { readonly report: ValidationReport; readonly error: DataError };

/** Reads and checks the whole file; a file that is not valid comes back as a report and an error, not as a throw. */
export async function validateData(source: DataToValidate): Promise<Validation> {
  try {
    const dataset = await loadTable(source);
    const split = splitOf(source, dataset);
    return { report: describe(source, dataset, holdoutDrift(dataset, split)), dataset };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { report: describeError(source, error), error };
  }
}

/** Throws DataError. */
function splitOf({ path, target, holdOut }: DataToValidate, dataset: Dataset): RowSplit {
  try {
    return holdOut(dataset);
  } catch (error) {
    if (!(error instanceof SplitError)) throw error;
    const problems = new DataProblems();
    problems.add(1, target.column, error.message);
    throw problems.toError(path, dataset.rows);
  }
}

function describe(source: DataToValidate, dataset: Dataset, drift: HoldoutDrift): ValidationReport {
  const { rows, y, digest, ignoredColumns, leftOut, features } = dataset;
  const contents = features.map((_, i) => columnContent(dataset, i));
  const positive = y.reduce((sum, label) => sum + label, 0);
  return {
    valid: true,
    file: source.path,
    rows: rows + leftOut.rows,
    rows_left_out: leftOut.rows,
    mostly: source.mostly ?? 1,
    data_digest: digest,
    classes: { positive, negative: rows - positive },
    columns: columnsOf(
      source,
      leftOut.byColumn,
      contents,
      weightsContent(dataset),
      dataset.protected,
    ),
    ignored_columns: ignoredColumns,
    holdout_drift: drift,
    warnings: [
      ...leftOutWarnings(source, dataset),
      ...features.flatMap(({ name }, i) => emptyWarnings(name, contents[i] as ColumnContent, rows)),
      ...suspicionsOf(dataset),
      ...driftWarnings(drift),
    ],
    problem_count: 0,
    problems: [],
  };
}

function describeError(source: DataToValidate, error: DataError): ValidationReport {
  return {
    valid: false,
    file: source.path,
    rows: error.rows,
    rows_left_out: 0,
    mostly: source.mostly ?? 1,
    data_digest: null,
    classes: null,
    columns: columnsOf(source, error.countByColumn, null),
    ignored_columns: [],
    holdout_drift: null,
    warnings: [],
    problem_count: error.total,
    problems: error.problems,
  };
}

function columnsOf(
  { features, target, weights, splitBy, protected: hidden = [], unique = [] }: TableSource,
  problems: ReadonlyMap<string, number>,
  contents: readonly ColumnContent[] | null,
  weighed: ColumnContent | null = null,
  groups: readonly ProtectedColumn[] = [],
): readonly ColumnReport[] {
  const other = (
    name: string,
    role: ColumnReport['role'],
    expected: string,
    values: ColumnReport['values'] = null,
  ): ColumnReport => ({
    name,
    role,
    expected,
    nullable: false,
    problems: problems.get(name) ?? 0,
    missing: contents === null ? null : 0,
    values,
  });
  return [
    ...features.map((feature, i): ColumnReport => ({
      name: feature.name,
      role: 'feature',
      expected: expectation(feature),
      nullable: feature.nullable,
      problems: problems.get(feature.name) ?? 0,
      missing: contents?.[i]?.missing ?? null,
      values: contents?.[i]?.values ?? null,
    })),
    other(target.column, 'target', 'one of two classes'),
    ...(weights
      ? [other(weights.column, 'weights', 'a number of at least 0', weighed?.values ?? null)]
      : []),
    ...(splitBy
      ? [other(splitBy.column, 'split', splitBy.kind === 'time' ? 'a number or a date' : 'a name')]
      : []),
    ...hidden.map((column) => ({
      ...other(column, 'protected', 'a category, or a number'),
      nullable: true,
      missing: missingIn(groups, column),
    })),
    ...(unique.length > 0 ? [other(unique.join(', '), 'name', 'another value in each row')] : []),
  ];
}

const missingIn = (groups: readonly ProtectedColumn[], name: string): number | null =>
  groups.find(({ column }) => column === name)?.codes.filter((code) => code < 0).length ?? null;

function leftOutWarnings(
  { mostly = 1 }: TableSource,
  { rows, leftOut }: Dataset,
): readonly string[] {
  const all = rows + leftOut.rows;
  return [...leftOut.byColumn].map(
    ([name, count]) =>
      `${name}: ${count === 1 ? '1 row' : `${count} rows`} left out (${percent(count / all)}), since at least ${percent(mostly)} are good`,
  );
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

function emptyWarnings(name: string, { missing, constant }: ColumnContent, rows: number): string[] {
  if (missing === rows) return [`${name}: every value is missing`];
  return constant ? [`${name}: every value is the same`] : [];
}

const driftWarnings = ({ features }: HoldoutDrift): readonly string[] =>
  features
    .filter(({ verdict }) => verdict === 'moved')
    .map(
      ({ name, psi }) =>
        `${name}: the held-out rows differ from those to train on (PSI ${psi.toFixed(2)}): what is measured on them is of another population`,
    );
