// Many rows through one loaded model: encoded one by one, scored in one run.
import { AppError } from '../common/errors.ts';
import type { FieldIssue, RangeWarning } from '../features/feature-spec.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { Rows } from './rows.ts';

/** What is wrong with one value, and in which row. */
export interface RowIssue extends FieldIssue {
  readonly row: number;
}

export interface EncodedRows {
  readonly count: number;
  /** Row-major [count, features]; they mean nothing where there are issues. */
  readonly cells: Float32Array;
  readonly warnings: readonly (readonly RangeWarning[])[];
  readonly issues: readonly RowIssue[];
  readonly encodeMs: number;
}

export interface ScoredRows {
  readonly model: LoadedModel;
  /** P(positive) of each row. */
  readonly probability: Float32Array;
  /** 1 where the label is the positive one. */
  readonly positive: Uint8Array;
  readonly warnings: EncodedRows['warnings'];
  readonly encodeMs: number;
  readonly inferMs: number;
}

/** Issues after which no further row is looked at: a thousand rows with one fault have one fault. */
export const MAX_ISSUES = 100;

const NO_WARNINGS: readonly RangeWarning[] = Object.freeze([]);

export function encodeRows({ encoder }: LoadedModel, rows: Rows): EncodedRows {
  const startedAt = performance.now();
  const { width } = encoder;
  const { numbers } = rows;
  const cells = new Float32Array(rows.count * width);
  const warnings: (readonly RangeWarning[])[] = [];
  const issues: RowIssue[] = [];
  for (let row = 0; row < rows.count && issues.length < MAX_ISSUES; row += 1) {
    const at = row * width;
    if (numbers !== undefined && encoder.encodeNumbersInto(numbers, at, cells, at)) {
      warnings.push(NO_WARNINGS);
      continue;
    }
    const report = encoder.encodeInto(rows.row(row), cells, at);
    warnings.push(report.warnings);
    for (const issue of report.issues) issues.push({ row, ...issue });
  }
  const encodeMs = performance.now() - startedAt;
  return { count: rows.count, cells, warnings, issues: issues.slice(0, MAX_ISSUES), encodeMs };
}

/** Scores rows without issues. Await nothing between asking a slot for the model and this. Throws MODEL_ERROR. */
export async function scoreRows(model: LoadedModel, rows: EncodedRows): Promise<ScoredRows> {
  const startedAt = performance.now();
  const { probability, label: positive } = await model.scorer.score(rows.cells, rows.count);
  if (!probability.every(Number.isFinite))
    throw new AppError('MODEL_ERROR', 'The model gave no finite probability for one of the rows.');
  const { warnings, encodeMs } = rows;
  const inferMs = performance.now() - startedAt;
  return { model, probability, positive, warnings, encodeMs, inferMs };
}
