// `npm run registry -- push` to a real MLflow server: what was recorded without one is there afterwards, once however often it is pushed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { trainPipeline, type TrainedPipeline } from '../../ml/pipeline-run.ts';
import { push } from '../../ml/registry/push.ts';
import { FileRunTracker } from '../../ml/tracking/file-run-tracker.ts';
import { MlflowRunTracker } from '../../ml/tracking/mlflow-run-tracker.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { openBundle } from '../../src/model/model-bundle.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { MlflowModelRegistry } from '../../src/model/registry/mlflow-model-registry.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import { callMlflow } from './support/mlflow-state.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';

const NAME = 'foretell';

let mlflow: MlflowServer;
let varDir: string;
let trained: TrainedPipeline;
let target: MlflowModelRegistry;
beforeAll(async () => {
  mlflow = await startMlflow();
  varDir = mkdtempSync(join(tmpdir(), 'push-'));
  trained = await trainPipeline({ paramsFile: quickParams(), environment: { VAR_DIR: varDir } });
  target = new MlflowModelRegistry({ url: mlflow.url, cacheDir: join(varDir, 'cache') });
});
afterAll(async () => {
  await mlflow.stop();
  rmSync(varDir, { recursive: true });
});

function quickParams(): string {
  const file = join(varDir, 'params.yaml');
  const params = parse(readFileSync('params.yaml', 'utf8')) as object;
  const candidates = [{ learner: 'logistic_regression', grid: { C: [0.1, 1] } }];
  const data = { path: join(process.cwd(), 'data/wdbc.csv') };
  writeFileSync(file, stringify({ ...params, data, candidates }));
  return file;
}

async function pushed(): Promise<readonly string[]> {
  const lines: string[] = [];
  const config = parseConfig({ VAR_DIR: varDir, MLFLOW_TRACKING_URI: mlflow.url });
  await push(config, (line) => lines.push(line));
  return lines;
}

const runsThere = async (): Promise<{ info: { run_id: string; start_time: number } }[]> => {
  const { experiment } = (await callMlflow(
    mlflow.url,
    'GET',
    `experiments/get-by-name?experiment_name=${NAME}`,
  )) as { experiment: { experiment_id: string } };
  const body = { experiment_ids: [experiment.experiment_id], max_results: 100 };
  const { runs } = (await callMlflow(mlflow.url, 'POST', 'runs/search', body)) as {
    runs: { info: { run_id: string; start_time: number } }[];
  };
  return runs;
};

it('copies runs with params, points and times, and the version with bundle, run and alias', async () => {
  expect(await pushed()).toEqual([
    'foretell: 3 of 3 runs copied, the others were there',
    'foretell: version 1 is version 1 there',
    'foretell: champion is version 1 there',
  ]);
  const version = await target.resolve(`models:/${NAME}@champion`);
  expect(version.description).toBe(trained.version.description);
  const bundle = await openBundle(await target.fetchBundle(version));
  expect(bundle.manifest.run_id).toBe(trained.runId);

  const source = new FileRunTracker(join(varDir, 'runs'));
  const tracker = new MlflowRunTracker({ url: mlflow.url, experiment: NAME });
  const original = await source.getRun(trained.runId);
  const copy = await tracker.getRun(version.runId ?? '');
  expect(copy).toMatchObject({
    name: original.name,
    status: 'FINISHED',
    params: original.params,
    metrics: original.metrics,
    startTime: original.startTime,
    endTime: original.endTime,
    artifacts: original.artifacts,
    tags: original.tags,
  });
  const children = (await source.listRuns()).filter(({ parentRunId }) => parentRunId !== null);
  expect(children).toHaveLength(2);
  const copies = await Promise.all(
    (await runsThere()).map(({ info }) => tracker.getRun(info.run_id)),
  );
  expect(copies.filter(({ parentRunId }) => parentRunId === copy.runId)).toHaveLength(2);
});

it('adds nothing the second time', async () => {
  const before = await runsThere();
  expect(await pushed()).toEqual(['foretell: 0 of 3 runs copied, the others were there']);
  expect(await runsThere()).toEqual(before);
  expect(await target.listVersions(NAME)).toHaveLength(1);
});

it('goes on with a copy that was interrupted', async () => {
  const [run] = await runsThere();
  const body = { run_id: run?.info.run_id, status: 'RUNNING' };
  await callMlflow(mlflow.url, 'POST', 'runs/update', body);
  expect(await pushed()).toEqual(['foretell: 1 of 3 runs copied, the others were there']);
  expect(await runsThere()).toHaveLength(3);
});

it('copies what is new and moves the alias along, but not one that names a version from elsewhere', async () => {
  const embedded = new FileModelRegistry(join(varDir, 'registry'));
  const bundleDir = join(varDir, 'tiny');
  await writeTinyBundle(bundleDir);
  const { version } = await embedded.register({ name: NAME, bundleDir, runId: null });
  await embedded.setAlias(NAME, 'champion', version);
  expect((await pushed()).slice(1)).toEqual([
    'foretell: version 2 is version 2 there',
    'foretell: champion is version 2 there',
  ]);
  const foreign = await target.register({ name: NAME, bundleDir, runId: null });
  await target.setAlias(NAME, 'champion', foreign.version);
  expect((await pushed()).slice(1)).toEqual([
    'foretell: champion stays at version 3, which is not from here',
  ]);
  expect((await target.resolve(`models:/${NAME}@champion`)).version).toBe('3');
});

it('says what to set where there is no MLflow to push to', async () => {
  const config = parseConfig({ VAR_DIR: varDir });
  await expect(push(config, () => undefined)).rejects.toThrow('set MLFLOW_TRACKING_URI');
});
