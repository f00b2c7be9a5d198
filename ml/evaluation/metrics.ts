// What models are measured and selected by. `y` [N] is 1 for the positive class, `p` [N] is P(positive).
import {
  accuracy,
  averagePrecision,
  brier,
  confusionMatrix,
  f1,
  logLoss,
  precision,
  recall,
  rocAuc,
} from '../../src/statistics/classification.ts';

export {
  accuracy,
  averagePrecision,
  brier,
  confusionMatrix,
  f1,
  logLoss,
  MetricError,
  precision,
  recall,
  rocAuc,
  type ConfusionMatrix,
} from '../../src/statistics/classification.ts';

/** What a model can be selected by: needs no threshold. */
export const SCORES = Object.freeze({
  roc_auc: { of: rocAuc, greaterIsBetter: true },
  average_precision: { of: averagePrecision, greaterIsBetter: true },
  log_loss: { of: logLoss, greaterIsBetter: false },
  brier: { of: brier, greaterIsBetter: false },
} as const satisfies Record<
  string,
  { of: (y: Uint8Array, p: Float64Array) => number; greaterIsBetter: boolean }
>);
export type ScoreName = keyof typeof SCORES;

/** Everything that a model is measured by. */
export const METRIC_NAMES = [
  'accuracy',
  'precision',
  'recall',
  'f1',
  ...(Object.keys(SCORES) as ScoreName[]),
] as const;
export type Metrics = Readonly<Record<(typeof METRIC_NAMES)[number], number>>;

/** Every metric, under the names of report.json. Throws MetricError where there is one class only. */
export function evaluate(y: Uint8Array, p: Float64Array, threshold: number): Metrics {
  const matrix = confusionMatrix(y, p, threshold);
  return Object.freeze({
    accuracy: accuracy(matrix),
    precision: precision(matrix),
    recall: recall(matrix),
    f1: f1(matrix),
    roc_auc: rocAuc(y, p),
    average_precision: averagePrecision(y, p),
    log_loss: logLoss(y, p),
    brier: brier(y, p),
  });
}
