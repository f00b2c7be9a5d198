// The lock on a bundle: it must reproduce the probabilities its trainer wrote down. The trainer replays before it registers, the server
// before it serves.
import { compileEncoder } from '../features/encode-row.ts';
import { BUNDLE_FILES, type GoldenFile, type ServedBundle } from './model-bundle.ts';
import { invalid } from './bundle-schema.ts';
import type { OnnxScorer } from './onnx-scorer.ts';

/** Scores the golden rows as a request would be. Throws BUNDLE_INVALID naming the first row that differs. */
export async function replayGolden(
  { features, golden }: Pick<ServedBundle, 'features'> & { readonly golden: GoldenFile },
  scorer: OnnxScorer,
): Promise<void> {
  const encoder = compileEncoder(features.features);
  const rows = new Float32Array(golden.rows.length * encoder.width);
  golden.rows.forEach((row, i) => {
    const [issue] = encoder.encodeInto(row.features, rows, i * encoder.width).issues;
    if (issue !== undefined)
      throw invalid(
        BUNDLE_FILES.golden,
        `row ${i} does not fit features.json: ${issue.field} (${issue.code}), expected ${issue.expected}`,
      );
  });
  const { probability } = await scorer.score(rows, golden.rows.length);
  golden.rows.forEach((row, i) => {
    const difference = Math.abs((probability[i] ?? Number.NaN) - row.probability);
    // Written so that NaN fails.
    if (!(difference <= golden.tolerance))
      throw invalid(
        BUNDLE_FILES.golden,
        `row ${i} is not reproduced: the probability differs by ${difference}, allowed is ${golden.tolerance}`,
      );
  });
}
