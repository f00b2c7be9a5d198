// Both directions between us and Python over a real MLflow server: Python reads what we registered, we fetch what Python logged.
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GoldenFile } from '../../src/model/model-bundle.ts';
import { MlflowModelRegistry } from '../../src/model/registry/mlflow-model-registry.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';
import { createRun } from './support/mlflow-state.ts';
import { runPython, type PythonResult } from './support/python.ts';

let mlflow: MlflowServer;
let dir: string;
let registry: MlflowModelRegistry;
beforeAll(async () => {
  mlflow = await startMlflow();
  dir = mkdtempSync(join(tmpdir(), 'python-stack-'));
  registry = new MlflowModelRegistry({ url: mlflow.url, cacheDir: join(dir, 'cache') });
  await writeTinyBundle(join(dir, 'bundle'));
});
afterAll(async () => {
  await mlflow.stop();
  rmSync(dir, { recursive: true });
});

const run = (script: string, argument: string): Promise<PythonResult> =>
  runPython(script, [argument], { MLFLOW_TRACKING_URI: mlflow.url });

describe('a version that we registered', () => {
  it.each(['models:/ours@champion', 'models:/ours/1', 'runs'])(
    'gives our probabilities in Python by %s, through ONNX Runtime and pyfunc, missing values included',
    async (uri) => {
      const runId = await createRun(mlflow.url);
      await registry.register({ name: 'ours', bundleDir: join(dir, 'bundle'), runId });
      await registry.setAlias('ours', 'champion', '1');
      const result = await run('read_model.py', uri === 'runs' ? `runs:/${runId}/model` : uri);
      expect(result).toMatchObject({ exitCode: 0, report: { rows: 4, rows_with_missing: 1 } });
    },
  );

  it('is reported by the reader when it does not reproduce its golden rows', async () => {
    const other = join(dir, 'other');
    await writeTinyBundle(other, { bias: 1 });
    const file = join(other, 'golden.json');
    const golden = JSON.parse(await readFile(file, 'utf8')) as GoldenFile;
    const rows = golden.rows.map((row) => ({ ...row, probability: row.probability + 2e-6 }));
    await writeFile(file, JSON.stringify({ ...golden, rows }));
    await registry.register({ name: 'off', bundleDir: other, runId: null });
    const result = await run('read_model.py', 'models:/off/1');
    expect(result).toMatchObject({ exitCode: 1, report: { rows: 4 } });
  });
});

describe('a version that Python logged', () => {
  it('is found by name, latest and run, and its files are fetched', async () => {
    const { report, stderr } = await run('log_model.py', 'theirs');
    if (report === null) throw new Error(stderr);
    const { run_id: runId, version } = report as { run_id: string; version: string };
    for (const uri of ['models:/theirs/1', 'models:/theirs/latest', `runs:/${runId}/model`])
      expect(await registry.resolve(uri)).toMatchObject({ name: 'theirs', version, runId });
    const folder = await registry.fetchBundle(await registry.resolve('models:/theirs/1'));
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['MLmodel', 'model.onnx']));
  });
});
