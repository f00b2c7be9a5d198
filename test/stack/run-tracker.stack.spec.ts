// The RunTracker over a real MLflow server: the port's contract, and what MLflow's own pages show of a run.
import { MlflowRunTracker } from '../../ml/tracking/mlflow-run-tracker.ts';
import { MlflowRunReader } from '../../src/model/runs/mlflow-run-reader.ts';
import { runTrackerContract } from '../contract/run-tracker.contract.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';

let mlflow: MlflowServer;
beforeAll(async () => {
  mlflow = await startMlflow();
});
afterAll(() => mlflow.stop());

const open = (): MlflowRunTracker =>
  new MlflowRunTracker({ url: mlflow.url, experiment: 'contract' });

describe('MlflowRunTracker', () => {
  runTrackerContract(open);
});

describe('what MLflow has of a training run', () => {
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${mlflow.url}/api/2.0/mlflow/${path}`)).json();

  it('shows the data set as an input of the run, by name and digest', async () => {
    const digest = 'cd'.repeat(32);
    const run = await open().startRun({
      name: 'with data',
      dataset: { name: 'wdbc', digest, source: 'data/wdbc.csv', rows: 569 },
    });
    expect(await ask(`runs/get?run_id=${run.id}`)).toMatchObject({
      run: {
        inputs: { dataset_inputs: [{ dataset: { name: 'wdbc', digest: digest.slice(0, 36) } }] },
      },
    });
  });

  it('keeps 2500 metrics of one call and the commit tag', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [`m/${i}`, i]));
    const run = await open().startRun({
      name: 'many',
      tags: { 'mlflow.source.git.commit': 'abc' },
    });
    await run.logMetrics(metrics);
    const { run: found } = (await ask(`runs/get?run_id=${run.id}`)) as {
      run: { data: { metrics: object[]; tags: object[] } };
    };
    expect(found.data.metrics).toHaveLength(2500);
    expect(found.data.tags).toContainEqual({ key: 'mlflow.source.git.commit', value: 'abc' });
  });
});

describe('MlflowRunReader, behind GET /runs', () => {
  it('lists trainings and candidates newest first, in pages, with params and metrics', async () => {
    const experiment = 'read-side';
    const tracker = new MlflowRunTracker({ url: mlflow.url, experiment });
    const parent = await tracker.startRun({ name: 'training', params: { seed: 7 } });
    const child = await parent.startChild({ name: 'C 1', params: { C: 1 } });
    await child.logMetrics({ log_loss: 0.25 });
    await child.finish('FINISHED');
    const reader = new MlflowRunReader({ url: mlflow.url }, experiment);
    const first = await reader.list(1);
    const second = await reader.list(1, first.nextCursor ?? '');
    expect([...first.items, ...second.items].map(({ run_id }) => run_id)).toEqual([
      child.id,
      parent.id,
    ]);
    expect(await reader.get(child.id)).toMatchObject({
      parent_run_id: parent.id,
      status: 'FINISHED',
      params: { C: '1' },
      metrics: { log_loss: 0.25 },
    });
  });

  it('answers an empty page for a model that was never trained', async () => {
    const reader = new MlflowRunReader({ url: mlflow.url }, 'never-trained');
    expect(await reader.list(10)).toEqual({ items: [], nextCursor: null });
  });
});
