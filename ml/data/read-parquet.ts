// An Apache Parquet file, one row group after another: a file larger than memory is read in the space of its largest group.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { TableError, type TableFile, type TableSink } from './table.ts';

const MAGIC = 'PAR1';

/** Whether the file says of itself that it is Parquet, whatever its name. */
export async function isParquet(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
      return buffer.toString('latin1') === MAGIC;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

/** Returns the sha256 of the file, hex. Throws TableError, and what the sink throws. Lines are record numbers, counted from 1. */
export async function readParquet({ path }: TableFile, sink: TableSink): Promise<string> {
  const file = await asyncBufferFromFile(path);
  const metadata = await readable(0, parquetMetadataAsync(file));
  const names = flatColumns(metadata);
  const wanted = sink.header(names, 1);
  const rows = Number(metadata.num_rows);
  sink.expectRows?.(rows);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    await readGroup({ file, metadata, names, wanted, start, end }, sink);
    start = end;
    sink.progress?.(start / rows);
  }
  return digestOf(path);
}

interface RowGroup {
  readonly file: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly names: readonly string[];
  readonly wanted: ReadonlySet<string>;
  /** Row numbers of the file, the end exclusive. */
  readonly start: number;
  readonly end: number;
}

/** Columns of a group are decoded whole and told row by row; each is kept as it was decoded, one array a page. */
async function readGroup(group: RowGroup, sink: TableSink): Promise<void> {
  const { file, metadata, names, wanted, start, end } = group;
  const columns = names.map(() => [] as ArrayLike<unknown>[]);
  const read = parquetRead({
    file,
    metadata,
    compressors,
    columns: names.filter((name) => wanted.has(name)),
    rowStart: start,
    rowEnd: end,
    onChunk: ({ columnName, columnData }) => columns[names.indexOf(columnName)]?.push(columnData),
  });
  await readable(start + 1, read);
  const cursors = columns.map((pages) => new PageCursor(pages));
  for (let row = start; row < end; row++) {
    const cells = cursors.map((cursor) => cursor.next());
    sink.record(cells, row + 1);
  }
}

class PageCursor {
  private page = 0;
  private at = 0;
  constructor(private readonly pages: readonly ArrayLike<unknown>[]) {}

  /** The next value as text; empty past the end, as for a column that was not read. */
  next(): string {
    const values = this.pages[this.page];
    if (values === undefined) return '';
    if (this.at < values.length) return textOf(values[this.at++]);
    this.page += 1;
    this.at = 0;
    return this.next();
  }
}

/** A value as a CSV file would have it. A float that is not a number is a missing value, as data frames write it. */
function textOf(value: unknown): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : `${value as number}`;
}

function flatColumns(metadata: FileMetaData): readonly string[] {
  return parquetSchema(metadata).children.map(
    ({ element: { name, repetition_type }, children }) => {
      if (children.length === 0 && repetition_type !== 'REPEATED') return name;
      throw new TableError(1, `expected one value a row in column "${name}", got lists or records`);
    },
  );
}

/** The reader fails with errors of its own for a file that is cut short, damaged or written in an unknown codec. */
async function readable<T>(line: number, read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (cause) {
    const message =
      'expected a whole Parquet file, got one that is cut short, damaged or encoded in an unknown way';
    throw new TableError(Math.max(line, 1), message, { cause });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
