// The thread that makes rows Parquet: a row group takes 100 to 300 ms to encode, for which no prediction is to wait. Row groups leave
// as they fill, the footer at the end, so that a file of any length is written in the same memory.
import { parentPort, workerData } from 'node:worker_threads';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type {
  ParquetCell,
  ParquetCells,
  ParquetKind,
  ParquetRows,
  ParquetTable,
} from './parquet-encoder.ts';

const GROUP_ROWS = 10_000;
/** What is encoded while the rows after it are still made is not waited for at the end. */
const FIRST_GROUPS = 5;
/** Of the rows' text: those of a thousand features fill a group before there are GROUP_ROWS of them. */
const GROUP_CHARACTERS = 33_554_432;

export interface ParquetThreadOptions {
  readonly createdBy: string;
}

/** A file begins; some of its rows; null: the file ends. Answered with what there is to write by then, perhaps nothing. */
export type ParquetOrder = { readonly table: ParquetTable } | { readonly rows: ParquetRows } | null;

const { createdBy } = workerData as ParquetThreadOptions;

const schemaOf = ({ name, columns }: ParquetTable): SchemaElement[] => [
  { name, num_children: columns.length },
  ...columns.map(({ name, kind, nullable }) => ({
    name,
    repetition_type: nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const),
    ...typeOf(kind),
  })),
];

/** A writer whose bytes leave from time to time; offsets in the file go on counting. */
class DrainedWriter extends ByteWriter {
  /** What was written since the last time. */
  drain(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.getBuffer());
    this.index = 0;
    return bytes;
  }
}

class ParquetFile {
  private readonly writer = new DrainedWriter();
  private readonly file: ParquetWriter;
  private readonly table: ParquetTable;
  private group: ParquetRows[] = [];
  private rows = 0;
  private characters = 0;
  private groups = 0;

  constructor(table: ParquetTable) {
    this.table = table;
    this.file = new ParquetWriter({ writer: this.writer, schema: schemaOf(table), createdBy });
  }

  add(rows: ParquetRows): void {
    this.group.push(rows);
    this.rows += rows.count;
    for (const cells of rows.columns)
      if (Array.isArray(cells)) this.characters += charactersOf(cells as readonly ParquetCell[]);
    const { firstGroupRows = GROUP_ROWS } = this.table;
    const full = this.rows >= (this.groups < FIRST_GROUPS ? firstGroupRows : GROUP_ROWS);
    if (full || this.characters >= GROUP_CHARACTERS) this.writeGroup();
  }

  finish(): void {
    if (this.rows > 0) this.writeGroup();
    void this.file.finish();
  }

  /** What was written since the last time. */
  drain(): Uint8Array<ArrayBuffer> {
    return this.writer.drain();
  }

  private writeGroup(): void {
    const columnData = this.table.columns.map(({ name, kind }, column) => ({
      name,
      data: gather(this.group, column, kind),
      // The smallest and the largest of them, as JSON text, tell a reader nothing.
      statistics: kind !== 'json',
    }));
    void this.file.write({ columnData, rowGroupSize: this.rows });
    this.group = [];
    this.rows = 0;
    this.characters = 0;
    this.groups += 1;
  }
}

/** The cells of one column. */
function gather(group: readonly ParquetRows[], column: number, kind: ParquetKind) {
  const isWhole = kind === 'instant' || kind === 'integer';
  const data: (ParquetCell | bigint)[] = [];
  for (const { count, columns } of group) {
    const cells = columns[column] ?? null;
    for (let row = 0; row < count; row += 1) {
      const cell = cellAt(cells, row);
      data.push(isWhole && cell !== null ? BigInt(cell) : cell);
    }
  }
  return data;
}

function cellAt(cells: ParquetCells, row: number): ParquetCell {
  if (cells === null) return null;
  if ('chosen' in cells) return cells.texts[cells.chosen[row] ?? 0] ?? null;
  return cells[row] ?? null;
}

const charactersOf = (cells: readonly ParquetCell[]): number =>
  cells.reduce<number>((sum, cell) => (typeof cell === 'string' ? sum + cell.length : sum), 0);

function typeOf(kind: ParquetKind): Omit<SchemaElement, 'name'> {
  switch (kind) {
    case 'text':
    case 'json':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } };
    case 'instant':
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    case 'integer':
      return { type: 'INT64' };
    case 'number':
      return { type: 'DOUBLE' };
    case 'float':
      return { type: 'FLOAT' };
  }
}

let file: ParquetFile | null = null;

function work(order: ParquetOrder): Uint8Array<ArrayBuffer> {
  if (order !== null && 'table' in order) {
    file = new ParquetFile(order.table);
    // Its first bytes leave with its first rows.
    return new Uint8Array(0);
  }
  if (file === null) throw new Error('rows of no file');
  if (order === null) file.finish();
  else file.add(order.rows);
  const bytes = file.drain();
  if (order === null) file = null;
  return bytes;
}

parentPort?.on('message', (order: ParquetOrder) => {
  const bytes = work(order);
  parentPort?.postMessage(bytes, [bytes.buffer]);
});
