// A CSV file (RFC 4180, UTF-8) -> checked float32 rows and labels. Reads as a stream, names every problem, returns nothing half-read.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { CheckUtf8, EncodingError } from './check-utf8.ts';
import { DataProblems } from './data-error.ts';
import { parseCell, parseWeight } from './parse-cell.ts';
import { RowStore } from './row-store.ts';

export interface CsvSource {
  readonly path: string;
  readonly delimiter: string;
  /** Texts that stand for a missing value, as an empty field does; absent: none. */
  readonly missing?: readonly string[];
  readonly target: { readonly column: string; readonly positive: string };
  readonly features: readonly FeatureSpec[];
  /** The column that says how much each row counts in training; null or absent: all rows count alike. */
  readonly weights?: { readonly column: string } | null;
}

/** A checked data set. Row i of `x` is the encoding of data row i: NaN where missing, the code of a category. */
export interface Dataset {
  readonly features: readonly FeatureSpec[];
  readonly rows: number;
  /** Row-major float32 [rows, features]. */
  readonly x: Float32Array;
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  /** Finite, >= 0, not all 0, [rows]; null where no column was named. */
  readonly weights: Float64Array | null;
  /** sha256 of the file, hex. */
  readonly digest: string;
  /** Columns of the file that are neither a feature nor the target nor weights. */
  readonly ignoredColumns: readonly string[];
}

/** Mixed ones too: files are glued together from several. */
export const LINE_ENDS = ['\r\n', '\n', '\r'];

/** Throws DataError, which names up to 20 problems and counts them all. */
export async function loadCsv(source: CsvSource): Promise<Dataset> {
  const reader = new CsvReader(source);
  const hash = createHash('sha256');
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const records = parse({
    bom: true,
    delimiter: source.delimiter,
    relax_column_count: true,
    record_delimiter: LINE_ENDS,
  });
  try {
    await pipeline(
      createReadStream(source.path),
      new CheckUtf8(),
      tap,
      records,
      async (rows: AsyncIterable<string[]>) => {
        for await (const record of rows) reader.read(record);
      },
    );
  } catch (error) {
    reader.stop(error);
  }
  return reader.finish(hash.digest('hex'));
}

interface Layout {
  readonly width: number;
  /** Where each feature stands in a record, in the order of the declaration. */
  readonly features: readonly number[];
  readonly target: number;
  /** -1 where rows are not weighted. */
  readonly weights: number;
  readonly ignored: readonly string[];
}

class CsvReader {
  private readonly problems = new DataProblems();
  private readonly store: RowStore;
  private layout: Layout | null = null;
  private negative: string | null = null;
  private line = 1;
  private rows = 0;
  private headerRefused = false;
  private readonly missing: ReadonlySet<string>;
  private readonly weightColumn: string | null;
  private weighs = false;

  constructor(private readonly source: CsvSource) {
    this.missing = new Set(source.missing);
    this.weightColumn = source.weights?.column ?? null;
    this.store = new RowStore(source.features.length, this.weightColumn !== null);
  }

  read(record: readonly string[]): void {
    const line = this.line;
    this.line += linesOf(record);
    if (record.length === 1 && record[0] === '') return;
    if (this.layout === null) {
      this.layout = this.readHeader(record, line);
      return;
    }
    this.rows++;
    if (record.length !== this.layout.width) {
      const message = `expected ${this.layout.width} fields as in the header, got ${record.length}`;
      this.problems.add(line, null, message);
      return;
    }
    this.readRow(record, line, this.layout);
  }

  /** The stream broke off: a file that cannot be opened, a quote that is never closed, a broken header. */
  stop(error: unknown): void {
    if (this.headerRefused) return;
    if (error instanceof EncodingError) this.problems.add(error.line, null, error.message);
    else if (error instanceof CsvError) this.problems.add(this.line, null, csvMessage(error));
    else
      this.problems.add(
        1,
        null,
        isMissingFile(error) ? 'there is no such file' : 'the file cannot be read',
      );
  }

  finish(digest: string): Dataset {
    if (!this.problems.any) this.checkWhole();
    if (this.problems.any || this.layout === null)
      throw this.problems.toError(this.source.path, this.rows);
    return Object.freeze({
      features: this.source.features,
      rows: this.rows,
      ...this.store.take(),
      digest,
      ignoredColumns: this.layout.ignored,
    });
  }

  private readHeader(header: readonly string[], line: number): Layout {
    const { features, target } = this.source;
    const wanted = [...features.map(({ name }) => name), target.column];
    if (this.weightColumn !== null) wanted.push(this.weightColumn);
    for (const name of new Set(header.filter((each, i) => header.indexOf(each) !== i))) {
      this.problems.add(line, name, 'this name appears twice in the header');
    }
    for (const name of wanted.filter((each) => !header.includes(each))) {
      this.problems.add(line, name, `missing from the header, which has ${header.length} columns`);
    }
    if (this.problems.any) {
      this.headerRefused = true;
      throw new Error('a header that cannot be used ends the stream');
    }
    return {
      width: header.length,
      features: features.map(({ name }) => header.indexOf(name)),
      target: header.indexOf(target.column),
      weights: this.weightColumn === null ? -1 : header.indexOf(this.weightColumn),
      ignored: header.filter((name) => !wanted.includes(name)),
    };
  }

  private readRow(record: readonly string[], line: number, layout: Layout): void {
    const label = this.readTarget(record[layout.target] ?? '', line);
    const cells = this.store.next(label, this.readWeight(record, line, layout));
    this.source.features.forEach((feature, i) => {
      const cell = parseCell(feature, this.textOf(record[layout.features[i] ?? 0]));
      if (typeof cell === 'number') cells[i] = cell;
      else this.problems.add(line, feature.name, cell.message);
    });
  }

  /** A text that stands for a missing value is read as an empty field. */
  private textOf(field = ''): string {
    return this.missing.size > 0 && this.missing.has(field.trim()) ? '' : field;
  }

  private readWeight(record: readonly string[], line: number, { weights }: Layout): number {
    if (weights < 0) return 1;
    const weight = parseWeight(record[weights] ?? '');
    if (typeof weight === 'number') {
      this.weighs ||= weight > 0;
      return weight;
    }
    this.problems.add(line, this.weightColumn, weight.message);
    return 0;
  }

  private readTarget(cell: string, line: number): 0 | 1 {
    const { column, positive } = this.source.target;
    const text = this.textOf(cell).trim();
    if (text === positive) return 1;
    if (text === '')
      this.problems.add(line, column, 'expected one of the two classes, got nothing');
    else if (this.negative === null) this.negative = text;
    else if (text !== this.negative) {
      this.problems.add(line, column, 'expected one of the two classes, got a third value');
    }
    return 0;
  }

  private checkWhole(): void {
    const { column } = this.source.target;
    if (this.layout === null)
      this.problems.add(1, null, 'expected a header and rows, got an empty file');
    else if (this.rows === 0)
      this.problems.add(1, null, 'expected rows after the header, got none');
    else {
      const positives = this.store.positives;
      if (positives === 0)
        this.problems.add(this.line - 1, column, 'expected both classes, got no positive row');
      if (positives === this.rows) {
        this.problems.add(this.line - 1, column, 'expected both classes, got only positive rows');
      }
      if (this.weightColumn !== null && !this.weighs) {
        const message = 'expected a weight above 0 in at least one row, got 0 in every row';
        this.problems.add(this.line - 1, this.weightColumn, message);
      }
    }
  }
}

/** A record takes one line and one more for each line break inside its quoted fields. csv-parse counts a quoted CRLF twice. */
function linesOf(record: readonly string[]): number {
  let lines = 1;
  for (const field of record) {
    if (field.includes('\n') || field.includes('\r')) lines += field.split(/\r\n|\n|\r/).length - 1;
  }
  return lines;
}

function csvMessage(error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return 'expected a closing quote before the end of the file';
  if (error.code.includes('QUOTE'))
    return 'expected a field that is either quoted as a whole or without quotes';
  return 'expected a CSV record';
}

const isMissingFile = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'ENOENT';
