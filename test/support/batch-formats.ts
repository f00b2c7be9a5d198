// Rows in each of the formats of batches, written and read with the libraries that others would take.
import { parse } from 'csv-parse/sync';
import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { RawRow, RawValue } from '../../src/features/feature-spec.ts';
import type { BatchFormat } from '../../src/prediction/batch/batch-format.ts';

export const MEDIA_TYPE: Readonly<Record<BatchFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
};

/** What a result says of a row, whatever the format that says it. */
export interface Result {
  readonly index: number;
  readonly id?: string;
  readonly label?: string;
  readonly probability?: number;
  readonly warnings?: readonly object[];
  readonly explanation?: object;
  readonly line?: number;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

/** The rows as an upload; all have the members of the first. */
export function writeRows(format: BatchFormat, rows: readonly RawRow[]): Buffer<ArrayBuffer> {
  switch (format) {
    case 'json':
      return Buffer.from(JSON.stringify(rows));
    case 'ndjson':
      return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    case 'csv':
      return Buffer.from(toCsv(rows));
    case 'parquet':
      return Buffer.from(parquetWriteBuffer({ columnData: columnsOf(rows) }));
  }
}

const namesOf = (rows: readonly RawRow[]): string[] => Object.keys(rows[0] ?? {});

function toCsv(rows: readonly RawRow[]): string {
  const names = namesOf(rows);
  const lines = rows.map((row) => names.map((name) => fieldOf(row[name] ?? null)).join(','));
  return [names.join(','), ...lines, ''].join('\n');
}

const fieldOf = (value: RawValue): string => (value === null ? '' : String(value));

const columnsOf = (rows: readonly RawRow[]) =>
  namesOf(rows).map((name) => ({
    name,
    data: rows.map((row) => row[name] ?? null),
    type: rows.some((row) => typeof row[name] === 'string')
      ? ('STRING' as const)
      : ('DOUBLE' as const),
  }));

/** The results in an answer, without the members that a table leaves empty. */
export async function readResults(format: BatchFormat, bytes: Buffer): Promise<readonly Result[]> {
  switch (format) {
    case 'json':
      return JSON.parse(bytes.toString()) as Result[];
    case 'ndjson':
      return bytes
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Result);
    case 'csv':
      return parse<Record<string, unknown>>(bytes, { columns: true }).map(fromCells);
    case 'parquet':
      return (await parquetReadObjects({ file: new Uint8Array(bytes).buffer })).map(fromCells);
  }
}

const NUMBERS: ReadonlySet<string> = new Set(['index', 'probability', 'line']);
const JSON_TEXTS: ReadonlySet<string> = new Set(['warnings', 'explanation', 'errors']);

function fromCells(cells: Record<string, unknown>): Result {
  const present = Object.entries(cells).filter(([, cell]) => cell !== '' && cell !== null);
  return Object.fromEntries(
    present.map(([name, cell]) => {
      if (NUMBERS.has(name)) return [name, Number(cell)];
      return [name, JSON_TEXTS.has(name) ? (JSON.parse(String(cell)) as unknown) : cell];
    }),
  ) as unknown as Result;
}
