// Rows of an upload once the model has answered them.
import type { RefusedRow, RowBlock } from './row-block.ts';

/** What the classes are called. */
export interface ClassLabels {
  readonly positive: string;
  readonly negative: string;
}

/** Its cells have gone to the thread that scores, and do not come back. */
export interface ScoredBlock extends Omit<RowBlock, 'cells'> {
  readonly labels: ClassLabels;
  /** P(positive) of each row, [count]; of refused rows it means nothing. */
  readonly probability: Float32Array;
  /** 1 where the probability reaches the model's threshold, [count]. */
  readonly positive: Uint8Array;
  /** Those of the reader, and those for which the model has no probability. */
  readonly refused: readonly RefusedRow[];
  /** Under which each row is in the prediction log, [count]; null where rows are not stored. Those of refused rows name nothing. */
  readonly ids: readonly string[] | null;
  /** Why each row got its answer, as JSON, [count]; null where nobody asked. Those of refused rows say nothing. */
  readonly explanations: readonly string[] | null;
  /** What finding that took; 0 where nobody asked. */
  readonly explainMs: number;
  /** What the run of the model took. */
  readonly inferMs: number;
}
