// What stands in each column of a file of rows, in one pass: kinds, missing values, distinct values, and how far a column tells the target alone.
import { readTable } from '../data/load-table.ts';
import { NUMBER } from '../data/parse-cell.ts';
import { RowNames } from '../data/row-names.ts';
import { TableError, type TableFile, type TableSink } from '../data/table.ts';
import { rocAuc } from '../evaluation/metrics.ts';

/** Texts that files write for a missing value, beside an empty field. */
const MISSING_TEXTS = new Set([
  'NA',
  'N/A',
  'n/a',
  '-',
  'NaN',
  'nan',
  'null',
  'NULL',
  'None',
  '?',
  '#N/A',
]);
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([T ].*)?$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/;
/** As `split.time` reads them. */
const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ].*)?$/;
/** 1,5 or 1.234,50. */
const COMMA_NUMBER = /^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$/;
/** Distinct values that are kept of a column; beyond them only that there are more. */
const DISTINCT_KEPT = 2_000;
/** Rows whose numbers are kept to see how well a column ranks the target. */
const SAMPLED_ROWS = 200_000;

export interface ColumnProfile {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** The texts for a missing value that were met. */
  readonly missingTexts: readonly string[];
  readonly numbers: number;
  readonly dates: number;
  /** Of the dates, those that begin with the year. */
  readonly isoDates: number;
  /** Texts that are numbers with a decimal comma. */
  readonly commaNumbers: number;
  /** Of the numbers. */
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** Values that are there and how often, most frequent first; null where there are more than are kept. */
  readonly distinct: ReadonlyMap<string, number> | null;
  /** Whether each row has a text or whole number that no other row has. */
  readonly unique: boolean;
  /** 0.5 to 1: ROC AUC of this column alone, whichever way it points; null where it has no numbers or the target is not binary. */
  readonly auc: number | null;
}

export interface FileProfile {
  readonly rows: number;
  readonly delimiter: string;
  readonly columns: readonly ColumnProfile[];
}

export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}

/** Reads the file once, as a stream. `target` names a column of the header. Throws ProfileError. */
export async function profileColumns(file: TableFile, target: string): Promise<FileProfile> {
  const profiler = new Profiler(file, target);
  try {
    await readTable(file, profiler);
  } catch (error) {
    if (!(error instanceof TableError)) throw error;
    throw new ProfileError(`${file.path}:${error.line}: ${error.message}`, { cause: error });
  }
  return profiler.finish();
}

class Profiler implements TableSink {
  private counters: readonly ColumnCounter[] = [];
  private rows = 0;

  constructor(
    private readonly file: TableFile,
    private readonly target: string,
  ) {}

  header(names: readonly string[]): ReadonlySet<string> {
    expectHeader(this.file.path, names, this.target);
    this.counters = names.map((name) => new ColumnCounter(name));
    return new Set(names);
  }

  record(cells: readonly string[], line: number): void {
    this.rows += 1;
    if (cells.length !== this.counters.length)
      throw new ProfileError(
        `${this.file.path}:${line}: expected ${this.counters.length} fields as in the header, got ${cells.length}: ` +
          'is the delimiter right (--delimiter)?',
      );
    for (const [i, counter] of this.counters.entries()) counter.add(cells[i] as string);
  }

  finish(): FileProfile {
    const { path, delimiter } = this.file;
    if (this.rows === 0) throw new ProfileError(`${path}: expected a header and rows, got no rows`);
    const labels = labelsOf(this.counters.find(({ name }) => name === this.target));
    const columns = this.counters.map((counter) => counter.toProfile(labels));
    return { rows: this.rows, delimiter, columns };
  }
}

function expectHeader(path: string, names: readonly string[], target: string): void {
  const named = names.includes(target);
  if (!named && names.some((name) => NUMBER.test(name)))
    throw new ProfileError(
      `${path}:1: expected the names of the columns, got numbers: write a header above the rows`,
    );
  if (!named)
    throw new ProfileError(
      `${path}: there is no column named as --target says; the header has ${names.length}: ${names.slice(0, 20).join(', ')}`,
    );
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new ProfileError(`${path}: the name "${twice}" appears twice in the header`);
}

class ColumnCounter {
  private rows = 0;
  private missing = 0;
  private numbers = 0;
  private dates = 0;
  private isoDates = 0;
  private commaNumbers = 0;
  private min = Infinity;
  private max = -Infinity;
  private whole = true;
  private readonly missingTexts = new Set<string>();
  private distinct: Map<string, number> | null = new Map();
  private repeated = false;
  /** The values of all rows as long as none was met twice, once there are more than are kept. */
  private names: RowNames | null = null;
  readonly sampled: number[] = [];
  readonly texts: string[] = [];

  constructor(readonly name: string) {}

  add(cell: string): void {
    const text = cell.trim();
    this.rows += 1;
    const isMissing = text === '' || MISSING_TEXTS.has(text);
    if (isMissing) {
      this.missing += 1;
      if (text !== '') this.missingTexts.add(text);
      this.sample(Number.NaN, '');
      return;
    }
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value)) this.addText(text);
    else this.addNumber(value);
    this.sample(value, text);
    this.countText(text);
  }

  private addText(text: string): void {
    if (DATE.test(text)) this.dates += 1;
    if (ISO_DATE.test(text)) this.isoDates += 1;
    if (COMMA_NUMBER.test(text)) this.commaNumbers += 1;
  }

  private addNumber(value: number): void {
    this.numbers += 1;
    this.min = Math.min(this.min, value);
    this.max = Math.max(this.max, value);
    this.whole &&= Number.isInteger(value);
  }

  private sample(value: number, text: string): void {
    if (this.rows > SAMPLED_ROWS) return;
    this.sampled.push(value);
    // Texts are only needed of columns of few values, as the target is.
    if (this.distinct !== null && this.distinct.size <= 2) this.texts.push(text);
  }

  private countText(text: string): void {
    const { distinct } = this;
    if (distinct === null) {
      if (!this.mayNameRows) this.names = null;
      this.names?.add(text);
      return;
    }
    const count = distinct.get(text) ?? 0;
    distinct.set(text, count + 1);
    this.repeated ||= count > 0;
    if (distinct.size > DISTINCT_KEPT) this.forget(distinct);
  }

  private forget(distinct: ReadonlyMap<string, number>): void {
    this.distinct = null;
    if (this.repeated || !this.mayNameRows) return;
    this.names = new RowNames();
    for (const text of distinct.keys()) this.names.add(text);
  }

  private get mayNameRows(): boolean {
    return this.missing === 0 && this.whole;
  }

  private get unique(): boolean {
    if (this.repeated || !this.mayNameRows) return false;
    return this.distinct !== null || this.names?.repeated().length === 0;
  }

  toProfile(labels: Uint8Array | null): ColumnProfile {
    const { name, rows, missing, numbers, dates, isoDates, commaNumbers, min, max } = this;
    const { whole, distinct, unique } = this;
    return {
      name,
      rows,
      missing,
      missingTexts: [...this.missingTexts],
      numbers,
      dates,
      isoDates,
      commaNumbers,
      min,
      max,
      whole: numbers > 0 && whole,
      distinct: distinct === null ? null : new Map([...distinct].toSorted(([, a], [, b]) => b - a)),
      unique,
      auc: numbers === 0 || labels === null ? null : aucAlone(this.sampled, labels),
    };
  }
}

/** 1 for the rarer value of a column with two values; null for any other column. */
function labelsOf(target: ColumnCounter | undefined): Uint8Array | null {
  if (target === undefined) return null;
  const values = [...new Set(target.texts.filter((text) => text !== ''))];
  if (values.length !== 2 || target.texts.length !== target.sampled.length) return null;
  return Uint8Array.from(target.texts, (text) => (text === values[0] ? 1 : 0));
}

function aucAlone(values: readonly number[], labels: Uint8Array): number | null {
  const there = [...values.keys()].filter((row) => !Number.isNaN(values[row]));
  const y = Uint8Array.from(there, (row) => labels[row] ?? 0);
  const positives = y.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === y.length) return null;
  const auc = rocAuc(
    y,
    Float64Array.from(there, (row) => values[row] ?? 0),
  );
  return Math.max(auc, 1 - auc);
}
