// How the server follows its alias: at start, when it moves, when what it names is bad, and when the registry does not answer.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { AppError } from '../common/errors.ts';
import { NoSiblings } from '../common/siblings.ts';
import { parseConfig } from '../config/load-config.ts';
import { ModelLoader } from './model-loader.ts';
import { ModelSlot } from './model-slot.ts';
import { InMemoryModelRegistry } from './registry/in-memory-model-registry.ts';
import { untilTrue } from '../../test/support/until.ts';

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
  const started: ModelLoader[] = [];
  const slots: ModelSlot[] = [];

  /** A server that starts on the same state folder: a slot and a loader of its own. */
  const start = (environment: Record<string, string> = {}): ModelSlot => {
    const config = parseConfig({
      VAR_DIR: dir,
      MODEL_NAME: 'own',
      MODEL_POLL_SECONDS: '0.05',
      ...environment,
    });
    slot = new ModelSlot();
    loader = new ModelLoader(config, registry, slot, new NoSiblings());
    started.push(loader);
    slots.push(slot);
    return slot;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'loader-'));
    registry = new WatchedRegistry();
    start();
    logged = [];
    const record = (message: unknown): void => {
      logged.push(String(message));
    };
    jest.spyOn(Logger.prototype, 'log').mockImplementation(record);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(record);
  });

  afterEach(async () => {
    for (const each of started.splice(0)) await each.beforeApplicationShutdown();
    for (const each of slots.splice(0)) await each.onApplicationShutdown();
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
    await untilTrue(() => Promise.resolve(live() !== undefined), 20_000, 20);
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
    await loader.beforeApplicationShutdown();
    await registerChampion();
    await sleep(200);
    expect(live()).toBeUndefined();
  });

  /** What is remembered is written beside the swap, not before it. */
  const remembered = async (version: string): Promise<string> => {
    const file = join(dir, 'last-good.json');
    for (let i = 0; i < 2000; i++) {
      const text = await readFile(file, 'utf8').catch(() => '');
      if (text.includes(`"version": "${version}"`)) return file;
      await sleep(10);
    }
    throw new Error('nothing was remembered');
  };

  it('serves at start what it served last while the registry is down, and follows it again later', async () => {
    await registerChampion();
    await loader.onApplicationBootstrap();
    await remembered('1');
    await registerChampion(1);
    registry.down = true;
    start();
    await loader.onApplicationBootstrap();
    expect(live()).toBe('1');
    expect(logged).toContain('Serving own, version 1, as before the start');
    registry.down = false;
    await loader.check();
    expect(live()).toBe('2');
  });

  it('serves at start what it served last when the champion is broken by now', async () => {
    await registerChampion();
    await loader.onApplicationBootstrap();
    await remembered('1');
    await registerBroken();
    start();
    await loader.onApplicationBootstrap();
    expect(live()).toBe('1');
  });

  it.each<[string, () => Promise<unknown>, Record<string, string>]>([
    ['the alias was deleted', () => registry.deleteAlias('own', 'champion'), {}],
    ['another model is asked for', () => Promise.resolve(), { MODEL_NAME: 'other' }],
    ['another registry is asked for', () => Promise.resolve(), { REGISTRY_DIR: '/elsewhere' }],
    [
      'what is remembered makes no sense',
      () => writeFile(join(dir, 'last-good.json'), '{"uri": '),
      {},
    ],
  ])('serves nothing at start when %s', async (why, change, environment) => {
    await registerChampion();
    await loader.onApplicationBootstrap();
    await remembered('1');
    await loader.beforeApplicationShutdown();
    await change();
    registry.down = why !== 'the alias was deleted';
    start(environment);
    await loader.onApplicationBootstrap();
    expect(live()).toBeUndefined();
  });

  it('does not wait for a registry that hangs before it serves what it served last', async () => {
    await registerChampion();
    await loader.onApplicationBootstrap();
    await remembered('1');
    jest.spyOn(registry, 'resolve').mockReturnValue(new Promise(() => undefined));
    start();
    const began = performance.now();
    await loader.onApplicationBootstrap();
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(live()).toBe('1');
  });

  it('tells an operator what a reload changed, and tries a refused version again', async () => {
    await registerChampion();
    expect(await loader.reload()).toMatchObject({ version: { version: '1' }, changed: true });
    expect(await loader.reload()).toMatchObject({ version: { version: '1' }, changed: false });
    await registerBroken();
    await loader.check();
    await expect(loader.reload()).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: 'model.onnx: there is no such file. Version 1 stays live.',
    });
    expect(registry.fetched).toBe(3);
  });

  it('looks again after a look that was under way when the alias moved', async () => {
    await registerChampion();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    const fetchBundle = registry.fetchBundle.bind(registry);
    jest.spyOn(registry, 'fetchBundle').mockImplementationOnce(async (version) => {
      await held;
      return fetchBundle(version);
    });
    const underWay = loader.check();
    await registerChampion(1);
    const later = Promise.all([loader.check(), loader.check()]);
    answer();
    await underWay;
    expect(live()).toBe('1');
    await later;
    expect(live()).toBe('2');
  });

  it('tells listeners of every look that failed, and the slot of a download that failed', async () => {
    const problems: unknown[] = [];
    const failures: unknown[] = [];
    loader.follower.onProblem((error) => problems.push((error as AppError).code));
    slot.onFailure((failure) => failures.push(failure.version));
    await registerChampion();
    jest
      .spyOn(registry, 'fetchBundle')
      .mockRejectedValueOnce(new AppError('REGISTRY_UNAVAILABLE', '10 bytes came'));
    await loader.check();
    registry.down = true;
    await loader.check();
    expect(problems).toEqual(['REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE']);
    expect(failures).toEqual(['1']);
    registry.down = false;
    await loader.check();
    expect(live()).toBe('1');
  });
});
