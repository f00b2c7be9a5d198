// What a chosen file is, and how it is sent: in one request, or as a job in the background.
export const UPLOAD_FORMATS = ['csv', 'ndjson', 'json', 'parquet'] as const;
export type UploadFormat = (typeof UPLOAD_FORMATS)[number];

export const MEDIA_TYPES: Readonly<Record<UploadFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  parquet: 'application/vnd.apache.parquet',
};

/** For the file dialog. */
export const ACCEPTED_FILES = '.csv,.ndjson,.jsonl,.json,.parquet';

const ENDINGS: Readonly<Record<string, UploadFormat>> = {
  csv: 'csv',
  tsv: 'csv',
  txt: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'json',
  parquet: 'parquet',
};

/** By the name's ending; undefined for what the API does not take. */
export const formatOfName = (name: string): UploadFormat | undefined =>
  ENDINGS[name.slice(name.lastIndexOf('.') + 1).toLowerCase()];

/**
 * A browser sends the whole upload before it reads any of the answer, and the server reads no further than its answer is read: an upload that does
 * not fit what lies between the two would wait for ever. Parquet the server reads whole before it answers.
 */
const REQUEST_BYTES: Readonly<Record<UploadFormat, number>> = {
  csv: 256 * 1024,
  ndjson: 256 * 1024,
  json: 256 * 1024,
  parquet: 20 * 1024 ** 2,
};

export const fitsOneRequest = (format: UploadFormat, bytes: number): boolean =>
  bytes <= REQUEST_BYTES[format];
