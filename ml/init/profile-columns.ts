// What stands in each column of a CSV file, in one pass: kinds, missing values, distinct values, and how far a column tells the target alone.
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { LINE_ENDS } from '../data/load-csv.ts';
import { NUMBER } from '../data/parse-cell.ts';
import { rocAuc } from '../evaluation/metrics.ts';

/** Texts that files write for a missing value, beside an empty field. */
const MISSING_TEXTS = new Set(['NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None', '?', '#N/A']);
const DATE = /^\d{4}-\d{1,2}-\d{1,2}([T ].*)?$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$/;
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
  /** Of the numbers. */
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** Values that are there and how often, most frequent first; null where there are more than are kept. */
  readonly distinct: ReadonlyMap<string, number> | null;
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
export async function profileColumns(
  path: string,
  delimiter: string,
  target: string,
): Promise<FileProfile> {
  let counters: readonly ColumnCounter[] = [];
  let rows = 0;
  const read = (record: readonly string[]): void => {
    if (counters.length === 0) {
      counters = record.map((name) => new ColumnCounter(name.trim()));
      expectHeader(path, record, target);
      return;
    }
    if (record.length === 1 && record[0] === '') return;
    rows += 1;
    if (record.length !== counters.length)
      throw new ProfileError(
        `${path}: data row ${rows} has ${record.length} fields, the header has ${counters.length}: ` +
          'is the delimiter right (--delimiter)?',
      );
    for (const [i, counter] of counters.entries()) counter.add(record[i] as string);
  };
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    record_delimiter: LINE_ENDS,
  });
  // What the loop throws ends the stream, which may then reject with an abort instead.
  let refused: unknown = null;
  await pipeline(createReadStream(path), parser, async (records: AsyncIterable<string[]>) => {
    try {
      for await (const record of records) read(record);
    } catch (error) {
      refused ??= error;
      throw error;
    }
  }).catch((error: unknown) => {
    const cause = refused ?? error;
    if (cause instanceof ProfileError) throw cause;
    throw new ProfileError(`${path}: ${reasonOf(cause)}`, { cause });
  });
  if (rows === 0) throw new ProfileError(`${path}: expected a header and rows, got no rows`);
  const labels = labelsOf(counters.find(({ name }) => name === target));
  return { rows, delimiter, columns: counters.map((counter) => counter.toProfile(labels)) };
}

function reasonOf(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'there is no such file';
  return error instanceof Error ? error.message : 'the file cannot be read';
}

function expectHeader(path: string, header: readonly string[], target: string): void {
  const names = header.map((name) => name.trim());
  if (!names.includes(target))
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
  private min = Infinity;
  private max = -Infinity;
  private whole = true;
  private readonly missingTexts = new Set<string>();
  private distinct: Map<string, number> | null = new Map();
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
    if (Number.isNaN(value)) this.dates += DATE.test(text) ? 1 : 0;
    else this.addNumber(value);
    this.sample(value, text);
    this.countText(text);
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
    if (this.distinct === null) return;
    this.distinct.set(text, (this.distinct.get(text) ?? 0) + 1);
    if (this.distinct.size > DISTINCT_KEPT) this.distinct = null;
  }

  toProfile(labels: Uint8Array | null): ColumnProfile {
    const { name, rows, missing, numbers, dates, min, max, whole, distinct } = this;
    return {
      name,
      rows,
      missing,
      missingTexts: [...this.missingTexts],
      numbers,
      dates,
      min,
      max,
      whole: numbers > 0 && whole,
      distinct: distinct === null ? null : new Map([...distinct].toSorted(([, a], [, b]) => b - a)),
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
