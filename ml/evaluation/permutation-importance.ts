// How much worse a model gets when one raw feature is shuffled: permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019).
import type { Random } from '../../src/statistics/random.ts';
import { meanAndSd, type MeanAndSd } from '../../src/statistics/summary.ts';
import { matrixOf, type Float32Matrix } from '../numeric/matrix.ts';
import { logLoss, rocAuc } from './metrics.ts';
import type { Predict } from './scores.ts';

export interface PermutationImportance {
  readonly feature: string;
  /** By how much the log loss rises. */
  readonly log_loss: MeanAndSd;
  /** By how much the ROC AUC falls. */
  readonly roc_auc: MeanAndSd;
}

export interface MeasuredRows {
  /** Names of the raw features, [F]. */
  readonly features: readonly string[];
  /** Raw rows, float32 [N, F]. */
  readonly x: Float32Matrix;
  /** 0 or 1, both present, [N]. */
  readonly y: Uint8Array;
}

/**
 * As scikit-learn's permutation_importance: mean and spread over `repeats` shuffles of each column, in the order of the features. Shuffle r
 * of column j draws from random.stream(j).stream(r) alone, so one more feature or repeat changes no other. Costs F * repeats predictions
 * of N rows and one copy of them. Throws MetricError where there is one class only.
 */
export function permutationImportance(
  predict: Predict,
  { features, x, y }: MeasuredRows,
  repeats: number,
  random: Random,
): readonly PermutationImportance[] {
  const p = predict(x);
  const [loss, auc] = [logLoss(y, p), rocAuc(y, p)];
  const shuffled = matrixOf(x.data.slice(), x.columns);
  return features.map((feature, column) => {
    const scores = Array.from({ length: repeats }, (_, repeat) => {
      shuffleColumn(x, column, random.stream(column).stream(repeat), shuffled);
      const q = predict(shuffled);
      return { loss: logLoss(y, q) - loss, auc: auc - rocAuc(y, q) };
    });
    copyColumn(x, column, shuffled);
    return {
      feature,
      log_loss: meanAndSd(scores.map((score) => score.loss)),
      roc_auc: meanAndSd(scores.map((score) => score.auc)),
    };
  });
}

function shuffleColumn(
  { data, rows, columns }: Float32Matrix,
  column: number,
  random: Random,
  out: Float32Matrix,
): void {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  random.shuffle(order);
  order.forEach((from, row) => {
    out.data[row * columns + column] = data[from * columns + column] as number;
  });
}

function copyColumn(
  { data, rows, columns }: Float32Matrix,
  column: number,
  out: Float32Matrix,
): void {
  for (let at = column; at < rows * columns; at += columns) out.data[at] = data[at] as number;
}
