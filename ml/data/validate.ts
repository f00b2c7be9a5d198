// The validation report of a data file: what is wrong with it, or what is in it. What `npm run validate` writes and prints.
import { DataError, type DataProblem } from './data-error.ts';
import { suspicionsOf } from './suspicions.ts';
import { loadCsv, type CsvSource, type Dataset } from './load-csv.ts';

/** validation.json */
export interface ValidationReport {
  readonly valid: boolean;
  readonly rows: number;
  /** sha256 of the data file, hex; null where it could not be read to its end. */
  readonly data_digest: string | null;
  /** Rows of the positive class and of the other; null where the file is not valid. */
  readonly classes: { readonly positive: number; readonly negative: number } | null;
  readonly columns: readonly ColumnReport[];
  readonly ignored_columns: readonly string[];
  readonly warnings: readonly string[];
  readonly problem_count: number;
  /** The first of them. */
  readonly problems: readonly DataProblem[];
}

interface ColumnReport {
  readonly name: string;
  readonly problems: number;
  /** null where the file is not valid. */
  readonly missing: number | null;
}

export type Validation =
  | { readonly report: ValidationReport; readonly dataset: Dataset }
  | { readonly report: ValidationReport; readonly error: DataError };

/** Reads and checks the whole file; a file that is not valid comes back as a report and an error, not as a throw. */
export async function validateData(source: CsvSource): Promise<Validation> {
  try {
    const dataset = await loadCsv(source);
    return { report: describe(dataset), dataset };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    return { report: describeError(source, error), error };
  }
}

function describe(dataset: Dataset): ValidationReport {
  const { features, rows, y, digest, ignoredColumns } = dataset;
  const columns = features.map(({ name }, i) => ({ name, ...summarise(dataset, i) }));
  const positive = y.reduce((sum, label) => sum + label, 0);
  return {
    valid: true,
    rows,
    data_digest: digest,
    classes: { positive, negative: rows - positive },
    columns: columns.map(({ name, missing }) => ({ name, problems: 0, missing })),
    ignored_columns: ignoredColumns,
    warnings: [
      ...columns.flatMap(({ name, missing, constant }) => {
        if (missing === rows) return [`${name}: every value is missing`];
        return constant ? [`${name}: every value is the same`] : [];
      }),
      ...suspicionsOf(dataset),
    ],
    problem_count: 0,
    problems: [],
  };
}

function summarise(
  { x, rows, features }: Dataset,
  column: number,
): { readonly missing: number; readonly constant: boolean } {
  let missing = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let row = 0; row < rows; row++) {
    const value = x[row * features.length + column] ?? Number.NaN;
    if (Number.isNaN(value)) missing++;
    else {
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  return { missing, constant: min === max };
}

function describeError(source: CsvSource, error: DataError): ValidationReport {
  const names = [...source.features.map(({ name }) => name), source.target.column];
  if (source.weights) names.push(source.weights.column);
  return {
    valid: false,
    rows: error.rows,
    data_digest: null,
    classes: null,
    columns: names.map((name) => ({
      name,
      problems: error.countByColumn.get(name) ?? 0,
      missing: null,
    })),
    ignored_columns: [],
    warnings: [],
    problem_count: error.total,
    problems: error.problems,
  };
}
