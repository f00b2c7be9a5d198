// An explanation as it is answered and stored: what each raw feature moved the margin by, and what spoke for an adverse answer.
import { AppError } from '../../common/errors.ts';
import type { ExplanationMethod } from '../../explanation/additive-model.ts';
import { reasonsOf, type Reason } from '../../explanation/reasons.ts';
import type { ExplainedRows } from '../../model/model-explainer.ts';

export interface Explanation {
  readonly method: ExplanationMethod;
  readonly background: string;
  readonly background_rows: number;
  readonly space: string;
  readonly calibration: string;
  readonly base_value: number;
  readonly output: number;
  /** By the name of the feature. */
  readonly contributions: Readonly<Record<string, number>>;
  readonly reasons: readonly Reason[];
}

/** What was said of one row, and how long it took to find. */
export interface TimedExplanation {
  readonly explanation: Explanation;
  readonly explainMs: number;
}

/** Of row `at`, whose answer is the positive label or the negative one. Throws MODEL_ERROR where its figures are not finite. */
export function explanationOf(
  { model, width, names, rule, method, base, output, values }: ExplainedRows,
  at: number,
  positive: boolean,
): Explanation {
  const row = values.subarray(at * width, (at + 1) * width);
  const margin = output[at] ?? Number.NaN;
  if (!Number.isFinite(margin) || !row.every(Number.isFinite))
    throw new AppError('MODEL_ERROR', 'The model gave no finite contributions for this row.');
  const isAdverse = positive === (rule.adverse === 'positive');
  return {
    method,
    background: model.background.name,
    background_rows: model.background.rows,
    space: model.space,
    calibration: model.calibration,
    base_value: base,
    output: margin,
    contributions: Object.fromEntries(names.map((name, i) => [name, row[i] ?? 0])),
    reasons: isAdverse ? reasonsOf(row, rule) : [],
  };
}
