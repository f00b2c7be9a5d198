// What may be set of the logistic regression; names as in scikit-learn.
import { z } from 'zod';

export const logisticRegressionParams = z
  .strictObject({
    /** Inverse strength of the L2 penalty: the objective is the sum of log losses + ||w||^2 / (2 C). */
    C: z.number().positive().default(1),
  })
  .readonly();

export type LogisticRegressionParams = z.output<typeof logisticRegressionParams>;
