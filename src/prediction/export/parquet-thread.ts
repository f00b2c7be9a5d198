// The thread that makes rows Parquet: a row group takes 100 to 300 ms to encode, for which no prediction is to wait. Row groups leave
// as they fill, the footer at the end, so that a file of any length is written in the same memory.
import { parentPort, workerData } from 'node:worker_threads';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ParquetCell, ParquetColumn, ParquetKind, ParquetTable } from './parquet-encoder.ts';

const GROUP_ROWS = 10_000;
/** Of the rows' text: those of a thousand features fill a group before there are GROUP_ROWS of them. */
const GROUP_CHARACTERS = 33_554_432;

export interface ParquetThreadOptions {
  readonly createdBy: string;
}

/** A file begins; cells of whole rows, row by row; null: the file ends. Answered with what there is to write by then, perhaps nothing. */
export type ParquetOrder =
  { readonly table: ParquetTable } | { readonly cells: readonly ParquetCell[] } | null;

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
  private readonly columns: readonly ParquetColumn[];
  private group: ParquetCell[] = [];
  private characters = 0;

  constructor(table: ParquetTable) {
    this.columns = table.columns;
    this.file = new ParquetWriter({ writer: this.writer, schema: schemaOf(table), createdBy });
  }

  add(cells: readonly ParquetCell[]): void {
    for (const cell of cells) {
      this.group.push(cell);
      if (typeof cell === 'string') this.characters += cell.length;
    }
    const full =
      this.group.length >= GROUP_ROWS * this.columns.length || this.characters >= GROUP_CHARACTERS;
    if (full) this.writeGroup();
  }

  finish(): void {
    if (this.group.length > 0) this.writeGroup();
    void this.file.finish();
  }

  /** What was written since the last time. */
  drain(): Uint8Array<ArrayBuffer> {
    return this.writer.drain();
  }

  private writeGroup(): void {
    const width = this.columns.length;
    const rows = this.group.length / width;
    const columnData = this.columns.map(({ name, kind }, column) => ({
      name,
      data: Array.from({ length: rows }, (_, row) =>
        toParquetCell(kind, this.group[row * width + column] ?? null),
      ),
      // The smallest and the largest of them, as JSON text, tell a reader nothing.
      statistics: kind !== 'json',
    }));
    void this.file.write({ columnData, rowGroupSize: rows });
    this.group = [];
    this.characters = 0;
  }
}

const toParquetCell = (kind: ParquetKind, cell: ParquetCell): ParquetCell | bigint =>
  cell !== null && (kind === 'instant' || kind === 'integer') ? BigInt(cell) : cell;

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
  else file.add(order.cells);
  const bytes = file.drain();
  if (order === null) file = null;
  return bytes;
}

parentPort?.on('message', (order: ParquetOrder) => {
  const bytes = work(order);
  parentPort?.postMessage(bytes, [bytes.buffer]);
});
