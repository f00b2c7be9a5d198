// The shape of a bundle's report.json as a zod schema.
import { z } from 'zod';
import type { GatePolicy, ReportFile } from './model-bundle.ts';
import type {
  CardTexts,
  ColumnFairness,
  FeatureGroups,
  ThresholdChoice,
} from './report-details.ts';

const count = z.int().nonnegative();
const numbers = z.record(z.string(), z.number());

const gate: z.ZodType<GatePolicy> = z.object({
  thresholds: numbers,
  tolerance: z.object({ roc_auc: z.number().nonnegative(), log_loss: z.number().nonnegative() }),
  latency_budget_ms: z.number().positive(),
});

const thresholdChoice: z.ZodType<ThresholdChoice> = z.object({
  rule: z.record(z.string(), z.union([z.string(), z.number()])),
  precision: z.number(),
  recall: z.number(),
  called: z.number(),
  cost: z.number().nullable(),
});

const featureGroups: z.ZodType<FeatureGroups> = z.object({
  feature: z.string(),
  groups: z.array(
    z.object({
      label: z.string(),
      rows: count,
      positives: count,
      metrics: z
        .object({
          roc_auc: z.number().nullable(),
          log_loss: z.number(),
          precision: z.number(),
          recall: z.number().nullable(),
          mean_probability: z.number(),
        })
        .nullable(),
    }),
  ),
});

const interval = { value: z.number(), low: z.number(), high: z.number() };
const rate = z.object({ ...interval, n: count }).nullable();
const pair = { ...interval, highest: z.string(), lowest: z.string() };
const difference = z.object(pair).nullable();

const columnFairness: z.ZodType<ColumnFairness> = z.object({
  column: z.string(),
  groups: z.array(
    z.object({
      group: z.string(),
      rows: count,
      labelled: count,
      selection_rate: rate,
      true_positive_rate: rate,
      false_positive_rate: rate,
      accuracy: rate,
      base_rate: rate,
    }),
  ),
  without_group: count,
  demographic_parity_difference: difference,
  demographic_parity_ratio: z.number().nullable(),
  equal_opportunity_difference: difference,
  equalised_odds_difference: z
    .object({ ...pair, of: z.enum(['true_positive_rate', 'false_positive_rate']) })
    .nullable(),
  method: z.object({
    rates: z.string(),
    differences: z.string(),
    confidence: z.number(),
    least_rows: count,
  }),
});

const text = z.string().min(1).exactOptional();
const card: z.ZodType<CardTexts> = z.object({
  intended_use: text,
  out_of_scope: text,
  data: text,
  limits: text,
  contact: text,
});

export const reportSchema: z.ZodType<ReportFile> = z.object({
  threshold: z.number().min(0).max(1),
  metrics: numbers,
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  learner: z.string().min(1),
  confusion_matrix: z.object({ tn: count, fp: count, fn: count, tp: count }),
  cross_validation: z.object({
    metric: z.string(),
    mean: z.number(),
    sd: z.number().nonnegative(),
    folds: count,
  }),
  gate: gate.exactOptional(),
  baselines: z
    .array(
      z.object({
        learner: z.string().min(1),
        feature: z.string().nullable(),
        metrics: numbers,
      }),
    )
    .exactOptional(),
  rows: z.object({ training: count, held_out: count }).exactOptional(),
  intervals: z
    .record(z.string(), z.object({ low: z.number(), high: z.number(), method: z.string() }))
    .exactOptional(),
  threshold_choice: thresholdChoice.exactOptional(),
  groups: z.array(featureGroups).exactOptional(),
  fairness: z.array(columnFairness).exactOptional(),
  card: card.exactOptional(),
});
