// The formats of an export: what each is called on the wire and on disk, and what writes it.
import { toCsv } from './csv.ts';
import { toJsonl } from './jsonl.ts';
import type { LogPages } from './log-pages.ts';
import { toParquet } from './parquet.ts';

export const EXPORT_FORMATS = ['jsonl', 'csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const DEFAULT_FORMAT: ExportFormat = 'jsonl';

interface FormatWriter {
  readonly mediaType: string;
  readonly write: (pages: LogPages) => AsyncIterable<string | Uint8Array>;
}

export const FORMAT_WRITERS: Readonly<Record<ExportFormat, FormatWriter>> = {
  jsonl: { mediaType: 'application/x-ndjson', write: toJsonl },
  csv: { mediaType: 'text/csv; charset=utf-8; header=present', write: toCsv },
  parquet: { mediaType: 'application/vnd.apache.parquet', write: toParquet },
};
