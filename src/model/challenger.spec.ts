// The model beside the champion: when it is loaded, when it goes, and that it never disturbs anything.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { parseConfig } from '../config/load-config.ts';
import { Challenger } from './challenger.ts';
import { InMemoryModelRegistry } from './registry/in-memory-model-registry.ts';
import { untilTrue } from '../../test/support/until.ts';

describe('Challenger', () => {
  let dir: string;
  let registry: InMemoryModelRegistry;
  let challenger: Challenger;

  const create = (environment: Record<string, string> = {}): Challenger => {
    const settings = { MODEL_NAME: 'own', MODEL_POLL_SECONDS: '0.05', ...environment };
    challenger = new Challenger(parseConfig(settings), registry);
    return challenger;
  };

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'challenger-'));
    registry = new InMemoryModelRegistry();
    await writeTinyBundle(dir);
    for (const alias of ['champion', 'challenger']) {
      const { version } = await registry.register({ name: 'own', bundleDir: dir, runId: null });
      await registry.setAlias('own', alias, version);
    }
    jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    create();
  });

  afterEach(async () => {
    challenger.beforeApplicationShutdown();
    await challenger.onApplicationShutdown();
    jest.restoreAllMocks();
    await rm(dir, { recursive: true, force: true });
  });

  const live = (): string | undefined => challenger.current()?.version.version;
  const becomes = async (expected: string | undefined): Promise<void> => {
    await untilTrue(() => Promise.resolve(live() === expected), 20_000, 20);
    expect(live()).toBe(expected);
  };

  it('asks nobody for anything while its mode is off', async () => {
    const resolve = jest.spyOn(registry, 'resolve');
    await challenger.onApplicationBootstrap();
    await sleep(150);
    expect(resolve).not.toHaveBeenCalled();
    expect(challenger).toMatchObject({ mode: 'off', share: 0 });
    expect(challenger.current()).toBeNull();
  });

  it('starts as the configuration says', async () => {
    create({ CHALLENGER: 'canary:12.5%' });
    await challenger.onApplicationBootstrap();
    expect(challenger).toMatchObject({ mode: 'canary', share: 0.125 });
    expect(live()).toBe('2');
    expect(challenger.slot.byVersion('2')).toBe(challenger.current());
    expect(challenger.slot.byVersion('1')).toBeNull();
  });

  it('challenges the model that MODEL_URI names', async () => {
    create({ MODEL_NAME: 'other', MODEL_URI: 'models:/own@champion' });
    await challenger.set('shadow');
    expect(live()).toBe('2');
  });

  it('comes with the mode, follows its alias, and goes with the mode', async () => {
    await challenger.set('shadow', 0.5);
    expect(challenger.share).toBe(0);
    expect(live()).toBe('2');
    await registry.setAlias('own', 'challenger', '1');
    await becomes('1');
    const { scorer } = challenger.current() ?? {};
    await challenger.set('off');
    expect(live()).toBeUndefined();
    expect(() => {
      scorer?.retain();
    }).toThrow('has been released');
    await registry.setAlias('own', 'challenger', '2');
    await sleep(150);
    expect(challenger.slot.peek()).toBeNull();
  });

  it('goes when its alias goes, and comes back with it', async () => {
    await challenger.set('canary', 0.2);
    await registry.deleteAlias('own', 'challenger');
    await becomes(undefined);
    expect(challenger.mode).toBe('canary');
    await registry.setAlias('own', 'challenger', '2');
    await becomes('2');
  });

  it('stays what it is while the registry is down', async () => {
    await challenger.set('shadow');
    jest.spyOn(registry, 'resolve').mockRejectedValue(new Error('down'));
    await challenger.follower.check();
    expect(live()).toBe('2');
  });

  it('is off when it is turned off while it loads', async () => {
    const loading = challenger.set('shadow');
    await challenger.set('off');
    await loading;
    expect(challenger.slot.peek()).toBeNull();
  });
});
