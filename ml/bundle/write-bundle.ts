// Writes a model bundle and proves it: the folder is opened as the server opens it, and its golden rows are replayed before this returns.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDriftReference, type DriftFile } from '../../src/model/drift-reference.ts';
import {
  BUNDLE_FILES,
  DRIFT_FILE,
  EXPLAINER_FILES,
  HOLDOUT_FILE,
  openBundle,
  readExplainer,
  sha256,
  type ExplainerFacts,
  type ExplainerFile,
  type HoldoutFile,
  type ManifestFile,
  type ModelBundle,
  type ReferenceFile,
} from '../../src/model/model-bundle.ts';
import { modelCard } from '../../src/model/model-card.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import { replayGolden } from '../../src/model/replay-golden.ts';
import { mlflowFiles, type Described } from './mlmodel.ts';

export interface BundleContent extends Described {
  readonly onnx: Uint8Array;
  readonly reference: ReferenceFile;
  /** Without it the model cannot be compared with another. */
  readonly holdout?: HoldoutFile;
  /** Without it drift cannot be measured against the training rows. */
  readonly drift?: DriftFile;
  /** Without it the model's answers cannot be explained. */
  readonly explainer?: BundleExplainer;
}

export interface BundleExplainer {
  readonly onnx: Uint8Array;
  readonly numbers: Uint8Array;
  readonly facts: ExplainerFacts;
}

/** Writes `content` into `dir`, made where it is missing. Throws BUNDLE_INVALID where the bundle does not open or reproduce itself. */
export async function writeBundle(dir: string, content: BundleContent): Promise<ModelBundle> {
  const files: Readonly<Record<string, string | Uint8Array>> = {
    [BUNDLE_FILES.onnx]: content.onnx,
    [BUNDLE_FILES.features]: json(content.features),
    [BUNDLE_FILES.golden]: json(content.golden),
    [BUNDLE_FILES.reference]: json(content.reference),
    [BUNDLE_FILES.report]: json(content.report),
    [BUNDLE_FILES.explainer]: json(explainerOf(content)),
    ...(content.explainer && {
      [EXPLAINER_FILES.onnx]: content.explainer.onnx,
      [EXPLAINER_FILES.numbers]: content.explainer.numbers,
    }),
    ...(content.drift && { [DRIFT_FILE]: json(content.drift) }),
    // One line: thousands of rows of thirty cells would be a hundred thousand lines.
    ...(content.holdout && { [HOLDOUT_FILE]: `${JSON.stringify(content.holdout)}\n` }),
    'model-card.md': modelCard(content),
    ...mlflowFiles(content),
  };
  const manifest: ManifestFile = { ...content.manifest, sha256: digestsOf(files) };
  await mkdir(dir, { recursive: true });
  for (const [name, data] of Object.entries({ ...files, [BUNDLE_FILES.manifest]: json(manifest) }))
    await writeFile(join(dir, name), data);
  const bundle = await openBundle(dir);
  await readExplainer(bundle);
  await readDriftReference(bundle);
  const scorer = await OnnxScorer.load(bundle.onnxPath, bundle.features.features.length);
  try {
    await replayGolden(bundle, scorer);
  } finally {
    await scorer.release();
  }
  return bundle;
}

const digestsOf = (
  files: Readonly<Record<string, string | Uint8Array>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files)
      .map(([name, data]) => [name, sha256(Buffer.from(data))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const explainerOf = ({ features, report, explainer }: BundleContent): ExplainerFile => ({
  learner: report.learner,
  background: Object.fromEntries(
    features.features.map((feature) => [
      feature.name,
      feature.kind === 'numeric' ? feature.training.median : feature.training.mode,
    ]),
  ),
  ...explainer?.facts,
});

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
