// The shapes of a bundle's JSON files as zod schemas, and how one file is parsed and refused. The types are in model-bundle.ts.
import { z } from 'zod';
import { AppError, messageOf } from '../common/errors.ts';
import type { PackedModel } from '../explanation/packed-model.ts';
import type { ModelFeature } from '../features/feature-spec.ts';
import type { PackedSample } from '../statistics/drift/packed-sample.ts';
import type { DriftFile, PackedColumn } from './drift-reference.ts';
import type {
  ExplainerFile,
  FeatureReference,
  FeaturesFile,
  GoldenFile,
  HoldoutFile,
  ImportanceFigures,
  ManifestFile,
  ReferenceFile,
} from './model-bundle.ts';
import { reportSchema } from './report-schema.ts';

const count = z.int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'expected a sha256 in hexadecimal');
const rawRow = z.record(z.string(), z.union([z.number(), z.string(), z.null()]));

const featureBase = {
  name: z.string().min(1),
  nullable: z.boolean(),
  label: z.string().exactOptional(),
  group: z.string().exactOptional(),
  description: z.string().exactOptional(),
};

const modelFeature: z.ZodType<ModelFeature> = z.discriminatedUnion('kind', [
  z.object({
    ...featureBase,
    kind: z.literal('numeric'),
    unit: z.string().exactOptional(),
    range: z
      .object({ min: z.number().exactOptional(), max: z.number().exactOptional() })
      .exactOptional(),
    training: z.object({ min: z.number(), max: z.number(), median: z.number() }),
  }),
  z.object({
    ...featureBase,
    kind: z.literal('categorical'),
    categories: z.array(z.string()).min(1).refine(isUnique, 'expected distinct categories'),
    training: z.object({ mode: z.string() }),
  }),
]);

const featureReference: z.ZodType<FeatureReference> = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('numeric'),
      name: z.string(),
      missing: count,
      edges: z.array(z.number()).max(49),
      counts: z.array(count),
      quantiles: z.array(z.number()),
    })
    .refine(({ edges, counts }) => counts.length === edges.length + 1, {
      error: 'expected one count more than edges',
    }),
  z.object({
    kind: z.literal('categorical'),
    name: z.string(),
    missing: count,
    counts: z.array(count),
  }),
]);

const features: z.ZodType<FeaturesFile> = z.object({
  target: z.string(),
  positive_label: z.string(),
  positive_value: z.string().exactOptional(),
  negative_label: z.string(),
  features: z
    .array(modelFeature)
    .min(1)
    .refine((all) => isUnique(all.map(({ name }) => name)), 'expected distinct feature names'),
  derived: z.array(z.object({ name: z.string(), expression: z.string() })),
});

const golden: z.ZodType<GoldenFile> = z.object({
  // A lock that lets every answer through is none.
  tolerance: z.number().nonnegative().max(1e-3),
  rows: z.array(z.object({ features: rawRow, probability: z.number().min(0).max(1) })).min(1),
});

const reference: z.ZodType<ReferenceFile> = z.object({
  rows: count,
  features: z.array(featureReference),
  score: z.object({ edges: z.array(z.number()), counts: z.array(count) }),
});

const holdout: z.ZodType<HoldoutFile> = z
  .object({
    rows_held_out: count,
    columns: z.array(z.string()).min(1),
    rows: z.array(z.array(z.union([z.number(), z.string(), z.null()]))).min(1),
    y: z.array(z.union([z.literal(0), z.literal(1)])),
    probability: z.array(z.number().min(0).max(1)),
  })
  .refine(
    ({ rows, y, probability }) => y.length === rows.length && probability.length === rows.length,
    {
      error: 'expected as many labels and probabilities as rows',
    },
  )
  .refine(({ rows, columns }) => rows.every((row) => row.length === columns.length), {
    error: 'expected a cell per column in every row',
  });

const packedSample: z.ZodType<PackedSample> = z.object({
  rows: count,
  distinct: count,
  encoding: z.enum(['decimal', 'float32', 'float64']),
  scale: count,
  values: z.string(),
  counts: z.string().nullable(),
});

const packedColumn: z.ZodType<PackedColumn> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('numeric'),
    name: z.string(),
    missing: count,
    sample: packedSample,
  }),
  z.object({
    kind: z.literal('categorical'),
    name: z.string(),
    missing: count,
    counts: z.array(count),
  }),
]);

const drift: z.ZodType<DriftFile> = z.object({
  training_rows: count,
  rows: count.positive(),
  features: z.array(packedColumn).min(1),
  predictions: z.object({
    source: z.enum(['out_of_fold', 'held_out']),
    rows: count,
    score: packedSample,
    labels: z.object({ positive: count, negative: count }),
  }),
  performance: z
    .object({
      rows: count,
      chunks: count,
      metrics: z.record(z.string(), z.object({ mean: z.number(), std: z.number().nonnegative() })),
      roc_auc: z.object({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
    })
    .nullable(),
});

const backgroundName = z.enum(['training', 'favourable']);

const additive: z.ZodType<PackedModel> = z.object({
  space: z.enum(['log_odds', 'probability']),
  calibration: z.enum(['none', 'platt', 'isotonic']),
  sources: z.array(z.array(count).min(1)),
  background: z.object({ name: backgroundName, rows: count }),
  form: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('linear'), intercept: z.number() }),
    z.object({
      kind: z.literal('trees'),
      scale: z.number(),
      offset: z.number(),
      nodes: count,
      missing_left: z.boolean(),
      category_sets: count,
      rows: count,
    }),
  ]),
});

const importance: z.ZodType<ImportanceFigures> = z.object({
  method: z.enum(['linear', 'tree_path_dependent', 'tree_interventional']),
  background: backgroundName,
  rows: count,
  features: z.array(
    z.object({ name: z.string(), mean_absolute_contribution: z.number().nonnegative() }),
  ),
});

const explainer: z.ZodType<ExplainerFile> = z
  .object({
    learner: z.string().min(1),
    background: rawRow,
    additive: additive.exactOptional(),
    importance: importance.exactOptional(),
    adverse: z.enum(['positive', 'negative']).exactOptional(),
    reasons: z
      .array(z.object({ name: z.string(), code: z.string().min(1), text: z.string().min(1) }))
      .exactOptional(),
  })
  .refine(
    ({ additive: model, importance: figures, adverse, reasons }) =>
      new Set([model, figures, adverse, reasons].map((part) => part === undefined)).size === 1,
    { error: 'expected additive, importance, adverse and reasons together' },
  );

const manifest: z.ZodType<ManifestFile> = z.object({
  created_at: z.iso.datetime(),
  run_id: z.string().min(1),
  data_digest: digest,
  git_commit: z.string().nullable(),
  foretell_version: z.string(),
  // Plain names only: a manifest must not make anyone read outside the bundle.
  sha256: z.record(
    z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected a file name'),
    digest,
  ),
});

export const SCHEMAS = {
  features,
  golden,
  reference,
  report: reportSchema,
  explainer,
  manifest,
  holdout,
  drift,
};

/** The checked content of a JSON file of a bundle. Throws BUNDLE_INVALID with the path inside the file. */
export function parseBundleFile<T>(schema: z.ZodType<T>, file: string, bytes: Uint8Array): T {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(file, 'it is not valid JSON', error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const path = first?.path.join('.') ?? '';
  throw invalid(
    file,
    `${path === '' ? 'its content' : path}: ${first?.message ?? messageOf(parsed.error)}`,
  );
}

/** The one way to say that a file of a bundle is not what it must be. */
export const invalid = (file: string, problem: string, cause?: unknown): AppError =>
  new AppError('BUNDLE_INVALID', `${file}: ${problem}`, { cause });

function isUnique(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
