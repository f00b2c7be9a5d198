// How the server follows its alias: at start, when it moves, when what it names is bad, and when the registry does not answer.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { AppError } from '../common/errors.ts';
import { parseConfig } from '../config/load-config.ts';
import { ModelLoader } from './model-loader.ts';
import { ModelSlot } from './model-slot.ts';
import { InMemoryModelRegistry } from './registry/in-memory-model-registry.ts';

/** The fake, with a switch for an outage and a count of the bundles that were asked for. */
class WatchedRegistry extends InMemoryModelRegistry {
  down = false;
  fetched = 0;

  override resolve(uri: string): ReturnType<InMemoryModelRegistry['resolve']> {
    if (this.down)
      return Promise.reject(new AppError('REGISTRY_UNAVAILABLE', 'the registry is down'));
    return super.resolve(uri);
  }

  override fetchBundle(
    version: Parameters<InMemoryModelRegistry['fetchBundle']>[0],
  ): Promise<string> {
    this.fetched += 1;
    return super.fetchBundle(version);
  }
}

describe('ModelLoader', () => {
  let dir: string;
  let registry: WatchedRegistry;
  let slot: ModelSlot;
  let loader: ModelLoader;
  let logged: string[];

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'loader-'));
    registry = new WatchedRegistry();
    slot = new ModelSlot();
    const config = parseConfig({ MODEL_NAME: 'own', MODEL_POLL_SECONDS: '0.05' });
    loader = new ModelLoader(config, registry, slot);
    logged = [];
    const record = (message: unknown): void => {
      logged.push(String(message));
    };
    jest.spyOn(Logger.prototype, 'log').mockImplementation(record);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(record);
  });

  afterEach(async () => {
    loader.beforeApplicationShutdown();
    await slot.onApplicationShutdown();
    jest.restoreAllMocks();
    await rm(dir, { recursive: true, force: true });
  });

  const registerChampion = async (bias = 0): Promise<string> => {
    const bundleDir = join(dir, `bundle-${bias}`);
    await writeTinyBundle(bundleDir, { bias });
    const { version } = await registry.register({ name: 'own', bundleDir, runId: null });
    await registry.setAlias('own', 'champion', version);
    return version;
  };
  const registerBroken = async (): Promise<void> => {
    const bundleDir = join(dir, 'broken');
    await writeTinyBundle(bundleDir);
    await rm(join(bundleDir, 'model.onnx'));
    const { version } = await registry.register({ name: 'own', bundleDir, runId: null });
    await registry.setAlias('own', 'champion', version);
  };
  const live = (): string | undefined => slot.peek()?.version.version;

  it('loads the champion at start', async () => {
    await registerChampion();
    await loader.onApplicationBootstrap();
    expect(live()).toBe('1');
    expect(slot.current().version.aliases).toEqual(['champion']);
  });

  it('starts without a model, says why once, and takes the champion when there is one', async () => {
    await loader.onApplicationBootstrap();
    expect(live()).toBeUndefined();
    await sleep(200);
    expect(logged).toEqual([
      'No model is served for models:/own@champion: The registry has no model of that name.',
    ]);
    await registerChampion();
    for (let i = 0; i < 100 && live() === undefined; i++) await sleep(20);
    expect(live()).toBe('1');
  });

  it('follows the alias to another version, and to an alias given later', async () => {
    await registerChampion();
    await loader.check();
    await registerChampion(1);
    await loader.check();
    expect(live()).toBe('2');
    await registry.setAlias('own', 'stable', '2');
    await loader.check();
    expect(slot.current().version.aliases).toEqual(['champion', 'stable']);
    expect(registry.fetched).toBe(2);
  });

  it('keeps the live version when the next is broken, and tries that one once', async () => {
    await registerChampion();
    await loader.check();
    await registerBroken();
    await loader.check();
    await loader.check();
    expect(live()).toBe('1');
    expect(registry.fetched).toBe(2);
    expect(slot.lastFailure).toMatchObject({
      version: '2',
      reason: 'model.onnx: there is no such file',
    });
    expect(logged.filter((line) => line.includes('Version 1 stays live'))).toHaveLength(1);
    await registerChampion(1);
    await loader.check();
    expect(live()).toBe('3');
  });

  it('keeps the live version while the registry is down or the alias is gone', async () => {
    await registerChampion();
    await loader.check();
    registry.down = true;
    await loader.check();
    registry.down = false;
    await registry.deleteAlias('own', 'champion');
    await loader.check();
    expect(live()).toBe('1');
  });

  it('tries again after an outage', async () => {
    await registerChampion();
    registry.down = true;
    await loader.check();
    expect(live()).toBeUndefined();
    registry.down = false;
    await loader.check();
    expect(live()).toBe('1');
  });

  it('asks no more once the server stops', async () => {
    await loader.onApplicationBootstrap();
    loader.beforeApplicationShutdown();
    await registerChampion();
    await sleep(200);
    expect(live()).toBeUndefined();
  });
});
