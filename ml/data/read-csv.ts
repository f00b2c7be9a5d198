// A CSV file (RFC 4180, UTF-8) as a stream of records.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { CheckUtf8, EncodingError } from './check-utf8.ts';
import { fileError, TableError, type TableFile, type TableSink } from './table.ts';

/** Mixed ones too: files are glued together from several. */
const LINE_ENDS = ['\r\n', '\n', '\r'];
const NEWLINE = 0x0a;
/** More room than the first lines promise, since later ones may be shorter. */
const ROOM = 1.1;

/** Returns the sha256 of the file, hex. Throws TableError, and what the sink throws. */
export async function readCsv({ path, delimiter }: TableFile, sink: TableSink): Promise<string> {
  const hash = createHash('sha256');
  const { size } = await stat(path);
  let read = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      if (read === 0) sink.expectRows?.(rowsExpected(chunk, size));
      read += chunk.length;
      sink.progress?.(read / size);
      done(null, chunk);
    },
  });
  const parser = parse({
    bom: true,
    delimiter,
    relax_column_count: true,
    record_delimiter: LINE_ENDS,
    // The parser is ahead of the loop below: what it cannot read is told when the loop has come to the place.
    skip_records_with_error: true,
    on_skip: (error) => {
      lines.breakAt(error);
    },
  });
  const lines = new LineCounter(sink);
  // What the loop throws ends the stream, which may then reject with an abort instead.
  let refused: unknown = null;
  const consume = async (records: AsyncIterable<string[]>): Promise<void> => {
    try {
      for await (const record of records) lines.read(record);
      lines.end();
    } catch (error) {
      refused ??= error;
      throw error;
    }
  };
  try {
    await pipeline(createReadStream(path), new CheckUtf8(), tap, parser, consume);
  } catch (error) {
    throw toTableError(refused ?? error, lines.line);
  }
  return hash.digest('hex');
}

function rowsExpected(chunk: Buffer, size: number): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
  return Math.ceil((size / chunk.length) * lines * ROOM);
}

/** Tells records with the line that each begins on; empty lines are none. */
class LineCounter {
  line = 1;
  private headed = false;
  private records = 0;
  private broken: CsvError | null = null;

  constructor(private readonly sink: TableSink) {}

  /** The first record that the parser cannot read. */
  breakAt(error: CsvError | undefined): void {
    this.broken ??= error ?? null;
  }

  /** Throws the CsvError of the file's end. */
  end(): void {
    if (this.broken !== null) throw this.broken;
  }

  read(record: readonly string[]): void {
    if (this.broken?.['records'] === this.records) throw this.broken;
    this.records += 1;
    const { line } = this;
    if (record.length > 1 || record[0] !== '') {
      if (this.headed) this.sink.record(record, line);
      else
        this.sink.header(
          record.map((name) => name.trim()),
          line,
        );
      this.headed = true;
    }
    this.line += linesOf(record);
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

function toTableError(error: unknown, line: number): unknown {
  if (error instanceof EncodingError) return new TableError(error.line, error.message);
  if (error instanceof CsvError) return new TableError(line, csvMessage(error));
  return fileError(error);
}

function csvMessage({ code }: CsvError): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'expected a closing quote before the end of the file';
  if (code.includes('QUOTE'))
    return 'expected a field that is either quoted as a whole or without quotes';
  return 'expected a CSV record';
}
