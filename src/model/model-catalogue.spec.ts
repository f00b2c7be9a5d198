// What the model routes answer, from a real slot and registry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TINY_FEATURES, writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { ModelCatalogue } from './model-catalogue.ts';
import { ModelSlot } from './model-slot.ts';
import { InMemoryModelRegistry } from './registry/in-memory-model-registry.ts';

describe('ModelCatalogue', () => {
  let dir: string;
  const registry = new InMemoryModelRegistry();
  const slot = new ModelSlot();
  const catalogue = new ModelCatalogue(slot, registry);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'catalogue-'));
    const [radius, ...others] = TINY_FEATURES;
    if (radius === undefined) throw new Error('expected a feature');
    const told = { ...radius, label: 'Radius', group: 'Mean' };
    await writeTinyBundle(dir, { features: [told, ...others] });
  });

  afterAll(async () => {
    await slot.onApplicationShutdown();
    await rm(dir, { recursive: true, force: true });
  });

  it('has no live model and no models at first', async () => {
    expect(() => catalogue.live()).toThrow(
      expect.objectContaining({ code: 'MODEL_NOT_READY' }) as Error,
    );
    expect(await catalogue.models()).toEqual({ items: [] });
    await expect(catalogue.versions('own')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
  });

  it('describes the live model with everything the contract names', async () => {
    await registry.register({ name: 'own', bundleDir: dir, runId: null, tags: { by: 'test' } });
    await registry.setAlias('own', 'champion', '1');
    await slot.offer(await registry.resolve('models:/own@champion'), dir);
    expect(catalogue.live()).toMatchObject({
      name: 'own',
      version: '1',
      aliases: ['champion'],
      run_id: 'tiny',
      metrics: { roc_auc: 0.95 },
      params: { bias: 0 },
      threshold: 0.5,
      positive_label: 'malignant',
      data_digest: '0'.repeat(64),
      git_commit: null,
      created_at: '2026-01-02T03:04:05.000Z',
      onnx_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it('gives numbers their unit and ranges, and categories their list', () => {
    const [radius, texture, side] = catalogue.live().features;
    expect(radius).toEqual({
      name: 'mean radius',
      kind: 'numeric',
      label: 'Radius',
      group: 'Mean',
      unit: 'mm',
      min: 6,
      max: 28,
      median: 13,
      range: { min: 0, max: 50 },
      categories: null,
      mode: null,
      nullable: false,
      description: null,
    });
    expect(texture).toMatchObject({
      label: null,
      group: null,
      unit: null,
      range: null,
      nullable: true,
    });
    expect(side).toMatchObject({ min: null, categories: ['left', 'right'], mode: 'left' });
  });

  it('lists models with their aliases, and versions newest first', async () => {
    await registry.register({ name: 'own', bundleDir: dir, runId: 'run-b' });
    expect(await catalogue.models()).toEqual({
      items: [{ name: 'own', latest_version: '2', aliases: { champion: '1' } }],
    });
    expect((await catalogue.versions('own')).items).toMatchObject([
      { version: '2', run_id: 'run-b', aliases: [], tags: {} },
      { version: '1', run_id: null, aliases: ['champion'], tags: { by: 'test' } },
    ]);
  });
});
