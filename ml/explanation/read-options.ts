// `explanation` and `features[].reason` of params.yaml: what answers are explained by, and in which words.
import { z } from 'zod';
import type { BackgroundName } from '../../src/explanation/additive-model.ts';
import type { ReasonText } from '../../src/model/model-bundle.ts';

const text = z.string().min(1);
/** More would cost every explanation and change it little. */
const MOST_ROWS = 1000;

export const reasonSchema = z.strictObject({ code: text.optional(), text: text.optional() });

export const explanationSchema = z.strictObject({
  background: z.enum(['favourable', 'training']).optional(),
  rows: z.int().min(1).max(MOST_ROWS).optional(),
  adverse: z.enum(['positive', 'negative']).optional(),
});

export interface ExplanationParams {
  /** Training rows that answers are compared with: those answered with the label that is not adverse, or all. */
  readonly background: BackgroundName;
  /** How many of them trees are compared with at most. */
  readonly rows: number;
  /** The label that asks for reasons. */
  readonly adverse: 'positive' | 'negative';
  /** For each feature, in order. */
  readonly reasons: readonly ReasonText[];
}

interface ExplainedFeature {
  readonly name: string;
  readonly reason?: z.output<typeof reasonSchema> | undefined;
}

export function readExplanation(
  {
    background = 'favourable',
    rows = 100,
    adverse = 'positive',
  }: z.output<typeof explanationSchema> = {},
  features: readonly ExplainedFeature[],
  labels: { readonly positive: string; readonly negative: string },
): ExplanationParams {
  const reasons = features.map(({ name, reason = {} }, i) => ({
    name,
    code: reason.code ?? codeOf(name, i),
    text: reason.text ?? `The value of ${name} speaks for ${labels[adverse]}.`,
  }));
  return { background, rows, adverse, reasons };
}

/** MEAN_RADIUS of "mean radius"; FEATURE_3 of a name without letters and digits. */
function codeOf(name: string, index: number): string {
  const words = name.toUpperCase().match(/[\p{L}\p{M}\p{N}]+/gu);
  return words?.join('_') ?? `FEATURE_${index + 1}`;
}
