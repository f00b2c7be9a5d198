// What every ModelRegistry promises, as a suite that runs over any adapter.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBundle } from '../../src/model/model-bundle.ts';
import type { ModelRegistry } from '../../src/model/registry/model-registry.ts';
import { writeTinyBundle } from '../support/tiny-bundle.ts';

export interface RegistryUnderTest {
  /** An empty registry, which may keep files in the folder; called before each test. */
  readonly open: (dir: string) => ModelRegistry | Promise<ModelRegistry>;
  /** The id of a run that the registry accepts. */
  readonly startRun: () => Promise<string>;
}

/** Declares the suite inside the caller's describe. */
export function modelRegistryContract({ open, startRun }: RegistryUnderTest): void {
  let dir: string;
  let bundleDir: string;
  let registry: ModelRegistry;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'registry-contract-'));
    bundleDir = join(dir, 'bundle');
    await writeTinyBundle(bundleDir);
    registry = await open(dir);
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  const register = (
    runId: string | null = null,
    tags: Record<string, string> = {},
    name = 'own',
  ): ReturnType<ModelRegistry['register']> => registry.register({ name, bundleDir, runId, tags });
  const versionAt = async (uri: string): Promise<string> => (await registry.resolve(uri)).version;
  const codeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => (error as { code: string }).code,
    );

  it('has no models at first', async () => {
    expect(await registry.listModels()).toEqual([]);
    expect(await codeOf(registry.listVersions('own'))).toBe('MODEL_NOT_FOUND');
    expect(await codeOf(registry.resolve('models:/own@champion'))).toBe('MODEL_NOT_FOUND');
    expect(await codeOf(registry.resolve('runs:/abc/model'))).toBe('MODEL_NOT_FOUND');
  });

  it('numbers versions from 1, and lists them newest first with what was said of them', async () => {
    const run = await startRun();
    await register(run);
    await registry.register({ name: 'own', bundleDir, runId: null, description: 'second' });
    const versions = await registry.listVersions('own');
    expect(versions).toMatchObject([
      { name: 'own', version: '2', runId: null, description: 'second', tags: {}, aliases: [] },
      { name: 'own', version: '1', runId: run, description: '', stage: 'None' },
    ]);
    expect(versions.every(({ createdAt }) => new Date(createdAt).toISOString() === createdAt)).toBe(
      true,
    );
    expect(Object.isFrozen(versions[0])).toBe(true);
  });

  it('keeps the tags of a version', async () => {
    const tags = { data_digest: 'ab'.repeat(32), note: 'what was said, "quoted"' };
    const { version } = await register(null, tags);
    expect((await registry.resolve(`models:/own/${version}`)).tags).toEqual(tags);
  });

  it('keeps models apart and lists their names sorted', async () => {
    await register(null, {}, 'zebra');
    await register(null, {}, 'ant');
    expect(await registry.listModels()).toEqual(['ant', 'zebra']);
    expect(await registry.listVersions('ant')).toHaveLength(1);
  });

  it('gives back a complete bundle, even when the folder it came from is gone', async () => {
    const version = await register();
    await rm(bundleDir, { recursive: true });
    const fetched = await openBundle(await registry.fetchBundle(version));
    expect(fetched.features.target).toBe('diagnosis');
  });

  it('leaves the folder it registers as it was', async () => {
    const before = await readFile(join(bundleDir, 'manifest.json'));
    await register();
    expect(await readFile(join(bundleDir, 'manifest.json'))).toEqual(before);
  });

  it('does not see later changes of the folder that was registered', async () => {
    const version = await register();
    await writeFile(join(bundleDir, 'model.onnx'), 'changed');
    await expect(openBundle(await registry.fetchBundle(version))).resolves.toBeDefined();
  });

  it('keeps a document about a version without changing its bundle', async () => {
    const version = await register(await startRun());
    await registry.attach(version, 'gate.json', '{}');
    const bundle = await openBundle(await registry.fetchBundle(version));
    expect(bundle.dir).not.toBe('');
  });

  it('refuses a folder that does not exist and registers nothing', async () => {
    const missing = registry.register({ name: 'own', bundleDir: join(dir, 'no'), runId: null });
    expect(await codeOf(missing)).toBe('BUNDLE_INVALID');
    expect(await registry.listModels()).toEqual([]);
  });

  it('gives concurrent registrations different numbers', async () => {
    const copies = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const copy = join(dir, `copy-${i}`);
        await cp(bundleDir, copy, { recursive: true });
        return copy;
      }),
    );
    const versions = await Promise.all(
      copies.map((copy) => registry.register({ name: 'own', bundleDir: copy, runId: null })),
    );
    expect(versions.map(({ version }) => Number(version)).sort((a, b) => a - b)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
  });

  it('moves an alias, shows it on its version, and removes it', async () => {
    await register();
    await register();
    await registry.setAlias('own', 'champion', '1');
    await registry.setAlias('own', 'Champion', '2');
    expect(await versionAt('models:/own@champion')).toBe('1');
    expect(await versionAt('models:/own@Champion')).toBe('2');
    await registry.setAlias('own', 'champion', '2');
    expect((await registry.resolve('models:/own@champion')).aliases).toEqual([
      'Champion',
      'champion',
    ]);
    await registry.deleteAlias('own', 'champion');
    expect(await codeOf(registry.resolve('models:/own@champion'))).toBe('MODEL_NOT_FOUND');
    await expect(registry.deleteAlias('own', 'champion')).resolves.toBeUndefined();
    await expect(registry.deleteAlias('never', 'champion')).resolves.toBeUndefined();
  });

  it('keeps every alias when several are set at once', async () => {
    await register();
    const aliases = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(aliases.map((alias) => registry.setAlias('own', alias, '1')));
    expect((await registry.resolve('models:/own/1')).aliases).toEqual(aliases);
  });

  it('refuses an alias for a version that does not exist', async () => {
    await register();
    expect(await codeOf(registry.setAlias('own', 'champion', '7'))).toBe('MODEL_NOT_FOUND');
    expect(await codeOf(registry.setAlias('other', 'champion', '1'))).toBe('MODEL_NOT_FOUND');
  });

  it.each(['latest', 'v3', 'a b', '', '../x', '__proto__', 'x'.repeat(65)])(
    'refuses %j as an alias',
    async (alias) => {
      await register();
      expect(await codeOf(registry.setAlias('own', alias, '1'))).toBe('BAD_REQUEST');
    },
  );

  it('resolves a number, latest, a stage and a run', async () => {
    const [runA, runB] = [await startRun(), await startRun()];
    await register(runA, { stage: 'Production' });
    await register(runB, { stage: 'Production' });
    await register(runA);
    expect(await versionAt('models:/own/1')).toBe('1');
    expect(await versionAt('models:/own/latest')).toBe('3');
    expect(await versionAt('models:/own/Production')).toBe('2');
    expect(await versionAt('models:/own/production')).toBe('2');
    expect(await versionAt(`runs:/${runB}/model`)).toBe('2');
    expect(await versionAt(`runs:/${runA}/model`)).toBe('3');
    expect(await codeOf(registry.resolve('models:/own/Staging'))).toBe('MODEL_NOT_FOUND');
    expect(await codeOf(registry.resolve('models:/own/9'))).toBe('MODEL_NOT_FOUND');
  });

  it.each([
    '',
    'own',
    'models:/own',
    'models:/own/0',
    'models:/own/soon',
    'models:/own@v1',
    'models:/../x@champion',
    'models:/own/1/more',
    'models://own/1',
    'runs:/abc',
    'runs:/../x/model',
    'http://host/models:/own/1',
  ])('refuses %j as a URI', async (uri) => {
    await register();
    expect(await codeOf(registry.resolve(uri))).toBe('BAD_REQUEST');
  });

  it.each(['..', '.', '../own', 'a/b', String.raw`a\b`, '', '.hidden', 'a@b', 'x'.repeat(129)])(
    'refuses %j as a model name, wherever one is given',
    async (name) => {
      expect(await codeOf(register(null, {}, name))).toBe('BAD_REQUEST');
      expect(await codeOf(registry.listVersions(name))).toBe('BAD_REQUEST');
      expect(await codeOf(registry.setAlias(name, 'champion', '1'))).toBe('BAD_REQUEST');
      expect(await codeOf(registry.deleteAlias(name, 'champion'))).toBe('BAD_REQUEST');
    },
  );

  it('refuses to fetch a version that it does not have', async () => {
    const version = await register();
    expect(await codeOf(registry.fetchBundle({ ...version, version: '2' }))).toBe(
      'MODEL_NOT_FOUND',
    );
    expect(await codeOf(registry.fetchBundle({ ...version, version: '../1' }))).toBe(
      'MODEL_NOT_FOUND',
    );
    expect(await codeOf(registry.fetchBundle({ ...version, name: '../own' }))).toBe('BAD_REQUEST');
  });
}
