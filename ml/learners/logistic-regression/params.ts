// What may be set of the logistic regression; names as in scikit-learn.
import { z } from 'zod';
import { classWeightSchema } from '../class-weights.ts';

export const logisticRegressionParams = z
  .strictObject({
    /** Inverse strength of the penalty: the objective is the weighted sum of log losses + penalty / C. */
    C: z.number().positive().default(1),
    /** l2: |w|^2 / 2. l1: |w|_1. elasticnet: their mixture by l1_ratio. none: no penalty, and C plays no part. The intercept is free. */
    penalty: z.enum(['l2', 'l1', 'elasticnet', 'none']).default('l2'),
    /** The share of l1 in elasticnet; the other penalties do not look at it. */
    l1_ratio: z.number().min(0).max(1).default(0.5),
    class_weight: classWeightSchema,
    /** Newton steps at most. */
    max_iter: z.int().min(1).max(100_000).default(100),
    /** The fit ends where the next step would change no coefficient by more than tol times the largest (or 1). */
    tol: z.number().positive().default(1e-9),
  })
  .readonly();

export type LogisticRegressionParams = z.output<typeof logisticRegressionParams>;

/** How much each kind of penalty weighs: l1 |w|_1 + l2 |w|^2 / 2. */
export interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

export function penaltyOf({
  C,
  penalty,
  l1_ratio,
}: Pick<LogisticRegressionParams, 'C' | 'penalty' | 'l1_ratio'>): Penalty {
  switch (penalty) {
    case 'l2':
      return { l1: 0, l2: 1 / C };
    case 'l1':
      return { l1: 1 / C, l2: 0 };
    case 'elasticnet':
      return { l1: l1_ratio / C, l2: (1 - l1_ratio) / C };
    case 'none':
      return { l1: 0, l2: 0 };
  }
}
