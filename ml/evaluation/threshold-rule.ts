// The rules that a threshold can be chosen by, as params.yaml writes them.
import { z } from 'zod';

const cost = z.number().min(-1e12).max(1e12);
const share = z.number().gt(0).max(1);

/** Elkan 2001, "The foundations of cost-sensitive learning": a wrong answer costs more than the right one for the same row. */
const isReasonable = (costs: Costs): boolean =>
  costs.false_positive > costs.true_negative && costs.false_negative > costs.true_positive;

export const thresholdSchema = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('fixed'), value: z.number().gt(0).lt(1) }),
  z
    .strictObject({
      rule: z.literal('cost'),
      false_positive: cost,
      false_negative: cost,
      true_positive: cost.default(0),
      true_negative: cost.default(0),
    })
    .refine(isReasonable, {
      message:
        'costs where false_positive is above true_negative and false_negative above true_positive',
    }),
  z.strictObject({ rule: z.literal('recall'), at_least: share }),
  z.strictObject({ rule: z.literal('precision'), at_least: share }),
]);

export type ThresholdRule = Readonly<z.output<typeof thresholdSchema>>;

/** What a row of each kind costs, in any one unit; a gain is below 0. */
export interface Costs {
  readonly false_positive: number;
  readonly false_negative: number;
  readonly true_positive: number;
  readonly true_negative: number;
}
