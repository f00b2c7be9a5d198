// What only files can suffer: processes killed half-way, several processes at once, content that is not what it must be.
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyBundle } from '../../../test/support/tiny-bundle.ts';
import { FileModelRegistry } from './file-model-registry.ts';

describe('FileModelRegistry', () => {
  let dir: string;
  let bundleDir: string;
  let registry: FileModelRegistry;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'file-registry-'));
    bundleDir = join(dir, 'bundle');
    await writeTinyBundle(bundleDir);
    registry = new FileModelRegistry(join(dir, 'registry'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  const register = (): ReturnType<FileModelRegistry['register']> =>
    registry.register({ name: 'own', bundleDir, runId: null });
  const versionsDir = (): string => join(dir, 'registry', 'models', 'own', 'versions');

  it('does not see what a killed registration left, and numbers on as if it had not been', async () => {
    await mkdir(join(versionsDir(), '.incoming-dead', 'bundle'), { recursive: true });
    expect(await registry.listModels()).toEqual([]);
    await expect(registry.resolve('models:/own/latest')).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
    expect((await register()).version).toBe('1');
    expect(await registry.listVersions('own')).toHaveLength(1);
  });

  it('removes what a registration killed long ago left, and nothing that may still be written', async () => {
    const [old, fresh] = ['.incoming-old', '.incoming-fresh'].map((name) =>
      join(versionsDir(), name),
    );
    for (const path of [old, fresh]) await mkdir(path ?? '', { recursive: true });
    await utimes(old ?? '', new Date(0), new Date(0));
    await register();
    expect((await readdir(versionsDir())).sort()).toEqual(['.incoming-fresh', '1']);
  });

  it('keeps documents beside the bundle, and none of a version that it does not have', async () => {
    const version = await register();
    await registry.attach(version, 'gate.json', '{"passed":true}');
    const file = join(versionsDir(), '1', 'documents', 'gate.json');
    expect(await readFile(file, 'utf8')).toBe('{"passed":true}');
    await expect(
      registry.attach({ ...version, version: '2' }, 'gate.json', '{}'),
    ).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('takes a version of another registry with its number, aliases and time, once', async () => {
    await register();
    await register();
    await registry.setAlias('own', 'champion', '2');
    const version = await registry.resolve('models:/own@champion');
    const taken = new FileModelRegistry(join(dir, 'taken'));
    await taken.adopt(version, bundleDir);
    for (const uri of ['models:/own@champion', 'models:/own/2', 'models:/own/latest'])
      expect(await taken.resolve(uri)).toEqual(version);
    expect(await readdir(await taken.fetchBundle(version))).toEqual(await readdir(bundleDir));
    expect(await taken.listVersions('own')).toHaveLength(1);

    await expect(taken.adopt(version, bundleDir)).rejects.toThrow(/a version of that number/);
    expect(await readdir(join(dir, 'taken/models/own/versions'))).toEqual(['2']);
    await expect(taken.adopt(version, join(dir, 'nowhere'))).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
  });

  it('leaves nothing behind when copying fails', async () => {
    await rm(bundleDir, { recursive: true });
    await mkdir(bundleDir);
    // A socket cannot be copied.
    const server = createServer().listen(join(bundleDir, 'socket'));
    await once(server, 'listening');
    await expect(register()).rejects.toThrow();
    server.close();
    expect(await readdir(versionsDir())).toEqual([]);
    expect(await registry.listModels()).toEqual([]);
  });

  it.each([
    ['aliases.json', '{"champion": '],
    ['aliases.json', '{"champion": 1}'],
    ['aliases.json', '[]'],
    ['versions/1/version.json', ''],
    ['versions/1/version.json', '{"run_id": null}'],
  ])('names %s when its content is %j', async (file, content) => {
    await register();
    await writeFile(join(dir, 'registry', 'models', 'own', file), content);
    const refused = registry.resolve('models:/own@champion');
    await expect(refused).rejects.toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      message: expect.stringContaining(`models/own/${file}`) as string,
    });
  });

  it('names version.json when it is missing', async () => {
    await register();
    await rm(join(versionsDir(), '1', 'version.json'));
    await expect(registry.listVersions('own')).rejects.toThrow(
      'models/own/versions/1/version.json is missing',
    );
  });

  it('takes over an alias lock that a dead process left', async () => {
    await register();
    const lock = join(dir, 'registry', 'models', 'own', 'aliases.json.lock');
    await writeFile(lock, '');
    await utimes(lock, new Date(0), new Date(0));
    await registry.setAlias('own', 'champion', '1');
    expect((await registry.resolve('models:/own@champion')).version).toBe('1');
  });

  it('loses no alias when two registries share one folder', async () => {
    await register();
    const other = new FileModelRegistry(join(dir, 'registry'));
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 === 0 ? registry : other).setAlias('own', `alias-${i}`, '1'),
      ),
    );
    expect((await registry.resolve('models:/own/1')).aliases).toHaveLength(10);
  });
});
