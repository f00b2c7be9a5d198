// The model bundle: the contract of one model version on disk, written by training, read by the server (house rule: the model carries
// its own contract). This file names the files and their shapes; opening checks them and fails loudly with BUNDLE_INVALID.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deepFreeze } from '../common/deep-freeze.ts';
import type {
  AdditiveModel,
  BackgroundName,
  ExplanationMethod,
} from '../explanation/additive-model.ts';
import { PackedModelError, unpackModel, type PackedModel } from '../explanation/packed-model.ts';
import type { ModelFeature, RawRow, RawValue, ServedFeature } from '../features/feature-spec.ts';
import { invalid, parseBundleFile, SCHEMAS } from './bundle-schema.ts';
import type { ReportDetails } from './report-details.ts';

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

/** In bundles that training made here (drift-reference.ts); read where drift is measured, so that no served model keeps the sample in memory. */
export const DRIFT_FILE = 'drift.json';

/**
 * In bundles whose explainer.json has `additive`: the graph from raw rows to the columns that explanations divide a margin among, and the
 * numbers of that margin. Of a large forest they are as large as the model, so they are read when the first explanation is asked for.
 */
export const EXPLAINER_FILES = { onnx: 'explainer.onnx', numbers: 'explainer.bin' } as const;

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
export interface ReportFile extends ReportDetails {
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

/** explainer.json: the learner's kind, a typical row and, where answers can be explained, by what; all four parts or none. */
export interface ExplainerFile extends Partial<ExplainerFacts> {
  readonly learner: string;
  /** Median of each number, most frequent category of each category. */
  readonly background: RawRow;
}

export interface ExplainerFacts {
  /** What EXPLAINER_FILES hold. */
  readonly additive: PackedModel;
  readonly importance: ImportanceFigures;
  /** The label that asks for reasons. */
  readonly adverse: 'positive' | 'negative';
  /** For each feature, in order. */
  readonly reasons: readonly ReasonText[];
}

/** What each feature counts for over many training rows, by the method that explains where none is asked for. */
export interface ImportanceFigures {
  readonly method: ExplanationMethod;
  readonly background: BackgroundName;
  /** Training rows that were explained. */
  readonly rows: number;
  /** The largest first. */
  readonly features: readonly {
    readonly name: string;
    readonly mean_absolute_contribution: number;
  }[];
}

/** How a feature that speaks for the adverse label is told. */
export interface ReasonText {
  readonly name: string;
  readonly code: string;
  /** A sentence without any row's value. */
  readonly text: string;
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
  readonly report: Pick<ReportFile, 'threshold' | 'metrics' | 'params' | 'learner' | 'gate'> &
    Partial<ReportFile>;
  readonly golden: GoldenFile | null;
  readonly reference: ReferenceFile | null;
  readonly explainer: ExplainerFile | null;
  readonly manifest: {
    readonly created_at: string | null;
    readonly run_id: string | null;
    readonly data_digest: string | null;
    readonly git_commit: string | null;
    readonly foretell_version?: string;
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
  requireSameFeatures(features, BUNDLE_FILES.reference, reference.features);
  const explainer = parseBundleFile(SCHEMAS.explainer, BUNDLE_FILES.explainer, verified.explainer);
  if (explainer.reasons !== undefined) {
    requireSameFeatures(features, BUNDLE_FILES.explainer, explainer.reasons);
    for (const file of Object.values(EXPLAINER_FILES)) statedDigest(manifest, file);
  }
  return deepFreeze({
    dir,
    onnxPath: join(dir, BUNDLE_FILES.onnx),
    onnxSha256: sha256(verified.onnx),
    features,
    golden: parseBundleFile(SCHEMAS.golden, BUNDLE_FILES.golden, verified.golden),
    reference,
    report: parseBundleFile(SCHEMAS.report, BUNDLE_FILES.report, verified.report),
    explainer,
    manifest,
  });
}

/** The held-out rows of a bundle; null where it has none. Throws BUNDLE_INVALID. */
export async function readHoldout({
  dir,
  manifest,
}: Pick<ServedBundle, 'dir' | 'manifest'>): Promise<HoldoutFile | null> {
  if (manifest.sha256?.[HOLDOUT_FILE] === undefined) return null;
  const bytes = await readListedFile({ dir, manifest }, HOLDOUT_FILE);
  return parseBundleFile(SCHEMAS.holdout, HOLDOUT_FILE, bytes);
}

/** What explains the answers of a bundle; null where it has none. Throws BUNDLE_INVALID. */
export async function readExplainer({
  dir,
  manifest,
  features: { features },
  explainer,
}: Pick<ServedBundle, 'dir' | 'manifest' | 'features' | 'explainer'>): Promise<{
  /** `features` float32 [N, features] -> `design` [N, design columns]: float for trees, double for linear models. */
  readonly onnx: Uint8Array;
  readonly model: AdditiveModel;
} | null> {
  const packed = explainer?.additive;
  if (packed === undefined) return null;
  const named = new Set(packed.sources.flat());
  if (!features.every((_, feature) => named.has(feature)) || named.size !== features.length)
    throw invalid(
      BUNDLE_FILES.explainer,
      'additive.sources: expected every feature of features.json',
    );
  const [onnx, numbers] = (await Promise.all(
    [EXPLAINER_FILES.onnx, EXPLAINER_FILES.numbers].map((file) =>
      readListedFile({ dir, manifest }, file),
    ),
  )) as [Buffer, Buffer];
  try {
    return { onnx, model: unpackModel(packed, numbers) };
  } catch (error) {
    if (!(error instanceof PackedModelError)) throw error;
    throw invalid(EXPLAINER_FILES.numbers, error.message, error);
  }
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

type Content = Readonly<Record<Exclude<keyof typeof BUNDLE_FILES, 'manifest'>, Buffer>>;

/** The bytes of the bundle's files, after every file that the manifest lists has shown the digest listed. */
async function readVerified(dir: string, manifest: ManifestFile): Promise<Content> {
  // Side by side: under load every step of a read waits for a turn of the event loop, and a swap has a dozen files to read.
  const large: readonly string[] = [...Object.values(EXPLAINER_FILES), DRIFT_FILE];
  const listing = Object.entries(manifest.sha256);
  const unread = listing.filter(([file]) => large.includes(file));
  const files = listing
    .filter(([file]) => !large.includes(file))
    .map(async ([file, digest]) => {
      const content = await readBundleFile(dir, file);
      requireDigest(file, content, digest);
      return [file, content] as const;
    });
  const [read] = await Promise.all([
    Promise.all(files),
    ...unread.map(([file, digest]) => requireDigestOf(dir, file, digest)),
  ]);
  const bytes = new Map(read);
  const listed = (file: string): Buffer => {
    statedDigest(manifest, file);
    return bytes.get(file) as Buffer;
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

function statedDigest({ sha256: digests }: ServedBundle['manifest'], file: string): string {
  const digest = digests?.[file];
  if (digest === undefined) throw invalid(file, 'manifest.json states no sha256 for it');
  return digest;
}

/** The bytes of a file of the bundle, with the digest that its manifest states. Throws BUNDLE_INVALID. */
export async function readListedFile(
  { dir, manifest }: Pick<ServedBundle, 'dir' | 'manifest'>,
  file: string,
): Promise<Buffer> {
  const digest = statedDigest(manifest, file);
  const bytes = await readBundleFile(dir, file);
  requireDigest(file, bytes, digest);
  return bytes;
}

const requireDigest = (file: string, content: Uint8Array, digest: string): void => {
  requireSame(file, sha256(content), digest);
};

/** A piece at a time, with a turn of the event loop between two. */
async function requireDigestOf(dir: string, file: string, digest: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(join(dir, file))) hash.update(piece as Buffer);
  } catch (error) {
    throw unreadable(file, error);
  }
  requireSame(file, hash.digest('hex'), digest);
}

function requireSame(file: string, found: string, digest: string): void {
  if (found !== digest)
    throw invalid(file, 'its content does not have the sha256 that manifest.json states');
}

async function readBundleFile(dir: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(dir, file));
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const missing = code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR';
  return missing ? invalid(file, 'there is no such file', error) : error;
}

function requireSameFeatures(
  { features }: FeaturesFile,
  file: string,
  others: readonly { readonly name: string }[],
): void {
  const same =
    features.length === others.length && features.every(({ name }, i) => others[i]?.name === name);
  if (!same) throw invalid(file, 'its features are not those of features.json, in order');
}
