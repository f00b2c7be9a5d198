// What may enter the slot, what happens to the model before it, and to the scores in flight.
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyOnnx, writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { sha256, type GoldenFile, type ManifestFile } from './model-bundle.ts';
import { ModelSlot } from './model-slot.ts';
import type { ModelVersion } from './registry/model-registry.ts';

const versionOf = (version: string, aliases: readonly string[] = []): ModelVersion => ({
  name: 'own',
  version,
  aliases,
  stage: 'None',
  runId: null,
  description: '',
  tags: {},
  createdAt: '2026-01-02T03:04:05.000Z',
});
const ROW = Float32Array.of(13, 18, 0);

describe('ModelSlot', () => {
  let dir: string;
  let slot: ModelSlot;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'slot-'));
    slot = new ModelSlot();
  });

  afterEach(async () => {
    await slot.onApplicationShutdown();
    await rm(dir, { recursive: true, force: true });
  });

  const bundle = async (name: string, bias = 0): Promise<string> => {
    await writeTinyBundle(join(dir, name), { bias });
    return join(dir, name);
  };
  /** Puts a file into a bundle together with its right digest, so that only what comes after the digests can object. */
  const plant = async (bundleDir: string, file: string, content: Uint8Array): Promise<void> => {
    await writeFile(join(bundleDir, file), content);
    const path = join(bundleDir, 'manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8')) as ManifestFile;
    const digests = { ...manifest.sha256, [file]: sha256(content) };
    await writeFile(path, JSON.stringify({ ...manifest, sha256: digests }));
  };
  const offerFails = async (bundleDir: string, reason: string): Promise<void> => {
    await expect(slot.offer(versionOf('2'), bundleDir)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
    expect(slot.lastFailure).toMatchObject({
      name: 'own',
      version: '2',
      reason: expect.stringContaining(reason) as string,
    });
  };

  it('is not ready until a version has been taken', async () => {
    expect(slot.peek()).toBeNull();
    expect(() => slot.current()).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_READY' }) as Error,
    );
    await slot.offer(versionOf('1'), await bundle('one'));
    expect(slot.current().version.version).toBe('1');
    expect(Object.isFrozen(slot.current())).toBe(true);
  });

  it.each<[string, (bundleDir: string) => Promise<void>, string]>([
    [
      'a truncated model',
      (bundleDir) => plant(bundleDir, 'model.onnx', tinyOnnx(3).slice(0, 150)),
      'model.onnx: ',
    ],
    [
      'a foreign file as model',
      (bundleDir) => plant(bundleDir, 'model.onnx', Buffer.from('PK\u0003\u0004')),
      'model.onnx: ',
    ],
    [
      'a model of another width',
      (bundleDir) => plant(bundleDir, 'model.onnx', tinyOnnx(5)),
      'features float32 [N, 5]',
    ],
    [
      'a model that answers otherwise',
      (bundleDir) => plant(bundleDir, 'model.onnx', tinyOnnx(3, 0.001)),
      'golden.json: row 0 is not reproduced',
    ],
    [
      'golden rows that do not fit its features',
      async (bundleDir) => {
        const golden = JSON.parse(
          await readFile(join(bundleDir, 'golden.json'), 'utf8'),
        ) as GoldenFile;
        const rows = golden.rows.map((row) => ({
          ...row,
          features: { ...row.features, side: 'up' },
        }));
        await plant(bundleDir, 'golden.json', Buffer.from(JSON.stringify({ ...golden, rows })));
      },
      'golden.json: row 0 does not fit features.json: side (category)',
    ],
    [
      'a model swapped behind the manifest',
      (bundleDir) => writeFile(join(bundleDir, 'model.onnx'), tinyOnnx(3, 1)),
      'model.onnx: its content does not have the sha256',
    ],
  ])('refuses %s, says why and keeps the one before', async (_what, damage, reason) => {
    await slot.offer(versionOf('1'), await bundle('one'));
    const before = slot.current();
    const damaged = await bundle('two');
    await damage(damaged);
    await offerFails(damaged, reason);
    expect(slot.current()).toBe(before);
    await expect(slot.current().scorer.score(ROW, 1)).resolves.toBeDefined();
  });

  it('stays not ready when the first version is refused', async () => {
    await offerFails(join(dir, 'nowhere'), 'manifest.json: there is no such file');
    expect(slot.peek()).toBeNull();
  });

  it('keeps the paths of this machine out of the reason where a file cannot be read', async () => {
    const looped = await bundle('looped');
    await rm(join(looped, 'report.json'));
    await symlink('report.json', join(looped, 'report.json'));
    await expect(slot.offer(versionOf('2'), looped)).rejects.toThrow('ELOOP');
    expect(slot.lastFailure).toMatchObject({ code: 'INTERNAL' });
    expect(slot.lastFailure?.reason).not.toMatch(/ELOOP|looped|\//);
  });

  it('answers by the new version after a swap, and forgets the failure before it', async () => {
    await slot.offer(versionOf('1'), await bundle('one'));
    const [first] = (await slot.current().scorer.score(ROW, 1)).probability;
    await offerFails(join(dir, 'nowhere'), 'manifest.json');
    await slot.offer(versionOf('3'), await bundle('three', 1));
    const [third] = (await slot.current().scorer.score(ROW, 1)).probability;
    expect(third).toBeGreaterThan(first ?? 1);
    expect(slot.lastFailure).toBeNull();
  });

  it('lets scores in flight finish on the model before, and then frees it', async () => {
    await slot.offer(versionOf('1'), await bundle('one'));
    const before = slot.current();
    const next = await bundle('two', 1);
    const [expected] = (await before.scorer.score(ROW, 1)).probability;
    before.scorer.retain();
    await slot.offer(versionOf('2'), next);
    const inFlight = Array.from({ length: 20 }, () => before.scorer.score(ROW, 1));
    await before.scorer.release();
    const answers = await Promise.all(inFlight);
    expect(new Set(answers.map(({ probability }) => probability[0]))).toEqual(new Set([expected]));
    await expect(before.scorer.score(ROW, 1)).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });

  it('tells its listeners of every swap, and a late one of the live model', async () => {
    const heard: string[] = [];
    const stop = slot.onSwap(({ version }) => heard.push(`early ${version.version}`));
    await slot.offer(versionOf('1'), await bundle('one'));
    slot.onSwap(({ version }) => heard.push(`late ${version.version}`));
    stop();
    await slot.offer(versionOf('2'), join(dir, 'one'));
    expect(heard).toEqual(['early 1', 'late 1', 'late 2']);
  });

  it('takes over new aliases of the live version, not those of another', async () => {
    await slot.offer(versionOf('1'), await bundle('one'));
    const { scorer } = slot.current();
    slot.describe(versionOf('2', ['challenger']));
    expect(slot.current().version.aliases).toEqual([]);
    slot.describe(versionOf('1', ['champion']));
    expect(slot.current().version.aliases).toEqual(['champion']);
    expect(slot.current().scorer).toBe(scorer);
  });

  it('serves nothing once the application has shut down, not even a version that was being loaded', async () => {
    await slot.offer(versionOf('1'), await bundle('one'));
    const loading = slot.offer(versionOf('2'), join(dir, 'one'));
    await slot.onApplicationShutdown();
    await loading;
    expect(slot.peek()).toBeNull();
  });
});
