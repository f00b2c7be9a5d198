// A written bundle is complete, repeatable, readable by MLflow's rules, and refused when the trainer's lock does not hold.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { writeExplainableBundle } from '../../test/support/explainable-bundle.ts';
import { TINY_FEATURES, tinyOnnx, writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import type { ExplainerFacts } from '../../src/model/model-bundle.ts';
import { referenceOf } from './reference.ts';
import { writeBundle } from './write-bundle.ts';

describe('writeBundle', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'write-bundle-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('writes every file, each with its digest in the manifest', async () => {
    const { manifest } = await writeTinyBundle(dir);
    const files = (await readdir(dir)).sort();
    expect(files).toEqual([
      'MLmodel',
      'conda.yaml',
      'drift.json',
      'explainer.json',
      'features.json',
      'golden.json',
      'holdout.json',
      'input_example.json',
      'manifest.json',
      'model-card.md',
      'model.onnx',
      'python_env.yaml',
      'reference.json',
      'report.json',
      'requirements.txt',
      'serving_input_example.json',
    ]);
    expect(Object.keys(manifest.sha256)).toEqual(files.filter((file) => file !== 'manifest.json'));
  });

  it('writes what explains its answers, with its digests, where the model can be explained', async () => {
    const { manifest, explainer } = await writeExplainableBundle(dir, {
      learner: 'logistic_regression',
    });
    const files = (await readdir(dir)).sort();
    expect(files).toEqual(expect.arrayContaining(['explainer.bin', 'explainer.onnx']));
    expect(Object.keys(manifest.sha256)).toEqual(files.filter((file) => file !== 'manifest.json'));
    expect(explainer.additive?.form.kind).toBe('linear');
    expect(explainer.importance?.features).toHaveLength(3);
  });

  it('refuses to write numbers that are not those of the explanation', async () => {
    const learner = { learner: 'logistic_regression' } as const;
    const { golden, features, report, reference, manifest, explainer } =
      await writeExplainableBundle(dir, learner);
    const onnx = await readFile(join(dir, 'explainer.onnx'));
    const content = { golden, features, report, reference, manifest };
    const broken = { onnx, numbers: new Uint8Array(8), facts: explainer as ExplainerFacts };
    const model = await readFile(join(dir, 'model.onnx'));
    await expect(writeBundle(dir, { ...content, onnx: model, explainer: broken })).rejects.toThrow(
      'explainer.bin: expected at least',
    );
  });

  it('writes the same bytes again', async () => {
    const [one, two] = [join(dir, 'one'), join(dir, 'two')];
    await writeTinyBundle(one);
    await writeTinyBundle(two);
    for (const file of await readdir(one))
      expect(await readFile(join(two, file))).toEqual(await readFile(join(one, file)));
  });

  it('describes itself to MLflow: both flavours, columns of type double, nullable ones not required', async () => {
    await writeTinyBundle(dir);
    const mlmodel = parse(await readFile(join(dir, 'MLmodel'), 'utf8')) as {
      flavors: Record<string, { data: string; loader_module?: string }>;
      metadata: { categories: object };
      signature: { inputs: string; outputs: string };
    };
    expect(mlmodel.flavors['onnx']?.data).toBe('model.onnx');
    expect(mlmodel.flavors['python_function']?.loader_module).toBe('mlflow.onnx');
    expect(JSON.parse(mlmodel.signature.inputs)).toEqual([
      { type: 'double', name: 'mean radius', required: true },
      { type: 'double', name: 'mean texture', required: false },
      { type: 'double', name: 'side', required: true },
    ]);
    expect(mlmodel.metadata.categories).toEqual({ side: ['left', 'right'] });
    expect(JSON.parse(await readFile(join(dir, 'input_example.json'), 'utf8'))).toEqual({
      columns: ['mean radius', 'mean texture', 'side'],
      index: [0],
      data: [[6, 9, 0]],
    });
  });

  it('writes a model card with the features, the metrics and what reproduces it', async () => {
    await writeTinyBundle(dir);
    const card = await readFile(join(dir, 'model-card.md'), 'utf8');
    expect(card).toContain('| mean radius | numeric | mm | 6 to 28 | no |');
    expect(card).toContain('| roc_auc | 0.95 |');
    expect(card).toContain('0'.repeat(64));
  });

  it('says in the model card what the model adds to the baselines, and nothing where none were measured', async () => {
    const { golden, features, report, reference, manifest } = await writeTinyBundle(dir);
    const card = (): Promise<string> => readFile(join(dir, 'model-card.md'), 'utf8');
    expect(await card()).not.toContain('What the model adds');
    const metrics = { roc_auc: 0.8, log_loss: 0.4 };
    const baselines = [
      { learner: 'prior', feature: null, metrics: { roc_auc: 0.5, log_loss: 0.6 } },
      { learner: 'best_feature', feature: 'side', metrics },
    ];
    const content = { golden, features, reference, manifest, onnx: tinyOnnx(3) };
    const bundle = await writeBundle(dir, { ...content, report: { ...report, baselines } });
    expect(bundle.report.baselines).toEqual(baselines);
    expect(await card()).toContain(`## What the model adds`);
    expect(await card()).toContain('| prior | 0.5 | 0.6 |');
    expect(await card()).toContain('| best_feature (side) | 0.8 | 0.4 |');
  });

  it('throws when the model does not reproduce the golden rows', async () => {
    const { golden, features, report, reference, manifest } = await writeTinyBundle(dir);
    const content = { features, report, reference, manifest, onnx: tinyOnnx(3) };
    const rows = golden.rows.map((row, i) => (i === 2 ? { ...row, probability: 0.123 } : row));
    await expect(writeBundle(dir, { ...content, golden: { ...golden, rows } })).rejects.toThrow(
      'golden.json: row 2 is not reproduced',
    );
  });

  it('throws when a metric is not a number', async () => {
    const { golden, features, report, reference, manifest } = await writeTinyBundle(dir);
    const broken = { ...report, metrics: { roc_auc: Number.NaN } };
    const content = { golden, features, reference, manifest, report: broken, onnx: tinyOnnx(3) };
    await expect(writeBundle(dir, content)).rejects.toThrow('report.json: metrics.roc_auc');
  });
});

describe('referenceOf', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({
    'mean radius': i / 10,
    'mean texture': i % 4 === 0 ? null : i % 3,
    side: i < 300 ? 'left' : 'right',
  }));
  const reference = referenceOf(
    TINY_FEATURES,
    rows,
    rows.map((_, i) => i / 999),
  );
  const [radius, texture, side] = reference.features;

  it('counts numbers in bins of about equal weight', () => {
    expect(radius).toMatchObject({ missing: 0, counts: new Array(50).fill(20) });
    expect(radius?.kind === 'numeric' && radius.quantiles[50]).toBeCloseTo(49.95, 10);
  });

  it('makes no empty bins of repeated values, and counts what is missing', () => {
    expect(texture).toMatchObject({ missing: 250, edges: [0, 1], counts: [250, 250, 250] });
  });

  it('counts categories in their declared order', () => {
    expect(side).toEqual({ name: 'side', kind: 'categorical', missing: 0, counts: [300, 700] });
  });

  it('counts scores in twenty bins, 1 in the last', () => {
    expect(reference.score.edges).toHaveLength(21);
    expect(reference.score.counts).toEqual(new Array(20).fill(50));
  });
});
