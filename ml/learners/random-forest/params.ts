// What may be set of the random forest; names as in scikit-learn.
import { z } from 'zod';

export const randomForestParams = z
  .strictObject({
    n_estimators: z.int().min(1).max(10_000).default(100),
    /** Longest path from the root to a leaf; null grows until the leaves are pure. */
    max_depth: z.int().min(1).nullable().default(null),
    /** Distinct training rows that each side of a split keeps, however often the bootstrap drew them. */
    min_samples_leaf: z.int().min(1).default(1),
    /** Columns looked at for each split: the square root of their number, or that many. */
    max_features: z.union([z.literal('sqrt'), z.int().min(1)]).default('sqrt'),
  })
  .readonly();

export type RandomForestParams = z.output<typeof randomForestParams>;
