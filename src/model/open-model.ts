// A version's folder -> a model that can be run: ours, or one that somebody else logged. No Nest: the gate opens models too.
import { compileEncoder, type RowEncoder } from '../features/encode-row.ts';
import { RowScanner } from '../features/scan-row.ts';
import { isForeignBundle, openForeignBundle } from './foreign-bundle.ts';
import { foreignForm, probe } from './foreign-onnx.ts';
import { openBundle, type ServedBundle } from './model-bundle.ts';
import { LazyExplainer } from './model-explainer.ts';
import { OnnxScorer } from './onnx-scorer.ts';
import { replayGolden } from './replay-golden.ts';

export interface RunnableModel {
  readonly bundle: ServedBundle;
  readonly encoder: RowEncoder;
  readonly scanner: RowScanner;
  /** Whoever opened the model releases it. */
  readonly scorer: OnnxScorer;
  readonly explainer: LazyExplainer;
}

/** Checks the shapes and digests of the files. Throws BUNDLE_INVALID. */
export const openServedBundle = async (bundleDir: string): Promise<ServedBundle> =>
  (await isForeignBundle(bundleDir)) ? openForeignBundle(bundleDir) : openBundle(bundleDir);

/** The same, and the form of the graph. */
export async function openModel(bundleDir: string): Promise<RunnableModel> {
  const bundle = await openServedBundle(bundleDir);
  const { features } = bundle.features;
  const encoder = compileEncoder(features);
  const form = bundle.golden === null ? foreignForm(features.map(({ name }) => name)) : undefined;
  const scorer = await OnnxScorer.load(bundle.onnxPath, encoder.width, form);
  const explainer = new LazyExplainer(bundle, scorer);
  return Object.freeze({ bundle, encoder, scanner: new RowScanner(features), scorer, explainer });
}

/** Throws BUNDLE_INVALID where the model does not reproduce its golden rows; where it has none, if it cannot be run at all. */
export async function proveModel({ bundle, encoder, scorer }: RunnableModel): Promise<void> {
  const { features, golden } = bundle;
  if (golden === null) return probe(scorer);
  // Also the warm-up: first the whole batch, then a single row, the two shapes that traffic has.
  await replayGolden({ features, golden }, scorer);
  await scorer.score(new Float32Array(encoder.width), 1);
}
