// The thread that makes an export Parquet: a row group takes 100 to 300 ms to encode, for which no prediction is to wait. Row groups leave
// as they fill, the footer at the end, so that a file of any length is written in the same memory.
import { parentPort, workerData } from 'node:worker_threads';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { EXPORT_COLUMNS, type ColumnKind, type ExportColumn } from './export-columns.ts';

const GROUP_ROWS = 10_000;
/** Of the rows' text: those of a thousand features fill a group before there are GROUP_ROWS of them. */
const GROUP_CHARACTERS = 33_554_432;

type Cell = ReturnType<ExportColumn['of']>;

export interface ParquetThreadOptions {
  readonly createdBy: string;
}

/** Cells of whole rows, row by row; null: there are no more. Answered with what there is to write by then, perhaps nothing. */
export type ParquetOrder = { readonly cells: readonly Cell[] } | null;

const WIDTH = EXPORT_COLUMNS.length;

const SCHEMA: readonly SchemaElement[] = [
  { name: 'predictions', num_children: WIDTH },
  ...EXPORT_COLUMNS.map(({ name, kind }) => ({
    name,
    // Only the caller's own reference may be missing.
    repetition_type: name === 'key' ? ('OPTIONAL' as const) : ('REQUIRED' as const),
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
  private group: Cell[] = [];
  private characters = 0;

  constructor({ createdBy }: ParquetThreadOptions) {
    this.file = new ParquetWriter({ writer: this.writer, schema: [...SCHEMA], createdBy });
  }

  add(cells: readonly Cell[]): void {
    for (const cell of cells) {
      this.group.push(cell);
      if (typeof cell === 'string') this.characters += cell.length;
    }
    const full = this.group.length >= GROUP_ROWS * WIDTH || this.characters >= GROUP_CHARACTERS;
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
    const rows = this.group.length / WIDTH;
    const columnData = EXPORT_COLUMNS.map(({ name, kind }, column) => ({
      name,
      data: Array.from({ length: rows }, (_, row) =>
        toParquetCell(kind, this.group[row * WIDTH + column] ?? null),
      ),
      // The smallest and the largest of them, as JSON text, tell a reader nothing.
      statistics: kind !== 'json',
    }));
    void this.file.write({ columnData, rowGroupSize: rows });
    this.group = [];
    this.characters = 0;
  }
}

const toParquetCell = (kind: ColumnKind, cell: Cell): Cell | bigint =>
  kind === 'instant' || kind === 'integer' ? BigInt(cell ?? 0) : cell;

function typeOf(kind: ColumnKind): Omit<SchemaElement, 'name'> {
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
  }
}

const file = new ParquetFile(workerData as ParquetThreadOptions);

parentPort?.on('message', (order: ParquetOrder) => {
  if (order === null) file.finish();
  else file.add(order.cells);
  const bytes = file.drain();
  parentPort?.postMessage(bytes, [bytes.buffer]);
});
