// The formats that rows come in and go out in.

export const BATCH_FORMATS = ['json', 'ndjson', 'csv', 'parquet'] as const;

export type BatchFormat = (typeof BATCH_FORMATS)[number];
