// One row scored and explained by the same model.
import type { ExplanationChoice } from '../../model/model-explainer.ts';
import type { LoadedModel } from '../../model/model-slot.ts';
import { scoreRow, type EncodedRow, type ScoredRow } from '../score-row.ts';
import { explanationOf } from './explanation.ts';

/**
 * Scores a row without issues and says why. Await nothing between asking a slot for the model and this: from here on no swap frees it.
 * Throws MODEL_ERROR, EXPLANATION_UNAVAILABLE, BUNDLE_INVALID.
 */
export async function scoreAndExplain(
  model: LoadedModel,
  row: EncodedRow,
  choice: ExplanationChoice,
): Promise<ScoredRow> {
  model.scorer.retain();
  try {
    const scored = await scoreRow(model, row);
    const startedAt = performance.now();
    const explained = await model.explainer.explain(row.cells, 1, choice);
    const explanation = explanationOf(explained, 0, scored.positive);
    return { ...scored, explained: { explanation, explainMs: performance.now() - startedAt } };
  } finally {
    await model.scorer.release();
  }
}
