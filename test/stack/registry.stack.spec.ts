// The model registry over a real MLflow server: the port's contract, and every way in which the server or a version can fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../src/common/errors.ts';
import { openBundle } from '../../src/model/model-bundle.ts';
import { MlflowModelRegistry } from '../../src/model/registry/mlflow-model-registry.ts';
import type { ModelVersion } from '../../src/model/registry/model-registry.ts';
import { modelRegistryContract } from '../contract/model-registry.contract.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';
import {
  callMlflow,
  createEmptyVersions,
  createRun,
  deleteAllModels,
} from './support/mlflow-state.ts';
import { startMlflow, type MlflowServer } from './support/mlflow.ts';
import { startCuttingProxy, startSilentServer } from './support/faulty-server.ts';
import { startS3, type S3Server } from './support/s3.ts';

let mlflow: MlflowServer;
let dir: string;
beforeAll(async () => {
  mlflow = await startMlflow();
});
afterAll(() => mlflow.stop());
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'registry-stack-'));
  await writeTinyBundle(join(dir, 'bundle'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const connect = (url = mlflow.url, timeoutMs = 60_000): MlflowModelRegistry =>
  new MlflowModelRegistry({ url, cacheDir: join(dir, 'cache'), timeoutMs });
const register = (registry: MlflowModelRegistry, name: string): Promise<ModelVersion> =>
  registry.register({ name, bundleDir: join(dir, 'bundle'), runId: null });

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  return error;
}

const codes = async (...works: Promise<unknown>[]): Promise<string[]> =>
  (await Promise.all(works.map(failureOf))).map(({ code }) => code);

describe('MlflowModelRegistry as a model registry', () => {
  modelRegistryContract({
    open: async (folder) => {
      await deleteAllModels(mlflow.url);
      return new MlflowModelRegistry({ url: mlflow.url, cacheDir: join(folder, 'cache') });
    },
    startRun: () => createRun(mlflow.url),
  });
});

describe('what MLflow has of a registered version', () => {
  it('shows a document about the version among the artifacts of its run', async () => {
    const registry = connect();
    const runId = await createRun(mlflow.url);
    const version = await registry.register({
      name: 'documented',
      bundleDir: join(dir, 'bundle'),
      runId,
    });
    await registry.attach(version, 'gate.json', '{"passed":true}');
    const shown = await fetch(
      `${mlflow.url}/get-artifact?run_uuid=${runId}&path=documents/gate.json`,
    );
    expect(await shown.json()).toEqual({ passed: true });
  });

  it('links the run, the logged model and the version to each other', async () => {
    const runId = await createRun(mlflow.url);
    const version = await connect().register({
      name: 'linked',
      bundleDir: join(dir, 'bundle'),
      runId,
    });
    const run = await callMlflow(mlflow.url, 'GET', `runs/get?run_id=${runId}`);
    const { model_id: modelId } = (
      run as { run: { outputs: { model_outputs: [{ model_id: string }] } } }
    ).run.outputs.model_outputs[0];
    expect(await callMlflow(mlflow.url, 'GET', `logged-models/${modelId}`)).toMatchObject({
      model: {
        info: {
          name: 'model',
          status: 'LOGGED_MODEL_READY',
          source_run_id: runId,
          tags: expect.arrayContaining([
            {
              key: 'mlflow.modelVersions',
              value: `[{"name":"linked","version":${version.version}}]`,
            },
          ]) as object[],
        },
      },
    });
    const query = `model-versions/get?name=linked&version=${version.version}`;
    expect(await callMlflow(mlflow.url, 'GET', query)).toMatchObject({
      model_version: { source: `models:/${modelId}`, run_id: runId, status: 'READY' },
    });
  });

  it('refuses a run that MLflow does not know, and registers nothing', async () => {
    const registration = { name: 'orphan', bundleDir: join(dir, 'bundle'), runId: 'a'.repeat(32) };
    expect((await failureOf(connect().register(registration))).code).toBe('NOT_FOUND');
    expect(await connect().listModels()).not.toContain('orphan');
  });

  it('lists more versions than one page holds', async () => {
    await createEmptyVersions(mlflow.url, 'many', 205);
    const versions = await connect().listVersions('many');
    expect(versions.map(({ version }) => Number(version))).toEqual(
      Array.from({ length: 205 }, (_, i) => 205 - i),
    );
  });
});

describe('downloads', () => {
  it('downloads a version once and serves it from the cache from then on', async () => {
    const registry = connect();
    const version = await register(registry, 'cached');
    const first = await registry.fetchBundle(version);
    rmSync(mlflow.artifactDir, { recursive: true });
    expect(await connect().fetchBundle(version)).toBe(first);
    await expect(openBundle(first)).resolves.toBeDefined();
  });

  it('downloads anew when a model was deleted and made anew, with the same version number', async () => {
    const registry = connect();
    const version = await register(registry, 'reused');
    const first = await registry.fetchBundle(version);
    await callMlflow(mlflow.url, 'DELETE', 'registered-models/delete', { name: 'reused' });
    await writeTinyBundle(join(dir, 'bundle'), { bias: 1 });
    const second = await register(registry, 'reused');
    expect(second.version).toBe(version.version);
    const { onnxSha256 } = await openBundle(await registry.fetchBundle(second));
    expect(onnxSha256).not.toBe((await openBundle(first)).onnxSha256);
  });

  it('gives several that ask at once the same complete folder', async () => {
    const registry = connect();
    const version = await register(registry, 'busy');
    const folders = await Promise.all(
      Array.from({ length: 6 }, () => registry.fetchBundle(version)),
    );
    expect(new Set(folders).size).toBe(1);
    await expect(openBundle(folders[0] ?? '')).resolves.toBeDefined();
    expect(await readdir(join(dir, 'cache/busy'))).toHaveLength(1);
  });

  it.each([
    ['cut short', (file: string) => truncate(file, 100)],
    [
      'changed',
      async (file: string) => {
        const bytes = await readFile(file);
        bytes[50] = (bytes[50] ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
    ],
  ])(
    'refuses a bundle whose model was %s in the store, and keeps nothing of it',
    async (_, damage) => {
      const registry = connect();
      const version = await register(registry, 'damaged');
      await damage(await storedFile(version, 'model.onnx'));
      const failure = await failureOf(registry.fetchBundle(version));
      expect(failure).toMatchObject({ code: 'BUNDLE_INVALID' });
      expect(failure.message).toMatch(/^model\.onnx: /);
      expect(await readdir(join(dir, 'cache/damaged'))).toEqual([]);
    },
  );

  it('takes a download that was cut on the way for an outage, not for a bad version', async () => {
    const version = await register(connect(), 'cut');
    const proxy = await startCuttingProxy(mlflow.url, /model\.onnx$/, 100);
    try {
      const failure = await failureOf(connect(proxy.url).fetchBundle(version));
      expect(failure).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      expect(failure.message).toMatch(/^model\.onnx: 100 bytes came/);
    } finally {
      await proxy.stop();
    }
    await expect(connect().fetchBundle(version)).resolves.toBeDefined();
  });

  it('says so when a version has no files', async () => {
    await createEmptyVersions(mlflow.url, 'empty', 1);
    const registry = connect();
    const failure = await failureOf(
      registry.fetchBundle(await registry.resolve('models:/empty/1')),
    );
    expect(failure.code).toBe('BUNDLE_INVALID');
  });

  /** Where a file of a version lies on the server's disk. */
  async function storedFile({ name, version }: ModelVersion, file: string): Promise<string> {
    const query = `model-versions/get-download-uri?name=${name}&version=${version}`;
    const { artifact_uri: uri } = (await callMlflow(mlflow.url, 'GET', query)) as {
      artifact_uri: string;
    };
    return join(mlflow.artifactDir, uri.replace('mlflow-artifacts:/', ''), file);
  }
});

describe('faults of the server', () => {
  it('takes a version deleted under it for gone', async () => {
    const registry = connect();
    const version = await register(registry, 'deleted');
    await registry.setAlias('deleted', 'champion', version.version);
    await callMlflow(mlflow.url, 'DELETE', 'model-versions/delete', {
      name: 'deleted',
      version: version.version,
    });
    expect(
      await codes(registry.resolve('models:/deleted@champion'), registry.fetchBundle(version)),
    ).toEqual(['MODEL_NOT_FOUND', 'MODEL_NOT_FOUND']);
  });

  it('names --allowed-hosts when the host check refuses it', async () => {
    const strict = await startMlflow({ allowedHosts: 'mlflow:*' });
    try {
      const failure = await failureOf(connect(strict.url).resolve('models:/own@champion'));
      expect(failure.code).toBe('REGISTRY_UNAVAILABLE');
      expect(failure.message).toContain('--allowed-hosts');
    } finally {
      await strict.stop();
    }
  });

  it('says which credentials are missing or wrong, and works with the right ones', async () => {
    const adminPassword = 'stack-admin-password';
    const guarded = await startMlflow({ adminPassword });
    const login = (credentials: object): Promise<ModelVersion> =>
      register(
        new MlflowModelRegistry({ url: guarded.url, cacheDir: join(dir, 'cache'), ...credentials }),
        'guarded',
      );
    try {
      const missing = await failureOf(login({}));
      expect(missing).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
      expect(missing.message).toMatch(/asks for credentials.*MLFLOW_TRACKING_USERNAME/);
      const wrong = await failureOf(login({ username: 'admin', password: 'not-the-password' }));
      expect(wrong.message).toMatch(/refused the credentials.*MLFLOW_TRACKING_PASSWORD/);
      expect(await login({ username: 'admin', password: adminPassword })).toMatchObject({
        version: '1',
      });
    } finally {
      await guarded.stop();
    }
  });

  it('gives up on a server that does not answer', async () => {
    const silent = await startSilentServer();
    try {
      const began = performance.now();
      const failure = await failureOf(connect(silent.url, 2000).resolve('models:/own@champion'));
      expect(failure.code).toBe('REGISTRY_UNAVAILABLE');
      expect(performance.now() - began).toBeLessThan(20_000);
    } finally {
      await silent.stop();
    }
  });

  it('is unavailable while MLflow is down, and goes on when it is back', async () => {
    const registry = connect();
    const version = await register(registry, 'outage');
    await mlflow.down();
    try {
      expect(
        await codes(registry.resolve('models:/outage/1'), registry.fetchBundle(version)),
      ).toEqual(['REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE']);
    } finally {
      await mlflow.up();
    }
    await expect(registry.resolve('models:/outage/1')).resolves.toMatchObject({ version: '1' });
  });
});

describe('with artifacts on S3', () => {
  let s3: S3Server;
  let onS3: MlflowServer;
  beforeAll(async () => {
    s3 = await startS3();
    onS3 = await startMlflow({ s3 });
  });
  afterAll(async () => {
    await onS3.stop();
    await s3.stop();
  });

  it('registers and fetches the same bytes', async () => {
    const registry = connect(onS3.url);
    const version = await register(registry, 'on-s3');
    const fetched = await openBundle(await registry.fetchBundle(version));
    const bytes = await readFile(join(dir, 'bundle/model.onnx'));
    expect(await readFile(fetched.onnxPath)).toEqual(bytes);
  });

  it('is unavailable while S3 is down, and fetches when it is back', async () => {
    const registry = connect(onS3.url);
    const version = await register(registry, 's3-outage');
    await s3.down();
    try {
      expect((await failureOf(registry.fetchBundle(version))).code).toBe('REGISTRY_UNAVAILABLE');
    } finally {
      await s3.up();
    }
    await expect(registry.fetchBundle(version)).resolves.toBeDefined();
  });
});
