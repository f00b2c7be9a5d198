// The rows that a model got most wrong, for people to look at.
import { logLoss } from './metrics.ts';
import { checkScores } from './scores.ts';

export interface WorstError {
  /** Its number among the rows, counted from 0. */
  readonly row: number;
  readonly y: 0 | 1;
  /** P(positive). */
  readonly p: number;
  /** -log P(its class), by logLoss. */
  readonly log_loss: number;
}

export interface WorstErrors {
  /** Positive rows of the smallest scores. */
  readonly positives: readonly WorstError[];
  /** Negative rows of the largest scores. */
  readonly negatives: readonly WorstError[];
}

/**
 * The `k` rows of largest log loss of each class, the worst first, of equals the first row; right ones too where a class has few rows.
 * `y` [N] 0 or 1, `p` [N] P(positive). Throws MetricError for rows that do not belong together.
 */
export function worstErrors(y: Uint8Array, p: Float64Array, k: number): WorstErrors {
  checkScores(y, p, null);
  return { positives: worstOf(1, y, p, k), negatives: worstOf(0, y, p, k) };
}

function worstOf(label: 0 | 1, y: Uint8Array, p: Float64Array, k: number): readonly WorstError[] {
  // log loss rises as the probability of the row's class falls.
  const sign = label === 1 ? 1 : -1;
  return [...y.keys()]
    .filter((row) => y[row] === label)
    .sort((a, b) => sign * ((p[a] as number) - (p[b] as number)) || a - b)
    .slice(0, k)
    .map((row) => ({
      row,
      y: label,
      p: p[row] as number,
      log_loss: logLoss(Uint8Array.of(label), p.subarray(row, row + 1)),
    }));
}
