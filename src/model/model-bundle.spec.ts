// What opening a bundle checks, and that it names the file and what is wrong.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeExplainableBundle } from '../../test/support/explainable-bundle.ts';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import {
  BUNDLE_FILES,
  openBundle,
  readExplainer,
  readHoldout,
  sha256,
  type ManifestFile,
} from './model-bundle.ts';

describe('openBundle', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bundle-'));
    await writeTinyBundle(dir);
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(dir, file), 'utf8'));
  /** Replaces a file and states its new digest, as somebody who edits a bundle by hand would. */
  const replace = async (file: string, content: string): Promise<void> => {
    await writeFile(join(dir, file), content);
    const manifest = (await read('manifest.json')) as ManifestFile;
    const digests = { ...manifest.sha256, [file]: sha256(Buffer.from(content)) };
    await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, sha256: digests }));
  };
  const change = async (
    file: string,
    edit: (content: Record<string, unknown>) => object,
  ): Promise<void> => {
    await replace(file, JSON.stringify(edit((await read(file)) as Record<string, unknown>)));
  };
  const refused = async (message: string): Promise<void> => {
    await expect(openBundle(dir)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringContaining(message) as string,
    });
  };

  it('gives every part, frozen to the bottom', async () => {
    const bundle = await openBundle(dir);
    expect(bundle.features.features.map(({ name }) => name)).toEqual([
      'mean radius',
      'mean texture',
      'side',
    ]);
    expect(bundle.onnxSha256).toBe(sha256(await readFile(bundle.onnxPath)));
    expect(bundle.golden.rows).toHaveLength(4);
    expect(bundle.explainer).toEqual({
      learner: 'linear',
      background: { 'mean radius': 13, 'mean texture': 18, side: 'left' },
    });
    expect(Object.isFrozen(bundle)).toBe(true);
    expect(Object.isFrozen(bundle.features.features[0]?.training)).toBe(true);
  });

  it.each(Object.values(BUNDLE_FILES))('refuses a bundle without %s', async (file) => {
    await rm(join(dir, file));
    await refused(`${file}: there is no such file`);
  });

  it.each(['model.onnx', 'features.json', 'MLmodel', 'model-card.md', 'conda.yaml'])(
    'refuses %s when its bytes are not those of the manifest',
    async (file) => {
      const content = await readFile(join(dir, file));
      content[content.length - 1] = (content.at(-1) ?? 0) ^ 1;
      await writeFile(join(dir, file), content);
      await refused(`${file}: its content does not have the sha256`);
    },
  );

  it('refuses a manifest that leaves a file out', async () => {
    const manifest = (await read('manifest.json')) as ManifestFile;
    const rest = Object.fromEntries(
      Object.entries(manifest.sha256).filter(([file]) => file !== 'golden.json'),
    );
    await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, sha256: rest }));
    await refused('golden.json: manifest.json states no sha256 for it');
  });

  it('refuses a manifest that points outside the bundle', async () => {
    const manifest = (await read('manifest.json')) as ManifestFile;
    const digests = { ...manifest.sha256, '../outside': '0'.repeat(64) };
    await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, sha256: digests }));
    await refused('manifest.json: sha256');
  });

  it('refuses a file that is not JSON', async () => {
    await replace('report.json', '{"threshold": ');
    await refused('report.json: it is not valid JSON');
  });

  it('names the place inside the file that is wrong', async () => {
    await change('report.json', (report) => ({ ...report, threshold: 2 }));
    await refused('report.json: threshold: ');
  });

  it('refuses two features of one name', async () => {
    await change('features.json', (content) => {
      const [first] = content['features'] as object[];
      return { ...content, features: [first, first] };
    });
    await refused('features.json: features: expected distinct feature names');
  });

  it('refuses a reference of other features', async () => {
    await change('reference.json', (content) => ({ ...content, features: [] }));
    await refused('reference.json: its features are not those of features.json');
  });

  it('refuses a lock that is none: no golden rows, or a tolerance that lets everything through', async () => {
    await change('golden.json', (content) => ({ ...content, tolerance: 1 }));
    await refused('golden.json: tolerance');
    await change('golden.json', (content) => ({ ...content, tolerance: 1e-6, rows: [] }));
    await refused('golden.json: rows');
  });

  describe('readHoldout', () => {
    it('gives the held-out rows', async () => {
      const holdout = await readHoldout(await openBundle(dir));
      expect(holdout?.columns).toEqual(['mean radius', 'mean texture', 'side']);
      expect(holdout?.rows).toHaveLength(60);
      expect(holdout?.probability).toHaveLength(60);
    });

    it('gives null where the bundle has none', async () => {
      await writeTinyBundle(join(dir, 'other'), { gate: null });
      expect(await readHoldout(await openBundle(join(dir, 'other')))).toBeNull();
    });

    it.each([
      ['fewer labels than rows', { y: [0, 1] }, 'expected as many labels'],
      [
        'a row of another width',
        { rows: [[1, 2]], y: [0], probability: [0.5] },
        'a cell per column',
      ],
      ['a label that is none', { rows: [[1, 2, 'left']], y: [2], probability: [0.5] }, 'y.0'],
    ])('refuses %s', async (_, edit, message) => {
      await change('holdout.json', (holdout) => ({ ...holdout, ...edit }));
      await expect(openBundle(dir).then(readHoldout)).rejects.toMatchObject({
        code: 'BUNDLE_INVALID',
        message: expect.stringContaining(message) as string,
      });
    });
  });

  describe('readExplainer', () => {
    beforeEach(async () => {
      await rm(dir, { recursive: true });
      await writeExplainableBundle(dir, { learner: 'gradient_boosting' });
    });

    const unreadable = async (message: string): Promise<void> => {
      await expect(openBundle(dir).then(readExplainer)).rejects.toMatchObject({
        code: 'BUNDLE_INVALID',
        message: expect.stringContaining(message) as string,
      });
    };

    it('gives the graph to the design and the sum over its columns', async () => {
      const bundle = await openBundle(dir);
      const explainer = await readExplainer(bundle);
      expect(Buffer.from(explainer?.onnx ?? [])).toEqual(
        await readFile(join(dir, 'explainer.onnx')),
      );
      expect(explainer?.model).toMatchObject({
        space: 'log_odds',
        calibration: 'none',
        sources: [[0], [1], [2]],
        background: { name: 'favourable', rows: 30 },
        form: { kind: 'trees', scale: 1 },
      });
      expect(bundle.explainer.reasons?.map(({ code }) => code)).toEqual([
        'MEAN_RADIUS',
        'MEAN_TEXTURE',
        'SIDE',
      ]);
    });

    it('gives null where the bundle has none, as those had that were made before', async () => {
      await writeTinyBundle(join(dir, 'other'));
      expect(await readExplainer(await openBundle(join(dir, 'other')))).toBeNull();
    });

    it.each(['explainer.bin', 'explainer.onnx'])(
      'asks for the digest of %s when the bundle is opened, and again when it is read',
      async (file) => {
        const bundle = await openBundle(dir);
        const content = await readFile(join(dir, file));
        content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
        await writeFile(join(dir, file), content);
        await refused(`${file}: its content does not have the sha256`);
        await expect(readExplainer(bundle)).rejects.toThrow(
          `${file}: its content does not have the sha256`,
        );
      },
    );

    it.each(['explainer.bin', 'explainer.onnx'])('refuses a bundle without %s', async (file) => {
      await rm(join(dir, file));
      await refused(`${file}: there is no such file`);
    });

    it.each(['explainer.bin', 'explainer.onnx'])(
      'refuses a manifest that leaves %s out',
      async (file) => {
        const manifest = (await read('manifest.json')) as ManifestFile;
        const rest = Object.entries(manifest.sha256).filter(([name]) => name !== file);
        const content = { ...manifest, sha256: Object.fromEntries(rest) };
        await writeFile(join(dir, 'manifest.json'), JSON.stringify(content));
        await refused(`${file}: manifest.json states no sha256 for it`);
      },
    );

    it('names explainer.bin where its numbers are not those that explainer.json speaks of', async () => {
      await replace('explainer.bin', 'four');
      await unreadable('explainer.bin: expected at least');
    });

    it.each([
      ['additive', { additive: undefined }, 'its content: expected additive, importance, adverse'],
      ['a way to calibrate', { additive: { space: 'log_odds' } }, 'additive.calibration'],
      ['a reason for each feature', { reasons: [] }, 'its features are not those of features.json'],
    ])('refuses an explainer.json without %s', async (_, edit, message) => {
      await change('explainer.json', (explainer) => ({ ...explainer, ...edit }));
      await refused(`explainer.json: ${message}`);
    });

    it.each([
      ['a feature that there is not', [[0], [1], [3]]],
      ['not every feature', [[0], [1], [1]]],
    ])('refuses columns made of %s', async (_, sources) => {
      await change('explainer.json', (explainer) => ({
        ...explainer,
        additive: { ...(explainer['additive'] as object), sources },
      }));
      await unreadable('explainer.json: additive.sources: expected every feature');
    });
  });
});
