// One result of a batch, as a line of the API's NDJSON, and as a record of its CSV.
import type { FieldProblem, ProblemDetails } from '../../api/problem.ts';
import type { Schemas } from '../../api/client.ts';
import { csvRecord } from './csv-text.ts';

interface ScoredRow {
  readonly index: number;
  readonly id?: string;
  readonly label: string;
  readonly probability: number;
  readonly warnings?: readonly { readonly feature: string; readonly code: string }[];
  readonly explanation?: Schemas['ExplanationResponse'];
}

interface RefusedRow {
  readonly index: number;
  readonly line?: number;
  readonly errors: readonly FieldProblem[];
}

export type BatchRow = ScoredRow | RefusedRow;

/** A line that is no row: the batch ended before its rows did. */
export interface FaultLine {
  readonly error: ProblemDetails;
}

export const isRefused = (row: BatchRow): row is RefusedRow => 'errors' in row;

/** The columns that the API answers as CSV, always all of them. */
export const CSV_HEADER = csvRecord([
  'index',
  'id',
  'label',
  'probability',
  'warnings',
  'explanation',
  'line',
  'errors',
]);

/** Byte by byte what the API answers where it is asked for CSV. */
export const csvRecordOf = (row: BatchRow): string =>
  isRefused(row)
    ? csvRecord([
        String(row.index),
        null,
        null,
        null,
        null,
        null,
        row.line === undefined ? null : String(row.line),
        JSON.stringify(row.errors),
      ])
    : csvRecord([
        String(row.index),
        row.id ?? null,
        row.label,
        String(row.probability),
        jsonOf(row.warnings),
        jsonOf(row.explanation),
        null,
        null,
      ]);

const jsonOf = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value);
