// A version opened to be examined, beside whatever is being served.
import { AppError } from '../common/errors.ts';
import { compileEncoder, type RowEncoder } from '../features/encode-row.ts';
import { openBundle, type ModelBundle } from '../model/model-bundle.ts';
import { OnnxScorer } from '../model/onnx-scorer.ts';

export interface Contender {
  readonly bundle: ModelBundle;
  readonly encoder: RowEncoder;
  /** The caller releases it. */
  readonly scorer: OnnxScorer;
}

/** Throws BUNDLE_INVALID. */
export async function openContender(dir: string): Promise<Contender> {
  const bundle = await openBundle(dir);
  const encoder = compileEncoder(bundle.features.features);
  return { bundle, encoder, scorer: await OnnxScorer.load(bundle.onnxPath, encoder.width) };
}

/** What is the bundle's own fault is the outcome of a check; anything else is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof AppError && (error.code === 'BUNDLE_INVALID' || error.code === 'MODEL_ERROR'))
    return error.message;
  throw error;
}
