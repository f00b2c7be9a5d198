// The model bundle: the contract of one model version on disk, written by training, read by the server (house rule: the model carries
// its own contract). This file names the files and their shapes; opening checks them and fails loudly with BUNDLE_INVALID.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deepFreeze } from '../common/deep-freeze.ts';

import type { ModelFeature, RawRow, RawValue, ServedFeature } from '../features/feature-spec.ts';
import { invalid, parseBundleFile, SCHEMAS } from './bundle-schema.ts';

export const BUNDLE_FILES = {
  mlmodel: 'MLmodel',
  onnx: 'model.onnx',
  features: 'features.json',
  golden: 'golden.json',
  reference: 'reference.json',
  report: 'report.json',
  explainer: 'explainer.json',
  manifest: 'manifest.json',
} as const;

/** In bundles that training made here; read only where models are compared, so that no served model keeps the rows in memory. */
export const HOLDOUT_FILE = 'holdout.json';

/** features.json */
export interface FeaturesFile {
  readonly target: string;
  readonly positive_label: string;
  /** As the positive class is written in the target column of the data; absent from bundles before it was kept. */
  readonly positive_value?: string;
  readonly negative_label: string;
  readonly features: readonly ModelFeature[];
  /** Derived features, computed inside the graph; listed so that people can see them. */
  readonly derived: readonly { readonly name: string; readonly expression: string }[];
}

/** golden.json: rows that the trainer scored; the server replays them before a swap. */
export interface GoldenFile {
  /** Largest absolute difference of probabilities that still counts as reproduced. */
  readonly tolerance: number;
  readonly rows: readonly { readonly features: RawRow; readonly probability: number }[];
}

/** reference.json: what training saw, compact; drift is measured against it. */
export interface ReferenceFile {
  /** Training rows behind every count. */
  readonly rows: number;
  readonly features: readonly FeatureReference[];
  /** Scores of the training rows in 20 bins of equal width over [0, 1]; the last bin includes 1. */
  readonly score: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}

export type FeatureReference =
  | {
      readonly name: string;
      readonly kind: 'numeric';
      readonly missing: number;
      /** Inner bounds, rising: bin i holds edges[i-1] < x <= edges[i], the first and last bin are open. At most 50 bins. */
      readonly edges: readonly number[];
      /** One more than edges. */
      readonly counts: readonly number[];
      /** Quantiles at 0, 1, ..., 100 percent. */
      readonly quantiles: readonly number[];
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      readonly missing: number;
      /** One per declared category, in their order. */
      readonly counts: readonly number[];
    };

/** report.json: what training measured. Metrics are of the held-out part. */
export interface ReportFile {
  readonly threshold: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly learner: string;
  readonly confusion_matrix: {
    readonly tn: number;
    readonly fp: number;
    readonly fn: number;
    readonly tp: number;
  };
  readonly cross_validation: {
    readonly metric: string;
    readonly mean: number;
    readonly sd: number;
    readonly folds: number;
  };
  /** What the gate asks before this model may become champion; absent in bundles from elsewhere. */
  readonly gate?: GatePolicy;
  /** What models that know next to nothing reach on the same held-out rows; absent in bundles from before they were measured. */
  readonly baselines?: readonly BaselineReport[];
}

export interface BaselineReport {
  readonly learner: string;
  /** The one feature that it looks at; null for those that look at none. */
  readonly feature: string | null;
  /** Those metrics that need no threshold. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The `gate` of params.yaml, as it was when the model was trained. */
export interface GatePolicy {
  /** Metric of the report -> its limit: at least, or at most where less is better. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** How much worse than the champion the model may be on the same rows. */
  readonly tolerance: { readonly roc_auc: number; readonly log_loss: number };
  /** Mean milliseconds of scoring one row. */
  readonly latency_budget_ms: number;
}

/** holdout.json: rows that training did not see (of many, a seeded sample), for comparing this model with another. */
export interface HoldoutFile {
  /** Held-out rows that the metrics of the report are of. */
  readonly rows_held_out: number;
  /** Names of the features, in the order of the cells. */
  readonly columns: readonly string[];
  /** Raw cells, [rows][columns]. */
  readonly rows: readonly (readonly RawValue[])[];
  /** 1 for the positive label, [rows]. */
  readonly y: readonly number[];
  /** What this bundle's own model answered, [rows]. */
  readonly probability: readonly number[];
}

/** explainer.json: the learner's kind and the typical row that explanations compare with. */
export interface ExplainerFile {
  readonly learner: string;
  /** Median of each number, most frequent category of each category. */
  readonly background: RawRow;
}

/** manifest.json: where the bundle comes from and the sha256 of its files. */
export interface ManifestFile {
  readonly created_at: string;
  readonly run_id: string;
  /** sha256 of the training data file, hex. */
  readonly data_digest: string;
  readonly git_commit: string | null;
  readonly foretell_version: string;
  /** File name -> sha256 hex, for every other file of the bundle. */
  readonly sha256: Readonly<Record<string, string>>;
}

/** An opened bundle: every file is there, has the digest that the manifest states and the shape above. Frozen. */
export interface ModelBundle {
  readonly dir: string;
  readonly onnxPath: string;
  readonly onnxSha256: string;
  readonly features: FeaturesFile;
  readonly golden: GoldenFile;
  readonly reference: ReferenceFile;
  readonly report: ReportFile;
  readonly explainer: ExplainerFile;
  readonly manifest: ManifestFile;
}

/** What serving takes of a bundle: a ModelBundle, or one from elsewhere, where null is what that does not tell. */
export interface ServedBundle {
  readonly dir: string;
  readonly onnxPath: string;
  readonly onnxSha256: string;
  readonly features: Omit<FeaturesFile, 'features'> & {
    readonly features: readonly ServedFeature[];
  };
  readonly report: Pick<ReportFile, 'threshold' | 'metrics' | 'params' | 'learner' | 'gate'>;
  readonly golden: GoldenFile | null;
  readonly reference: ReferenceFile | null;
  readonly explainer: ExplainerFile | null;
  readonly manifest: {
    readonly created_at: string | null;
    readonly run_id: string | null;
    readonly data_digest: string | null;
    readonly git_commit: string | null;
    readonly sha256?: ManifestFile['sha256'];
  };
}

/** Opens and checks the bundle in `dir`. Throws BUNDLE_INVALID, naming the file and what is wrong with it. */
export async function openBundle(dir: string): Promise<ModelBundle> {
  const manifest = parseBundleFile(
    SCHEMAS.manifest,
    BUNDLE_FILES.manifest,
    await readBundleFile(dir, BUNDLE_FILES.manifest),
  );
  const verified = await readVerified(dir, manifest);
  const features = parseBundleFile(SCHEMAS.features, BUNDLE_FILES.features, verified.features);
  const reference = parseBundleFile(SCHEMAS.reference, BUNDLE_FILES.reference, verified.reference);
  requireSameFeatures(features, reference);
  return deepFreeze({
    dir,
    onnxPath: join(dir, BUNDLE_FILES.onnx),
    onnxSha256: sha256(verified.onnx),
    features,
    golden: parseBundleFile(SCHEMAS.golden, BUNDLE_FILES.golden, verified.golden),
    reference,
    report: parseBundleFile(SCHEMAS.report, BUNDLE_FILES.report, verified.report),
    explainer: parseBundleFile(SCHEMAS.explainer, BUNDLE_FILES.explainer, verified.explainer),
    manifest,
  });
}

/** The held-out rows of a bundle; null where it has none. Throws BUNDLE_INVALID. */
export async function readHoldout({
  dir,
  manifest,
}: Pick<ServedBundle, 'dir' | 'manifest'>): Promise<HoldoutFile | null> {
  const digest = manifest.sha256?.[HOLDOUT_FILE];
  if (digest === undefined) return null;
  const bytes = await readBundleFile(dir, HOLDOUT_FILE);
  requireDigest(HOLDOUT_FILE, bytes, digest);
  return parseBundleFile(SCHEMAS.holdout, HOLDOUT_FILE, bytes);
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

type Content = Readonly<Record<Exclude<keyof typeof BUNDLE_FILES, 'manifest'>, Buffer>>;

/** The bytes of the bundle's files, after every file that the manifest lists has shown the digest listed. */
async function readVerified(dir: string, manifest: ManifestFile): Promise<Content> {
  // Side by side: under load every step of a read waits for a turn of the event loop, and a swap has a dozen files to read.
  const files = Object.entries(manifest.sha256).map(async ([file, digest]) => {
    const content = await readBundleFile(dir, file);
    requireDigest(file, content, digest);
    return [file, content] as const;
  });
  const bytes = new Map(await Promise.all(files));
  const listed = (file: string): Buffer => {
    const content = bytes.get(file);
    if (content === undefined) throw invalid(file, 'manifest.json states no sha256 for it');
    return content;
  };
  return {
    mlmodel: listed(BUNDLE_FILES.mlmodel),
    onnx: listed(BUNDLE_FILES.onnx),
    features: listed(BUNDLE_FILES.features),
    golden: listed(BUNDLE_FILES.golden),
    reference: listed(BUNDLE_FILES.reference),
    report: listed(BUNDLE_FILES.report),
    explainer: listed(BUNDLE_FILES.explainer),
  };
}

function requireDigest(file: string, content: Uint8Array, digest: string): void {
  if (sha256(content) !== digest)
    throw invalid(file, 'its content does not have the sha256 that manifest.json states');
}

async function readBundleFile(dir: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(dir, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR')
      throw invalid(file, 'there is no such file', error);
    throw error;
  }
}

function requireSameFeatures({ features }: FeaturesFile, reference: ReferenceFile): void {
  const same =
    features.length === reference.features.length &&
    features.every(({ name }, i) => reference.features[i]?.name === name);
  if (!same)
    throw invalid(BUNDLE_FILES.reference, 'its features are not those of features.json, in order');
}
