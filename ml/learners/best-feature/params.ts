// What may be set of the single best feature.
import { z } from 'zod';

export const bestFeatureParams = z
  .strictObject({
    /** Into so many bins of about equally many rows a number is cut; each category is a bin of its own. */
    max_bins: z.int().min(2).max(255).default(10),
    /** So many rows that answer the prior are added to each bin. */
    smoothing: z.number().positive().default(10),
  })
  .readonly();

export type BestFeatureParams = z.output<typeof bestFeatureParams>;
