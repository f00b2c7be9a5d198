// Models that scikit-learn and skl2onnx made (test/reference/foreign), opened by what their MLmodel tells, against scikit-learn's answers.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { addingOnnx, foreignOnnx } from '../../test/support/foreign-onnx.ts';
import { tinyOnnx, writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { ModelSlot } from './model-slot.ts';
import { InMemoryModelRegistry } from './registry/in-memory-model-registry.ts';
import type { ModelVersion } from './registry/model-registry.ts';

const MODELS = join(__dirname, '../../test/reference/foreign');
const VERSION: ModelVersion = {
  name: 'theirs',
  version: '7',
  aliases: ['champion'],
  stage: 'None',
  runId: null,
  description: '',
  tags: {},
  createdAt: '2026-01-02T03:04:05.000Z',
};

interface Expected {
  readonly rows: readonly (readonly number[])[];
  readonly probability: Readonly<Record<string, readonly number[]>>;
}

type Column = Readonly<Record<string, unknown>>;
const COLUMNS: readonly Column[] = [
  { type: 'double', name: 'a', required: true },
  { type: 'double', name: 'b', required: false },
  { type: 'long', name: 'c', required: false },
];

const mlmodel = (inputs: unknown, data = 'model.onnx'): string =>
  stringify(
    {
      flavors: {
        onnx: { code: null, data, onnx_version: '1.23.2' },
        python_function: { data, loader_module: 'mlflow.onnx' },
      },
      model_uuid: 'm-0123456789abcdef',
      run_id: '5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f',
      signature: { inputs: JSON.stringify(inputs), outputs: null, params: null },
      utc_time_created: '2026-11-21 00:04:49.397879',
    },
    { version: '1.1' },
  );

describe('a model from elsewhere', () => {
  let dir: string;
  let expected: Expected;
  let slot: ModelSlot;

  beforeAll(async () => {
    expected = JSON.parse(await readFile(join(MODELS, 'expected.json'), 'utf8')) as Expected;
  });
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'foreign-'));
    slot = new ModelSlot();
    await writeFile(join(dir, 'MLmodel'), mlmodel(COLUMNS));
  });
  afterEach(async () => {
    await slot.onApplicationShutdown();
    await rm(dir, { recursive: true, force: true });
  });

  const take = async (model: string): Promise<void> => {
    await cp(join(MODELS, `${model}.onnx`), join(dir, 'model.onnx'));
    await slot.offer(VERSION, dir);
  };
  const refused = async (message: string | RegExp): Promise<void> => {
    await expect(slot.offer(VERSION, dir)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(message) as string,
    });
  };

  it.each(['text-labels', 'text-constants', 'double', 'per-column', 'regression'])(
    "gives scikit-learn's probabilities: %s",
    async (model) => {
      await take(model);
      const { scorer } = slot.current();
      const rows = Float32Array.from(expected.rows.flat());
      const { probability, label } = await scorer.score(rows, expected.rows.length);
      const answers = expected.probability[model] ?? [];
      expect(answers).toHaveLength(expected.rows.length);
      answers.forEach((answer, i) => {
        if (answer < 0 || answer > 1) expect(probability[i]).toBeNaN();
        else expect(Math.abs((probability[i] ?? Number.NaN) - answer)).toBeLessThan(1e-6);
        expect(label[i]).toBe(answer >= 0 && answer <= 1 && answer >= 0.5 ? 1 : 0);
      });
    },
  );

  it.each([
    ['text-labels', 'benign', 'malignant'],
    ['text-constants', 'benign', 'malignant'],
    ['double', '0', '1'],
    ['regression', '0', '1'],
  ])('takes the names of the classes from the graph: %s', async (model, negative, positive) => {
    await take(model);
    expect(slot.current().bundle.features).toMatchObject({
      negative_label: negative,
      positive_label: positive,
    });
  });

  it('is described by its signature, and by null where that tells nothing', async () => {
    await take('text-labels');
    const info = new ModelCatalogue(slot, new InMemoryModelRegistry()).live();
    expect(info).toMatchObject({
      name: 'theirs',
      version: '7',
      run_id: '5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f',
      learner: 'onnx',
      metrics: {},
      threshold: 0.5,
      data_digest: null,
      git_commit: null,
      created_at: '2026-11-21T00:04:49.397Z',
    });
    expect(info.features.map(({ name, nullable }) => [name, nullable])).toEqual([
      ['a', false],
      ['b', true],
      ['c', false],
    ]);
    expect(info.features[0]).toMatchObject({ kind: 'numeric', min: null, max: null, median: null });
  });

  it('refuses probabilities in a ZipMap, naming the option that leaves it out', async () => {
    await cp(join(MODELS, 'zipmap.onnx'), join(dir, 'model.onnx'));
    await refused('zipmap=False');
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ['three classes', 'three-classes', /one float output of probabilities.*\[N, 3\]/],
    ['a column less than the signature has', tinyOnnx(2), /one float input \[N, 3\]/],
    ['an input that is no float', foreignOnnx('int64', ['probability']), /one float input/],
    ['no model', Buffer.from('not a model'), /ONNX Runtime cannot load it/],
  ])('refuses %s', async (_what, model, message) => {
    const bytes = typeof model === 'string' ? await readFile(join(MODELS, `${model}.onnx`)) : model;
    await writeFile(join(dir, 'model.onnx'), bytes);
    await refused(message);
  });

  it('takes the only float output, whatever its name, and gives NaN for a row whose value is no probability', async () => {
    await writeFile(join(dir, 'MLmodel'), mlmodel([{ type: 'double', name: 'a' }]));
    await writeFile(join(dir, 'model.onnx'), foreignOnnx('float', ['one', 'other']));
    await refused('one float output of probabilities');
    await writeFile(join(dir, 'model.onnx'), foreignOnnx('float', ['any']));
    await slot.offer(VERSION, dir);
    const { probability } = await slot.current().scorer.score(Float32Array.of(0.5, 3), 2);
    expect(Array.from(probability)).toEqual([0.5, Number.NaN]);
  });

  it('refuses a model whose answer to a row of zeros is no probability', async () => {
    await writeFile(join(dir, 'MLmodel'), mlmodel([{ type: 'double', name: 'a' }]));
    await writeFile(join(dir, 'model.onnx'), addingOnnx(5));
    await refused('a row of zeros has to give one probability');
  });

  it.each<[string, string, RegExp]>([
    [
      'a tensor signature',
      mlmodel([{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 3] } }]),
      /a tensor names no features.*infer_signature/,
    ],
    ['text columns', mlmodel([{ type: 'string', name: 'a' }]), /column 0: expected double, float/],
    ['a column twice', mlmodel([COLUMNS[0], COLUMNS[0]]), /expected distinct columns/],
    ['no columns', mlmodel([]), /expected distinct columns/],
    ['no signature', 'flavors: {onnx: {data: model.onnx}}', /it has no signature/],
    [
      'no onnx flavour',
      'flavors: {sklearn: {pickled_model: model.pkl}}',
      /mlflow\.onnx\.log_model/,
    ],
    ['a file outside its folder', mlmodel(COLUMNS, '../model.onnx'), /no onnx flavour with a file/],
    ['a file that is missing', mlmodel(COLUMNS, 'gone.onnx'), /gone\.onnx: MLmodel names it/],
    ['no YAML', '{', /it is not valid YAML/],
  ])('refuses %s', async (_what, text, message) => {
    await cp(join(MODELS, 'text-labels.onnx'), join(dir, 'model.onnx'));
    await writeFile(join(dir, 'MLmodel'), text);
    await refused(message);
  });

  it('is never what remains of a bundle of the house', async () => {
    await writeTinyBundle(dir);
    await rm(join(dir, 'manifest.json'));
    await refused('manifest.json: there is no such file');
    await writeTinyBundle(dir);
    await rm(join(dir, 'features.json'));
    await refused('features.json: there is no such file');
  });
});
