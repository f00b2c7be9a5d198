// The files by which MLflow and its users know a bundle: MLmodel with the onnx and python_function flavours, the environments, an input
// example. Facts verified against mlflow 3.17.2.
import { stringify } from 'yaml';
import { compileEncoder } from '../../src/features/encode-row.ts';
import type { ModelFeature } from '../../src/features/feature-spec.ts';
import type {
  FeaturesFile,
  GoldenFile,
  ManifestFile,
  ReportFile,
} from '../../src/model/model-bundle.ts';

const PYTHON = '3.11';
const REQUIREMENTS = ['mlflow>=2.9', 'onnx>=1.16', 'onnxruntime>=1.17', 'numpy', 'pandas'];

export interface Described {
  readonly features: FeaturesFile;
  readonly golden: GoldenFile;
  readonly report: ReportFile;
  readonly manifest: Omit<ManifestFile, 'sha256'>;
}

/** File name -> text, for every file that exists for MLflow's sake. */
export function mlflowFiles(described: Described): Readonly<Record<string, string>> {
  const example = inputExample(described);
  return {
    // Written for YAML 1.1, which Python reads: there an unquoted time would become a datetime.
    MLmodel: stringify(mlmodel(described), { lineWidth: 0, version: '1.1' }),
    'input_example.json': json(example),
    'serving_input_example.json': json({ dataframe_split: example }),
    'requirements.txt': `${REQUIREMENTS.join('\n')}\n`,
    'python_env.yaml': stringify({
      python: PYTHON,
      build_dependencies: ['pip', 'setuptools', 'wheel'],
      dependencies: ['-r requirements.txt'],
    }),
    'conda.yaml': stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${PYTHON}`, 'pip', { pip: REQUIREMENTS }],
    }),
  };
}

function mlmodel({ features, report, manifest }: Described): object {
  return {
    flavors: {
      onnx: {
        code: null,
        data: 'model.onnx',
        onnx_session_options: null,
        providers: ['CPUExecutionProvider'],
      },
      python_function: {
        data: 'model.onnx',
        env: { conda: 'conda.yaml', virtualenv: 'python_env.yaml' },
        loader_module: 'mlflow.onnx',
        python_version: PYTHON,
      },
    },
    metadata: {
      target: features.target,
      positive_label: features.positive_label,
      threshold: report.threshold,
      data_digest: manifest.data_digest,
      categories: categoriesOf(features.features),
    },
    run_id: manifest.run_id,
    saved_input_example_info: {
      artifact_path: 'input_example.json',
      pandas_orient: 'split',
      serving_input_path: 'serving_input_example.json',
      type: 'dataframe',
    },
    signature: {
      inputs: JSON.stringify(features.features.map(toColumn)),
      outputs: JSON.stringify([
        { type: 'long', name: 'label', required: true },
        { type: 'float', name: 'probability', required: true },
      ]),
      params: null,
    },
    utc_time_created: manifest.created_at.replace('T', ' ').replace('Z', ''),
  };
}

/**
 * Every column is a double: MLflow casts it to the float32 that the graph takes, whereas integer columns and strings fail there.
 * Python callers send a category as its code; the codes are in the metadata, by position.
 */
const toColumn = ({ name, nullable }: ModelFeature): object => ({
  type: 'double',
  name,
  required: !nullable,
});

const categoriesOf = (features: readonly ModelFeature[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    features.flatMap((feature) =>
      feature.kind === 'categorical' ? [[feature.name, feature.categories] as const] : [],
    ),
  );

/** The first golden row as pandas' "split" JSON, encoded as the signature wants it. */
function inputExample({ features: { features }, golden }: Described): object {
  const encoder = compileEncoder(features);
  const codes = new Float32Array(encoder.width);
  const row = golden.rows[0]?.features ?? {};
  encoder.encodeInto(row, codes, 0);
  const cells = features.map(({ name, kind }, i) =>
    kind === 'categorical' ? finiteOrNull(codes[i]) : (row[name] ?? null),
  );
  return { columns: features.map(({ name }) => name), index: [0], data: [cells] };
}

const finiteOrNull = (code: number | undefined): number | null =>
  code !== undefined && Number.isFinite(code) ? code : null;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
