// The gate over real, tiny bundles.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  TINY_FEATURES,
  TINY_GATE,
  writeTinyBundle,
  type TinyBundleOptions,
} from '../../test/support/tiny-bundle.ts';
import { sha256, type ManifestFile } from '../model/model-bundle.ts';
import { failedNames, isServable, runGate, type GateReport } from './gate.ts';
import type { GateCheck } from './gate-check.ts';

describe('runGate', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'gate-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const bundle = async (name: string, options?: TinyBundleOptions): Promise<string> => {
    const { dir: made } = await writeTinyBundle(join(dir, name), options);
    return made;
  };
  const against = async (
    challenger: TinyBundleOptions,
    champion: TinyBundleOptions = {},
  ): Promise<GateReport> =>
    runGate(await bundle('challenger', challenger), {
      version: '1',
      dir: await bundle('champion', champion),
    });
  /** Changes members of a file of a bundle, and states its new digest. */
  const edit = async (bundleDir: string, file: string, changes: object): Promise<void> => {
    const read = async (name: string): Promise<object> =>
      JSON.parse(await readFile(join(bundleDir, name), 'utf8')) as object;
    const content = JSON.stringify({ ...(await read(file)), ...changes });
    await writeFile(join(bundleDir, file), content);
    const manifest = (await read('manifest.json')) as ManifestFile;
    const digests = { ...manifest.sha256, [file]: sha256(Buffer.from(content)) };
    const changed = JSON.stringify({ ...manifest, sha256: digests });
    await writeFile(join(bundleDir, 'manifest.json'), changed);
  };
  const checkOf = ({ checks }: GateReport, name: string): GateCheck | undefined =>
    checks.find((each) => each.name === name);

  it('passes a first champion, saying that there is nothing to compare with', async () => {
    const report = await runGate(await bundle('first'), null);
    expect(report.passed).toBe(true);
    for (const name of ['roc_auc_vs_champion', 'log_loss_vs_champion'])
      expect(checkOf(report, name)).toMatchObject({
        passed: true,
        value: null,
        detail: 'not applicable: the model has no champion yet',
      });
  });

  it('passes the same model again: no difference, an interval of no width', async () => {
    const report = await against({});
    expect(report.passed).toBe(true);
    for (const name of ['roc_auc_vs_champion', 'log_loss_vs_champion'])
      expect(checkOf(report, name)).toMatchObject({ value: 0, interval: { low: 0, high: 0 } });
  });

  it('gives the same report twice, but for the latency', async () => {
    const figures = ({ checks }: GateReport) => checks.filter(({ name }) => name !== 'latency_ms');
    const first = await against({ bias: 0.2 });
    expect(figures(await against({ bias: 0.2 }))).toEqual(figures(first));
  });

  it('fails a model that ranks worse, by DeLong, and one that is worse calibrated, by the bootstrap', async () => {
    expect(failedNames(await against({ sign: -1 }))).toEqual([
      'roc_auc_vs_champion',
      'log_loss_vs_champion',
    ]);
    const shifted = await against({ bias: 3 });
    expect(failedNames(shifted)).toEqual(['log_loss_vs_champion']);
    const { value, interval, limit } = checkOf(shifted, 'log_loss_vs_champion') ?? {};
    expect(value).toBeGreaterThan(limit ?? Infinity);
    expect(interval?.low).toBeLessThan(value ?? 0);
    expect(interval?.high).toBeGreaterThan(value ?? 0);
  });

  it('asks for evidence: a difference within the tolerance whose interval is not fails', async () => {
    const bias = 0.4;
    const measured = checkOf(await against({ bias }), 'log_loss_vs_champion');
    const { value, interval } = measured ?? { value: 0, interval: null };
    const between = ((value ?? 0) + (interval?.high ?? 0)) / 2;
    expect(between).toBeGreaterThan(value ?? 0);
    const withTolerance = (log_loss: number) =>
      against({ bias, gate: { ...TINY_GATE, tolerance: { roc_auc: 0.01, log_loss } } });
    expect(failedNames(await withTolerance(between))).toEqual(['log_loss_vs_champion']);
    expect(failedNames(await withTolerance(interval?.high ?? 0))).toEqual([]);
  });

  it('asks the same of the ranking', async () => {
    const tolerating = (roc_auc: number) =>
      against({ sign: -1, gate: { ...TINY_GATE, tolerance: { roc_auc, log_loss: 10 } } });
    const { value, interval } = checkOf(await tolerating(0), 'roc_auc_vs_champion') ?? {};
    const [middle, low] = [-(value ?? 0), -(interval?.low ?? 0)];
    expect(low).toBeGreaterThan(middle);
    expect(failedNames(await tolerating((middle + low) / 2))).toEqual(['roc_auc_vs_champion']);
    expect(failedNames(await tolerating(low))).toEqual([]);
  });

  it.each([
    ['roc_auc', 0.95, 0.95, true],
    ['roc_auc', 0.95, 0.9501, false],
    ['log_loss', 0.2, 0.2, true],
    ['log_loss', 0.2, 0.1999, false],
    ['brier', 0.2, 0.3, true],
  ])('threshold of %s: %d against %d passes %p', async (metric, value, limit, passed) => {
    const gate = { ...TINY_GATE, thresholds: { [metric]: limit } };
    const report = await runGate(await bundle('one', { gate, metrics: { [metric]: value } }), null);
    expect(checkOf(report, metric)).toMatchObject({ passed, value, limit });
  });

  it('fails a threshold of a metric that the report does not have', async () => {
    const gate = { ...TINY_GATE, thresholds: { recall: 0.1 } };
    expect(failedNames(await runGate(await bundle('one', { gate }), null))).toEqual(['recall']);
  });

  it('fails a latency above the budget', async () => {
    const gate = { ...TINY_GATE, latency_budget_ms: 1e-6 };
    const report = await runGate(await bundle('one', { gate }), null);
    expect(failedNames(report)).toEqual(['latency_ms']);
    expect(checkOf(report, 'latency_ms')?.value).toBeGreaterThan(0);
  });

  it('compares with a champion of fewer features, and not with one that takes others', async () => {
    const fewer = await against({}, { features: TINY_FEATURES.slice(0, 2) });
    expect(checkOf(fewer, 'roc_auc_vs_champion')?.value).not.toBeNull();
    const others = await against({ features: TINY_FEATURES.slice(0, 2) }, {});
    expect(failedNames(others)).toEqual(['roc_auc_vs_champion', 'log_loss_vs_champion']);
    expect(checkOf(others, 'roc_auc_vs_champion')?.detail).toBe(
      'the champion has other features and cannot be compared: the rows have no side',
    );
  });

  it('does not compare answers to different questions', async () => {
    const champion = await bundle('champion');
    await edit(champion, 'features.json', { positive_label: 'benign', negative_label: 'bad' });
    const report = await runGate(await bundle('challenger'), { version: '1', dir: champion });
    expect(checkOf(report, 'log_loss_vs_champion')).toMatchObject({
      passed: false,
      detail: 'the champion predicts another target or other labels',
    });
  });

  it('does not compare on rows that are not of this model', async () => {
    const challenger = await bundle('challenger');
    const probability = new Array<number>(60).fill(0.5);
    await edit(challenger, 'holdout.json', { probability });
    const champion = { version: '1', dir: await bundle('champion') };
    expect(checkOf(await runGate(challenger, champion), 'roc_auc_vs_champion')).toMatchObject({
      passed: false,
      detail: 'the probabilities in holdout.json are not reproduced',
    });
  });

  it('fails the comparison where the champion cannot be opened', async () => {
    const champion = await bundle('champion');
    await writeFile(join(champion, 'model.onnx'), 'damaged');
    const report = await runGate(await bundle('challenger'), { version: '1', dir: champion });
    expect(failedNames(report)).toEqual(['roc_auc_vs_champion', 'log_loss_vs_champion']);
    expect(checkOf(report, 'roc_auc_vs_champion')?.detail).toMatch(
      /^the champion cannot be opened/,
    );
    expect(isServable(report)).toBe(true);
  });

  it('reports a bundle that does not open, which nobody can overrule', async () => {
    const broken = await bundle('broken');
    await writeFile(join(broken, 'model.onnx'), 'damaged');
    const report = await runGate(broken, null);
    expect(failedNames(report)).toEqual(['bundle']);
    expect(isServable(report)).toBe(false);
  });

  it('asks a bundle without a policy for one', async () => {
    const report = await against({ gate: null });
    expect(failedNames(report)).toEqual(['policy']);
    expect(isServable(report)).toBe(true);
  });
});
