// A model's life on real servers: MLflow with PostgreSQL and S3 behind it, training and serving as processes of their own. The tests go
// through that life in order; each finds what the one before left.
import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MlflowModelRegistry } from '../../src/model/registry/mlflow-model-registry.ts';
import { ensureDatabase } from '../support/test-database.ts';
import { startFaultProxy, type FaultProxy } from './support/fault-proxy.ts';
import { callMlflow } from './support/mlflow-state.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';
import { startPostgres } from './support/postgres.ts';
import { freePort } from '../support/free-port.ts';
import { type StackServer } from './support/process.ts';
import { startS3, type S3Server } from './support/s3.ts';
import { Served } from './support/served.ts';
import { quickParams, train } from './support/training.ts';
import { untilTrue } from '../support/until.ts';

const NAME = 'lifecycle';
const POLL_SECONDS = 2;
/** On a machine that does much else; on an idle one it is a second. */
const SOON_MS = 20_000;
const SECRET = 'a webhook secret of the stack tests';

let postgres: StackServer;
let s3: S3Server;
let mlflow: MlflowServer;
let proxy: FaultProxy;
let dir: string;
let registry: MlflowModelRegistry;
/** Asks MLflow every two seconds. */
let polling: Served;
/** Asks once an hour, and when MLflow's webhook tells it to. */
let hooked: Served;
let hookedPort: number;

const settingsOf = (name: string): Record<string, string> => ({
  VAR_DIR: join(dir, name),
  MLFLOW_TRACKING_URI: mlflow.url,
  MODEL_NAME: NAME,
});
const startPolling = async (): Promise<Served> =>
  started(await Served.start({ ...settingsOf('polling'), MODEL_POLL_SECONDS: `${POLL_SECONDS}` }));

/** What is running; stopped in the reverse order of the starts, also where a start failed. */
const running: { stop(): Promise<unknown> }[] = [];
const started = <Server extends { stop(): Promise<unknown> }>(server: Server): Server => {
  running.push(server);
  return server;
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lifecycle-'));
  postgres = started(await startPostgres());
  s3 = started(await startS3());
  hookedPort = await freePort();
  const database = await ensureDatabase(postgres.url, 'mlflow');
  // As docs/operations/model-lifecycle.md says for a server on a private address without TLS.
  const env = {
    MLFLOW_WEBHOOK_ALLOWED_SCHEMES: 'http,https',
    MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS: 'true',
  };
  mlflow = started(await startMlflow({ s3, database, env }));
  proxy = started(await startFaultProxy(mlflow.url));
  registry = new MlflowModelRegistry({ url: mlflow.url, cacheDir: join(dir, 'cache') });
  await callMlflow(mlflow.url, 'POST', 'webhooks', {
    name: 'champion',
    url: `http://127.0.0.1:${hookedPort}/webhooks/mlflow`,
    events: [{ entity: 'MODEL_VERSION_ALIAS', action: 'CREATED' }],
    secret: SECRET,
    status: 'ACTIVE',
  });
});
afterAll(async () => {
  for (const server of running.toReversed()) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const champion = async (): Promise<string> =>
  (await registry.resolve(`models:/${NAME}@champion`)).version;
/** In MLflow itself, as a click on its pages does. */
const moveAlias = (version: string): Promise<unknown> =>
  callMlflow(mlflow.url, 'POST', 'registered-models/alias', {
    name: NAME,
    alias: 'champion',
    version,
  });
const serves =
  (server: Served, version: string): (() => Promise<boolean>) =>
  async () =>
    (await server.version()) === version;
/** One more version with the files of another. */
const registerCopy = async (of: string): Promise<string> => {
  const bundleDir = await registry.fetchBundle(await registry.resolve(`models:/${NAME}/${of}`));
  return (await registry.register({ name: NAME, bundleDir, runId: null })).version;
};
const expectServing = async (server: Served, version: string): Promise<void> => {
  expect(await server.ready()).toBe(200);
  expect(await server.version()).toBe(version);
};

describe('from training to production and back', () => {
  it('training registers version 1 as champion: a logged model of its run, which shows params, metrics, data and candidates', async () => {
    const printed = await train(quickParams(dir, 0.3), settingsOf('training'));
    expect(printed).toMatch(/version 1/i);
    const version = await registry.resolve(`models:/${NAME}@champion`);
    expect(version.version).toBe('1');
    const { run } = (await callMlflow(
      mlflow.url,
      'GET',
      `runs/get?run_id=${version.runId ?? ''}`,
    )) as { run: { info: { experiment_id: string; status: string }; data: object } };
    expect(run).toMatchObject({
      info: { status: 'FINISHED' },
      data: {
        metrics: expect.arrayContaining([
          expect.objectContaining({ key: 'roc_auc' }) as object,
        ]) as object,
      },
      inputs: { dataset_inputs: [{ dataset: { name: 'wdbc' } }] },
      outputs: { model_outputs: [{ model_id: expect.stringMatching(/^m-/) as string }] },
    });
    const { runs } = (await callMlflow(mlflow.url, 'POST', 'runs/search', {
      experiment_ids: [run.info.experiment_id],
      filter: `tags.mlflow.parentRunId = '${version.runId ?? ''}'`,
    })) as { runs: unknown[] };
    expect(runs).toHaveLength(2);
  });

  it('servers that follow the alias serve it', async () => {
    polling = await startPolling();
    hooked = started(
      await Served.start({
        ...settingsOf('hooked'),
        PORT: `${hookedPort}`,
        MODEL_POLL_SECONDS: '3600',
        MLFLOW_WEBHOOK_SECRET: SECRET,
      }),
    );
    const { runId } = await registry.resolve(`models:/${NAME}@champion`);
    for (const server of [polling, hooked])
      expect(await server.info()).toMatchObject({ name: NAME, version: '1', run_id: runId });
  });

  it('training again registers a challenger and promotes nothing', async () => {
    await train(quickParams(dir, 1), settingsOf('training'));
    expect((await registry.resolve(`models:/${NAME}@challenger`)).version).toBe('2');
    expect(await champion()).toBe('1');
    expect(await polling.version()).toBe('1');
  });

  it('a promotion through the API passes the gate, moves the alias in MLflow, and is served when it answers', async () => {
    const { status, body } = await polling.send(`POST /models/${NAME}/promote`, { version: '2' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { version: '2', from_version: '1', passed: true, forced: false, serving: true },
    });
    expect(await champion()).toBe('2');
    expect(await polling.version()).toBe('2');
  });

  it('a rollback goes back in one call, within seconds', async () => {
    const began = performance.now();
    const { status, body } = await polling.send(`POST /models/${NAME}/rollback`);
    const tookMs = performance.now() - began;
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { version: '1', from_version: '2', serving: true },
    });
    expect(await polling.version()).toBe('1');
    expect(await champion()).toBe('1');
    process.stdout.write(`rollback over MLflow: ${tookMs.toFixed(0)} ms\n`);
    expect(tookMs).toBeLessThanOrEqual(10_000);
  });

  it('an alias moved in MLflow is served within the polling interval and some seconds, by webhook within seconds', async () => {
    const took: { polling: number; webhook: number }[] = [];
    await untilTrue(serves(hooked, '1'), 5000);
    for (const version of ['2', '1', '2']) {
      await moveAlias(version);
      const [byPolling, byWebhook] = await Promise.all([
        untilTrue(serves(polling, version), 10_000, 20),
        untilTrue(serves(hooked, version), 10_000, 20),
      ]);
      took.push({ polling: byPolling, webhook: byWebhook });
    }
    const slowest = (of: 'polling' | 'webhook'): number => Math.max(...took.map((t) => t[of]));
    process.stdout.write(
      `alias moved to served: ${slowest('webhook').toFixed(0)} ms by webhook, ` +
        `${slowest('polling').toFixed(0)} ms by polling every ${POLL_SECONDS} s\n`,
    );
    expect(slowest('polling')).toBeLessThanOrEqual(POLL_SECONDS * 1000 + SOON_MS);
    expect(slowest('webhook')).toBeLessThanOrEqual(SOON_MS);
  });

  it('the history tells who moved the alias: training, an operator, other hands', async () => {
    const { body } = await polling.send<{ items: { cause: string | null }[] }>(
      `GET /models/${NAME}/history?limit=1000`,
    );
    expect(body.items.map(({ cause }) => cause)).toEqual(
      expect.arrayContaining(['promotion', 'rollback', 'outside']),
    );
  });
});

describe('what may happen in the registry, while the server keeps serving and stays ready', () => {
  const twoPolls = (): Promise<void> => pause(2.2 * POLL_SECONDS * 1000);

  it('the alias is deleted', async () => {
    await registry.deleteAlias(NAME, 'champion');
    await untilTrue(() => Promise.resolve(/Version 2 stays live/.test(polling.output)), 10_000);
    await twoPolls();
    await expectServing(polling, '2');
    await moveAlias('2');
  });

  it('the version that is served is deleted', async () => {
    const version = await registerCopy('1');
    await moveAlias(version);
    await untilTrue(serves(polling, version), 5000);
    await callMlflow(mlflow.url, 'DELETE', 'model-versions/delete', { name: NAME, version });
    await twoPolls();
    await expectServing(polling, version);
    await moveAlias('2');
    await untilTrue(serves(polling, '2'), 5000);
  });

  it('the model file of the next version is truncated on the disk of the store', async () => {
    const stored = (): string[] =>
      readdirSync(s3.objectDir, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('model.onnx'),
      );
    const before = stored();
    const version = await registerCopy('1');
    const added = stored().filter((path) => !before.includes(path));
    expect(added).toHaveLength(1);
    truncateSync(join(s3.objectDir, added[0] ?? ''), 100);
    await moveAlias(version);
    await twoPolls();
    await expectServing(polling, '2');
    const { status, body } = await polling.send<{ detail: string }>('POST /models/reload');
    expect(status).toBe(503);
    expect(body.detail).toMatch(/Version 2 stays live/);
    await moveAlias('2');
  });

  it('the next version has lost half of its model: said why, counted, and tried once', async () => {
    const version = await registerCopy('1');
    const { artifact_uri: uri } = (await callMlflow(
      mlflow.url,
      'GET',
      `model-versions/get-download-uri?name=${NAME}&version=${version}`,
    )) as { artifact_uri: string };
    const path = `${uri.replace('mlflow-artifacts:/', '')}/model.onnx`;
    const file = `${mlflow.url}/api/2.0/mlflow-artifacts/artifacts/${path}`;
    const model = await (await fetch(file)).arrayBuffer();
    await fetch(file, { method: 'PUT', body: model.slice(0, model.byteLength / 2) });
    const failures = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${polling.url}/metrics`)).text();
      return /^model_load_failures_total\{.*role="champion",reason="bundle"\} (\d+)$/m.exec(
        metrics,
      )?.[1];
    };
    expect(await failures()).toBe('0');
    await moveAlias(version);
    await untilTrue(async () => (await failures()) === '1', 5000);
    await twoPolls();
    expect(await failures()).toBe('1');
    await expectServing(polling, '2');
    const { status, body } = await polling.send('POST /models/reload');
    expect({ status, body }).toMatchObject({
      status: 503,
      body: {
        code: 'BUNDLE_INVALID',
        detail: expect.stringMatching(/model\.onnx.*Version 2 stays live/) as string,
      },
    });
    await moveAlias('2');
  });

  it('what stands behind MLflow is down: its database, then its artifact store', async () => {
    await postgres.down();
    await twoPolls();
    await expectServing(polling, '2');
    await postgres.up();
    await s3.down();
    const version = await registerCopy('1').catch(() => null);
    expect(version).toBeNull();
    await expectServing(polling, '2');
    await s3.up();
  });

  it('MLflow is killed, and followed again when it is back', async () => {
    await mlflow.down();
    await twoPolls();
    await Promise.all([expectServing(polling, '2'), expectServing(hooked, '2')]);
    await mlflow.up();
    await moveAlias('1');
    await untilTrue(serves(polling, '1'), 10_000);
  });

  it('MLflow is down at a start: the last good version serves, and the alias is followed when MLflow is back', async () => {
    await polling.stop();
    await mlflow.down();
    polling = await startPolling();
    await expectServing(polling, '1');
    expect(polling.output).toMatch(/Serving lifecycle, version 1, as before the start/);
    await mlflow.up();
    await moveAlias('2');
    await untilTrue(serves(polling, '2'), 10_000);
  });
});

describe('what stands in front of MLflow, told to an operator', () => {
  let server: Served;
  beforeAll(async () => {
    const settings = { MLFLOW_TRACKING_URI: proxy.url, MODEL_POLL_SECONDS: '3600' };
    server = started(await Served.start({ ...settingsOf('faults'), ...settings }));
  });
  afterEach(() => {
    proxy.set(null);
  });

  it.each([
    [
      'its host check refuses the host',
      { host: 'mlflow.internal:5000' },
      /--allowed-hosts .*mlflow:\*/,
    ],
    [
      'it asks for credentials',
      { answer: { status: 401, type: 'text/html', body: 'You are not authenticated' } },
      /MLFLOW_TRACKING_USERNAME/,
    ],
    [
      'another server answers at its address',
      { answer: { status: 404, type: 'text/html', body: '<h1>Not Found</h1>' } },
      /MLFLOW_TRACKING_URI .*address/,
    ],
    [
      'it fails',
      { answer: { status: 500, type: 'text/html', body: '<h1>Oops</h1>' } },
      /cannot answer at present \(500\)/,
    ],
  ])('%s: the reload says what to do and what stays live', async (_, fault, advice) => {
    proxy.set(fault);
    const { status, body } = await server.send<{ code: string; detail: string }>(
      'POST /models/reload',
    );
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'REGISTRY_UNAVAILABLE' });
    expect(body.detail).toMatch(advice);
    expect(body.detail).toMatch(/Version 2 stays live/);
    await expectServing(server, '2');
  });

  it('an address with a path that MLflow does not have is told from one that has', async () => {
    const settings = { MLFLOW_TRACKING_URI: `${mlflow.url}/nowhere` };
    const lost = started(await Served.start({ ...settingsOf('lost'), ...settings }));
    const { body } = await lost.send<{ detail: string }>('POST /models/reload');
    expect(body.detail).toMatch(
      /no MLflow 3 API was found at MLFLOW_TRACKING_URI \(answer 40[45]\)/,
    );
    expect(await lost.ready()).toBe(503);
  });

  it('it is slow: predictions do not wait for it', async () => {
    proxy.set({ delayMs: 3000 });
    let isReloaded = false;
    const reload = server.send('POST /models/reload').finally(() => {
      isReloaded = true;
    });
    await expectServing(server, '2');
    expect(isReloaded).toBe(false);
    expect((await reload).status).toBe(200);
  });
});
