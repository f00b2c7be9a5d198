// Python beside the product, over a real MLflow: what we trained is read, served and scaled out by MLflow's own tools with the API's
// probabilities; what scikit-learn users log is served by us with theirs; and MLflow's pages show the runs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openBrowser, openPage } from '../support/browser.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';
import { callMlflow } from './support/mlflow-state.ts';
import { freePort } from '../support/free-port.ts';
import { requireTool, ServerProcess, TOOLS } from './support/process.ts';
import { runPython } from './support/python.ts';
import { Served, type PredictedRow } from './support/served.ts';
import { quickParams, train } from './support/training.ts';

const NAME = 'shared';
const CHAMPION = `models:/${NAME}@champion`;
const TOLERANCE = 1e-6;
const SCREENSHOTS = 'coverage/screenshots';

const running: { stop(): Promise<unknown> }[] = [];
const started = <Server extends { stop(): Promise<unknown> }>(server: Server): Server => {
  running.push(server);
  return server;
};

let mlflow: MlflowServer;
let dir: string;
let rowsFile: string;
/** Rows with the API's answers; some lack a value. */
let rows: readonly PredictedRow[];

const settingsOf = (name: string): Record<string, string> => ({
  VAR_DIR: join(dir, name),
  MLFLOW_TRACKING_URI: mlflow.url,
  MODEL_NAME: NAME,
});

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lifecycle-python-'));
  mlflow = started(await startMlflow());
  await train(quickParams(dir, 0.3), settingsOf('training'));
  await train(quickParams(dir, 1), settingsOf('training'));
  const server = started(await Served.start(settingsOf('server')));
  rows = await answeredRows(server);
  rowsFile = join(dir, 'rows.json');
  writeFileSync(rowsFile, JSON.stringify({ rows }));
});
afterAll(async () => {
  for (const server of running.toReversed()) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Rows between the lowest and the highest that training saw, each with and without the feature that may be missing. */
async function answeredRows(server: Served): Promise<readonly PredictedRow[]> {
  const { features } = await server.info();
  const shares = [0.02, 0.1, 0.2, 0.3, 0.5];
  const complete = shares.map((share) =>
    Object.fromEntries(features.map(({ name, min, max }) => [name, min + share * (max - min)])),
  );
  const missing = Object.fromEntries(
    features.filter(({ nullable }) => nullable).map(({ name }) => [name, null]),
  );
  const asked = complete.flatMap((row) => [row, { ...row, ...missing }]);
  return Promise.all(asked.map((row) => server.predict(row)));
}

const python = (script: string, ...args: string[]): ReturnType<typeof runPython> =>
  runPython(script, args, { MLFLOW_TRACKING_URI: mlflow.url });

describe('what we trained', () => {
  it('has probabilities on either side, so that comparing them says something', () => {
    const probabilities = rows.map(({ probability }) => probability);
    expect(Math.min(...probabilities)).toBeLessThan(0.2);
    expect(Math.max(...probabilities)).toBeGreaterThan(0.8);
    expect(new Set(probabilities).size).toBeGreaterThan(rows.length / 2);
  });

  it('gives the probabilities of the API to mlflow.onnx and mlflow.pyfunc, missing values included', async () => {
    const { exitCode, report, stderr } = await python('read_model.py', CHAMPION, rowsFile);
    expect(stderr).not.toMatch(/Traceback/);
    expect({ exitCode, report }).toMatchObject({
      exitCode: 0,
      report: { rows: rows.length, rows_with_missing: rows.length / 2 },
    });
  });

  it('is served by mlflow models serve with the probabilities of the API', async () => {
    const port = await freePort();
    const command = requireTool('mlflow', [join(TOOLS, 'mlflow/bin/mlflow')]);
    const scoring = new ServerProcess({
      name: 'mlflow models serve',
      command,
      args: [
        ...['models', 'serve', '--model-uri', CHAMPION, '--env-manager', 'local'],
        ...['--host', '127.0.0.1', '--port', `${port}`],
      ],
      env: {
        MLFLOW_TRACKING_URI: mlflow.url,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        // It starts uvicorn by name.
        PATH: `${dirname(command)}:${process.env['PATH'] ?? ''}`,
      },
      logFile: join(dir, 'scoring.log'),
      ready: async () => (await fetch(`http://127.0.0.1:${port}/ping`)).ok,
    });
    await scoring.start();
    try {
      const columns = Object.keys(rows[0]?.features ?? {});
      const data = rows.map(({ features }) => columns.map((column) => features[column]));
      const answer = await fetch(`http://127.0.0.1:${port}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dataframe_split: { columns, data } }),
      });
      const { predictions } = (await answer.json()) as { predictions: { probability: number }[] };
      expect(predictions).toHaveLength(rows.length);
      for (const [i, { probability }] of predictions.entries())
        expect(Math.abs(probability - (rows[i]?.probability ?? NaN))).toBeLessThanOrEqual(
          TOLERANCE,
        );
    } finally {
      await scoring.stop();
    }
  });

  it('scores a partitioned Parquet data set on a Spark cluster with the probabilities of the API', async () => {
    const { exitCode, report, stderr } = await python('score_with_spark.py', CHAMPION, rowsFile);
    expect(stderr).not.toMatch(/Traceback/);
    expect({ exitCode, report }).toMatchObject({
      exitCode: 0,
      report: { rows: 50 * rows.length, partitions: 4 },
    });
  });
});

it('a scikit-learn model that Python logged as ONNX with a column signature is served by us with its own probabilities', async () => {
  const { report, stderr } = await python('log_sklearn_onnx.py', 'theirs', 'data/wdbc.csv');
  if (report === null) throw new Error(stderr);
  const theirs = report as { version: string; rows: readonly PredictedRow[] };
  const server = started(
    await Served.start({
      ...settingsOf('theirs'),
      MODEL_NAME: 'theirs',
      MODEL_URI: `models:/theirs/${theirs.version}`,
    }),
  );
  const { features } = await server.info();
  expect(features.map(({ name }) => name)).toEqual(Object.keys(theirs.rows[0]?.features ?? {}));
  for (const { features: row, probability } of theirs.rows)
    expect((await server.predict(row)).probability).toBeCloseTo(probability, 5);
  const refused = await server.send<{ code: string }>('POST /predict', { features: { a: 1 } });
  expect({ status: refused.status, code: refused.body.code }).toEqual({
    status: 422,
    code: 'INVALID_INPUT',
  });
});

it("MLflow's own pages list the runs and compare two of them", async () => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const { runs } = (await callMlflow(mlflow.url, 'POST', 'runs/search', {
    experiment_ids: ['1'],
    filter: `metrics.roc_auc > 0`,
  })) as { runs: readonly { info: { run_id: string } }[] };
  expect(runs).toHaveLength(2);
  const browser = await openBrowser();
  try {
    const { page } = await openPage(browser, mlflow.url);
    // A page scrolls within itself: the whole comparison at once takes a tall window.
    await page.setViewportSize({ width: 1700, height: 2200 });
    // Its pages ask for news of the project; nothing leaves this machine.
    await page.route(
      (url) => url.origin !== mlflow.url,
      (route) => route.abort(),
    );
    await page.goto(`${mlflow.url}/#/experiments/1/runs`);
    await page.getByText(/[1-9]\d* matching runs/).waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'mlflow-runs.png') });
    const ids = JSON.stringify(runs.map(({ info }) => info.run_id));
    await page.goto(
      `${mlflow.url}/#/compare-runs?runs=${encodeURIComponent(ids)}&experiments=${encodeURIComponent('["1"]')}`,
    );
    await page.locator('.js-plotly-plot svg').first().waitFor();
    await page.getByText('roc_auc').first().waitFor();
    await page.screenshot({ path: join(SCREENSHOTS, 'mlflow-compare.png') });
    expect(await page.content()).toContain('log_loss');
  } finally {
    await browser.close();
  }
});
