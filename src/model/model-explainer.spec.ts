// Explanations of really trained models by the files of their bundles: what they say, when they are opened and freed, what is refused.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { writeExplainableBundle } from '../../test/support/explainable-bundle.ts';
import { writeTinyBundle } from '../../test/support/tiny-bundle.ts';
import { sha256, type ManifestFile } from './model-bundle.ts';
import { openExplainer, type ExplanationChoice } from './model-explainer.ts';
import { openModel, type RunnableModel } from './open-model.ts';

/** A rough one on the right, a smooth one on the left, one whose texture is missing. */
const CELLS = Float32Array.of(21, 33, 1, 9, 12, 0, 14, NaN, 1);
const ROWS = 3;
const LEARNERS = ['logistic_regression', 'random_forest', 'gradient_boosting'] as const;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'model-explainer-'));
  for (const learner of LEARNERS) await writeExplainableBundle(join(dir, learner), { learner });
  await writeTinyBundle(join(dir, 'plain'));
});
afterAll(() => rm(dir, { recursive: true }));

const open = (name: string): Promise<RunnableModel> => openModel(join(dir, name));

async function explain(name: string, choice: ExplanationChoice = 'default') {
  const { bundle, scorer } = await open(name);
  const explainer = await openExplainer(bundle);
  const explained = await explainer.explain(CELLS, ROWS, choice);
  const { probability } = await scorer.score(CELLS, ROWS);
  await Promise.all([explainer.release(), scorer.release()]);
  return { ...explained, probability };
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

describe('openExplainer', () => {
  it.each([
    ['logistic_regression', 'default', 'linear', 'log_odds'],
    ['logistic_regression', 'interventional', 'linear', 'log_odds'],
    ['random_forest', 'default', 'tree_interventional', 'probability'],
    ['random_forest', 'path_dependent', 'tree_path_dependent', 'probability'],
    ['gradient_boosting', 'interventional', 'tree_interventional', 'log_odds'],
    ['gradient_boosting', 'path_dependent', 'tree_path_dependent', 'log_odds'],
  ] as const)(
    'explains the margin behind the probability of %s, asked for %s: %s in %s',
    async (name, choice, method, space) => {
      const { probability, output, base, values, width, ...explained } = await explain(
        name,
        choice,
      );
      expect([explained.method, explained.model.space]).toEqual([method, space]);
      expect(explained.names).toEqual(['mean radius', 'mean texture', 'side']);
      for (let row = 0; row < ROWS; row += 1) {
        const margin = output[row] ?? NaN;
        const answered = space === 'log_odds' ? sigmoid(margin) : margin;
        expect(Math.abs(answered - (probability[row] ?? NaN))).toBeLessThan(1e-6);
        const parts = values.subarray(row * width, (row + 1) * width);
        expect(Math.abs(parts.reduce((sum, part) => sum + part, base) - margin)).toBeLessThan(1e-6);
      }
    },
  );

  it('says the same of a row alone as among others', async () => {
    const { bundle, scorer } = await open('gradient_boosting');
    const explainer = await openExplainer(bundle);
    const { values, width } = await explainer.explain(CELLS, ROWS);
    const alone = await explainer.explain(CELLS.subarray(width, 2 * width), 1);
    expect([...alone.values]).toEqual([...values.subarray(width, 2 * width)]);
    await Promise.all([explainer.release(), scorer.release()]);
  });

  it('refuses a bundle that holds no explainer, and paths of a linear model', async () => {
    await expect(explain('plain')).rejects.toMatchObject({ code: 'EXPLANATION_UNAVAILABLE' });
    await expect(explain('logistic_regression', 'path_dependent')).rejects.toMatchObject({
      code: 'EXPLANATION_UNAVAILABLE',
    });
  });

  it.each([
    ['a graph that is none', () => Buffer.from('no graph')],
    [
      'a graph of other columns',
      () => readFile(join(dir, 'logistic_regression', 'explainer.onnx')),
    ],
  ])('refuses %s, by the name of the file', async (what, content) => {
    const bundleDir = join(dir, what);
    await writeExplainableBundle(bundleDir, { learner: 'random_forest' });
    await plant(bundleDir, 'explainer.onnx', await content());
    const { bundle, scorer } = await openModel(bundleDir);
    await expect(openExplainer(bundle)).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
      message: expect.stringMatching(/^explainer\.onnx: /) as string,
    });
    await scorer.release();
  });
});

/** Puts a file into a bundle together with its right digest, so that only what comes after the digests can object. */
async function plant(bundleDir: string, file: string, content: Uint8Array): Promise<void> {
  await writeFile(join(bundleDir, file), content);
  const path = join(bundleDir, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as ManifestFile;
  const digests = { ...manifest.sha256, [file]: sha256(content) };
  await writeFile(path, JSON.stringify({ ...manifest, sha256: digests }));
}

describe('the explainer of a loaded model', () => {
  it('is opened at the first question, once for all who ask meanwhile', async () => {
    const { explainer, scorer } = await open('gradient_boosting');
    const opened = jest.spyOn(InferenceSession, 'create');
    const asked = Array.from({ length: 5 }, () => explainer.explain(CELLS, ROWS, 'default'));
    await Promise.all([...asked, explainer.explain(CELLS, ROWS, 'path_dependent')]);
    await explainer.explain(CELLS, 1, 'default');
    expect(opened).toHaveBeenCalledTimes(1);
    opened.mockRestore();
    await scorer.release();
  });

  it('is freed with the model, after the last explanation that is under way', async () => {
    const { explainer, scorer } = await open('random_forest');
    const opened = jest.spyOn(InferenceSession, 'create');
    await explainer.explain(CELLS, ROWS, 'default');
    const session = (await opened.mock.results[0]?.value) as InferenceSession;
    opened.mockRestore();
    const freed = jest.spyOn(session, 'release');
    const underWay = explainer.explain(CELLS, ROWS, 'path_dependent');
    await scorer.release();
    expect(freed).not.toHaveBeenCalled();
    expect((await underWay).method).toBe('tree_path_dependent');
    expect(freed).toHaveBeenCalledTimes(1);
    await expect(explainer.explain(CELLS, ROWS, 'default')).rejects.toMatchObject({
      code: 'MODEL_ERROR',
    });
  });

  it('tells by the bundle alone what it can explain', async () => {
    const can = async (name: string, choice: ExplanationChoice): Promise<boolean> => {
      const { explainer, scorer } = await open(name);
      await scorer.release();
      return explainer.can(choice);
    };
    expect(await can('gradient_boosting', 'path_dependent')).toBe(true);
    expect(await can('logistic_regression', 'default')).toBe(true);
    expect(await can('logistic_regression', 'path_dependent')).toBe(false);
    expect(await can('plain', 'default')).toBe(false);
  });

  it('is opened again where its files were away', async () => {
    const bundleDir = join(dir, 'away');
    await writeExplainableBundle(bundleDir, { learner: 'logistic_regression' });
    const { explainer, scorer } = await openModel(bundleDir);
    const path = join(bundleDir, 'explainer.bin');
    const bytes = await readFile(path);
    await rm(path);
    await expect(explainer.explain(CELLS, ROWS, 'default')).rejects.toMatchObject({
      code: 'BUNDLE_INVALID',
    });
    await writeFile(path, bytes);
    expect((await explainer.explain(CELLS, ROWS, 'default')).method).toBe('linear');
    await scorer.release();
  });
});
