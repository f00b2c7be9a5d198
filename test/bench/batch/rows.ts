// Rows to score: each value is one that some row of the default data has in that column, so that nothing is out of range and no row repeats.
import { readFileSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { Random } from '../../../src/statistics/random.ts';

export interface BenchRows {
  readonly names: readonly string[];
  /** As they are written in the data, [rows][features]. */
  readonly cells: readonly (readonly string[])[];
}

/** The same for the same seed. `features` names the columns that the model takes. */
export function benchRows(features: readonly string[], count: number, seed = 1): BenchRows {
  const [header = '', ...lines] = readFileSync('data/wdbc.csv', 'utf8').trimEnd().split('\n');
  const columns = header.trimEnd().split(',');
  const places = features.map((name) => columns.indexOf(name));
  if (places.includes(-1)) throw new Error('data/wdbc.csv lacks a feature of the model');
  const known = lines.map((line) => line.trimEnd().split(','));
  const random = Random.of(seed);
  const cells = Array.from({ length: count }, () =>
    places.map((place) => known[random.next() % known.length]?.[place] ?? ''),
  );
  return { names: features, cells };
}

export type PayloadFormat = 'json' | 'ndjson' | 'csv' | 'parquet';

export const MEDIA_TYPES: Readonly<Record<PayloadFormat, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
};

export function payloadOf(format: PayloadFormat, rows: BenchRows): Buffer {
  switch (format) {
    case 'json':
      return Buffer.from(`[${objectsOf(rows).join(',')}]`);
    case 'ndjson':
      return Buffer.from(`${objectsOf(rows).join('\n')}\n`);
    case 'csv':
      return Buffer.from(`${[rows.names, ...rows.cells].map((row) => row.join(',')).join('\n')}\n`);
    case 'parquet':
      return Buffer.from(
        parquetWriteBuffer({
          columnData: rows.names.map((name, i) => ({
            name,
            data: Float64Array.from(rows.cells, (row) => Number(row[i])),
            type: 'DOUBLE' as const,
          })),
        }),
      );
  }
}

const objectsOf = ({ names, cells }: BenchRows): string[] =>
  cells.map((row) => `{${row.map((cell, i) => `${JSON.stringify(names[i])}:${cell}`).join(',')}}`);

/** One tensor of the Open Inference Protocol, flat. */
export const tensorOf = ({ names, cells }: BenchRows): Buffer =>
  Buffer.from(
    `{"inputs":[{"name":"features","datatype":"FP32","shape":[${cells.length},${names.length}],"data":[${cells
      .map((row) => row.join(','))
      .join(',')}]}]}`,
  );
