// A model that somebody else logged to MLflow as ONNX: opened with what its MLmodel and its column signature tell. Bundles of the house do
// not come through here: where one of their files is there, all of them must be.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { deepFreeze } from '../common/deep-freeze.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import { invalid } from './bundle-schema.ts';
import { BUNDLE_FILES, sha256, type ServedBundle } from './model-bundle.ts';
import { classLabels } from './onnx-class-labels.ts';

const MLMODEL = BUNDLE_FILES.mlmodel;
/** MLflow says nothing of a cut-off. */
const THRESHOLD = 0.5;

const mlmodel = z.object({
  flavors: z.object({
    // A plain name: an MLmodel must not make anyone read outside its folder.
    onnx: z.object({ data: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/) }),
  }),
  signature: z.object({ inputs: z.string(), outputs: z.string().nullish() }).nullish(),
  run_id: z.string().nullish(),
  /** "2026-11-21 00:04:49.397879", UTC. */
  utc_time_created: z.string().nullish(),
});

const NUMERIC_TYPES = ['double', 'float', 'integer', 'long'] as const;
const column = z.object({
  name: z.string().min(1),
  type: z.enum(NUMERIC_TYPES),
  required: z.boolean().default(true),
});
type Column = z.output<typeof column>;

/** Whether a folder holds an MLflow model without anything that only bundles of the house have. */
export async function isForeignBundle(dir: string): Promise<boolean> {
  const [hasMlmodel, ...own] = await Promise.all(
    [MLMODEL, BUNDLE_FILES.manifest, BUNDLE_FILES.features].map((file) => isFile(join(dir, file))),
  );
  return hasMlmodel === true && !own.includes(true);
}

/** Throws BUNDLE_INVALID, naming the file and what is expected of it. */
export async function openForeignBundle(dir: string): Promise<ServedBundle> {
  const { flavors, signature, run_id: runId, utc_time_created: created } = await readMlmodel(dir);
  if (signature == null)
    throw invalid(MLMODEL, 'it has no signature: log the model with infer_signature(DataFrame)');
  const columns = readColumns(signature.inputs);
  const onnxPath = join(dir, flavors.onnx.data);
  const onnx = await readFile(onnxPath).catch((error: unknown) => {
    throw invalid(flavors.onnx.data, 'MLmodel names it, but it cannot be read', error);
  });
  const [negative, positive] = classLabels(onnx) ?? ['0', '1'];
  return deepFreeze({
    dir,
    onnxPath,
    onnxSha256: sha256(onnx),
    features: {
      target: 'label',
      positive_label: positive,
      negative_label: negative,
      features: columns.map(toFeature),
      derived: [],
    },
    report: { threshold: THRESHOLD, metrics: {}, params: {}, learner: 'onnx' },
    golden: null,
    reference: null,
    explainer: null,
    manifest: {
      created_at: toIsoTime(created ?? ''),
      run_id: runId ?? null,
      data_digest: null,
      git_commit: null,
    },
  });
}

async function readMlmodel(dir: string): Promise<z.output<typeof mlmodel>> {
  let content: unknown;
  try {
    content = parse(await readFile(join(dir, MLMODEL), 'utf8'));
  } catch (error) {
    throw invalid(MLMODEL, 'it is not valid YAML', error);
  }
  const parsed = mlmodel.safeParse(content);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  const problem = path.startsWith('flavors')
    ? 'it has no onnx flavour with a file: log the model with mlflow.onnx.log_model'
    : `${path}: not as MLflow writes it`;
  throw invalid(MLMODEL, problem, parsed.error);
}

function readColumns(json: string): readonly Column[] {
  const entries = z.array(z.looseObject({ type: z.string() })).safeParse(parseJson(json));
  if (!entries.success) throw invalid(MLMODEL, 'signature.inputs: not as MLflow writes it');
  if (entries.data.some(({ type, name }) => type === 'tensor' || name === undefined))
    throw invalid(
      MLMODEL,
      'signature.inputs: a tensor names no features: log the model with the signature of a DataFrame, infer_signature(DataFrame)',
    );
  const columns = entries.data.map((entry, i) => {
    const parsed = column.safeParse(entry);
    if (parsed.success) return parsed.data;
    throw invalid(MLMODEL, `signature.inputs: column ${i}: expected ${NUMERIC_TYPES.join(', ')}`);
  });
  if (columns.length === 0 || new Set(columns.map(({ name }) => name)).size !== columns.length)
    throw invalid(MLMODEL, 'signature.inputs: expected distinct columns');
  return columns;
}

/** An integer column cannot hold NaN in the DataFrame that the signature was taken of. */
const toFeature = ({ name, type, required }: Column): ServedFeature => ({
  kind: 'numeric',
  name,
  nullable: !required && (type === 'double' || type === 'float'),
  training: null,
});

function toIsoTime(text: string): string | null {
  const time = new Date(`${text.slice(0, 23).replace(' ', 'T')}Z`);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isFile() ?? false;
