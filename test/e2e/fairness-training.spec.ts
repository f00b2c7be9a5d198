// Columns that are protected: kept from the model, and told of it in the bundle, its card and the page of the run.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { trainPipeline, type TrainedPipeline } from '../../ml/pipeline-run.ts';
import { readDriftReference } from '../../src/model/drift-reference.ts';
import { openBundle, readHoldout, type ModelBundle } from '../../src/model/model-bundle.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { groupRates, type GroupedRow } from '../../src/statistics/fairness.ts';
import { Random } from '../../src/statistics/random.ts';

const ROWS = 600;
const folder = mkdtempSync(join(tmpdir(), 'fairness-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const random = Random.of(8);
const uniform = (): number => random.next() / 2 ** 32;
/** Each row has an amount of its own, by which it is found again. Women ask for more. */
const applicants = Array.from({ length: ROWS }, (_, row) => {
  const sex = uniform() < 0.5 ? 'female' : 'male';
  const amount = Number((row / 100 + (sex === 'female' ? 2 : 0)).toFixed(4)) + (row % 7) / 1000;
  const age = 18 + random.nextInt(60);
  const late = Number(amount + 3 * uniform() > 6.5);
  return { amount: Number(amount.toFixed(3)), debt: random.nextInt(50), sex, age, late };
});
const csv = [
  'amount,debt,sex,age,late',
  ...applicants.map(({ amount, debt, sex, age, late }, row) =>
    // Of some the sex is not known.
    [amount, debt, row % 40 === 0 ? '' : sex, age, late].join(','),
  ),
].join('\n');

function paramsFile(name: string, changes: object): string {
  writeFileSync(join(folder, 'data.csv'), csv);
  const number = (feature: string) => ({ name: feature, kind: 'numeric', nullable: false });
  const file = join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    stringify({
      data: { path: 'data.csv' },
      target: { column: 'late', positive: '1', labels: { positive: 'late', negative: 'paid' } },
      features: [number('amount'), number('debt')],
      split: { test_share: 0.3 },
      candidates: [{ learner: 'logistic_regression', grid: { C: [1] } }],
      selection: { folds: 3, metric: 'log_loss' },
      threshold: { rule: 'cost', false_positive: 1, false_negative: 20 },
      seed: 3,
      ...changes,
    }),
  );
  return file;
}

const train = (name: string, changes: object): Promise<TrainedPipeline> =>
  trainPipeline({
    paramsFile: paramsFile(name, changes),
    environment: { VAR_DIR: join(folder, name) },
  });

const bundleOf = async (name: string, { version }: TrainedPipeline): Promise<ModelBundle> =>
  openBundle(await new FileModelRegistry(join(folder, name, 'registry')).fetchBundle(version));

describe('training with protected columns', () => {
  let trained: TrainedPipeline;
  let bundle: ModelBundle;

  beforeAll(async () => {
    const card = { out_of_scope: 'Decisions about real people.', contact: 'credit@example.org' };
    trained = await train('protected', { protected: ['sex', 'age'], card });
    bundle = await bundleOf('protected', trained);
  });

  it('gives the same model as without them', async () => {
    const plain = await bundleOf('plain', await train('plain', {}));
    expect(plain.onnxSha256).toBe(bundle.onnxSha256);
    expect(plain.report).not.toHaveProperty('fairness');
    expect(bundle.features.features.map(({ name }) => name)).toEqual(['amount', 'debt']);
  });

  it('reports the rates of the groups on the held-out rows, as they come from the rows themselves', async () => {
    const holdout = await readHoldout(bundle);
    const cut = Math.fround(bundle.report.threshold);
    expect(cut).toBeLessThan(0.3);
    const rows = (holdout?.rows ?? []).map(([amount], i): GroupedRow => {
      const row = applicants.findIndex((applicant) => applicant.amount === amount);
      return {
        group: row % 40 === 0 ? null : (applicants[row]?.sex ?? null),
        y: holdout?.y[i] === 1 ? 1 : 0,
        positive: (holdout?.probability[i] ?? NaN) >= cut,
      };
    });
    expect(rows).toHaveLength(180);
    const [sex, age] = bundle.report.fairness ?? [];
    expect(sex).toEqual({ column: 'sex', ...groupRates(rows) });
    expect(sex?.without_group).toBeGreaterThan(0);
    expect(sex?.demographic_parity_difference?.low).toBeGreaterThan(0);
    expect(sex?.demographic_parity_difference?.highest).toBe('female');
    expect(age?.groups).toHaveLength(4);
    expect(age?.groups.map(({ group }) => group)).toContainEqual(
      expect.stringMatching(/^above \d+ up to \d+$/),
    );
  });

  it('reports how sure the metrics are, what the threshold costs, and what the params say of the model', () => {
    const { report } = bundle;
    expect(report.rows).toEqual({ training: 420, held_out: 180 });
    expect(report.intervals?.['roc_auc']).toMatchObject({ method: 'DeLong' });
    expect(report.threshold_choice?.rule).toMatchObject({ rule: 'cost', false_negative: 20 });
    expect(report.threshold_choice?.cost).toBeGreaterThan(0);
    expect(report.groups?.[0]?.feature).toBe('amount');
    expect(report.card?.contact).toBe('credit@example.org');
  });

  it('puts them into the card of the bundle and the page of the run', () => {
    const card = readFileSync(join(bundle.dir, 'model-card.md'), 'utf8');
    expect(card).toContain('### By sex');
    expect(card).toContain('| demographic parity |');
    expect(card).toContain('Decisions about real people.');
    const page = readFileSync(trained.report ?? '', 'utf8');
    expect(page).toContain('<section id="fairness">');
    expect(page).toContain('By sex');
    expect(page).not.toMatch(/NaN|undefined|\[object/);
    const validation = readFileSync(
      join(folder, 'protected/pipeline/foretell/validation.json'),
      'utf8',
    );
    const { columns } = JSON.parse(validation) as {
      columns: { name: string; role: string; missing: number }[];
    };
    expect(columns.filter(({ role }) => role === 'protected')).toMatchObject([
      { name: 'sex', missing: 15 },
      { name: 'age', missing: 0 },
    ]);
    expect(dirname(trained.report ?? '')).toContain('reports');
  });

  it('carries the training rows and the out-of-fold scores as the reference of drift', async () => {
    const reference = await readDriftReference(bundle);
    expect(reference).toMatchObject({ rows: 420, predictions: 'out_of_fold' });
    expect(reference?.columns.map(({ name }) => name)).toEqual(['amount', 'debt']);
    expect(reference?.score.rows).toBe(420);
    expect([...(reference?.label.counts.keys() ?? [])].sort()).toEqual(['late', 'paid']);
    expect(reference?.performance).toMatchObject({ rows: 420, chunks: 10 });
    const trainedAmounts = new Set(applicants.map(({ amount }) => amount));
    const [amount] = reference?.columns ?? [];
    if (amount?.kind !== 'numeric') throw new TypeError('expected a number');
    expect(amount.sample.values.every((value) => trainedAmounts.has(value))).toBe(true);
  });

  it('carries the same bytes again', async () => {
    const again = await bundleOf(
      'again',
      await train('again', { protected: ['sex', 'age'], card: bundle.report.card }),
    );
    for (const file of ['drift.json', 'model.onnx', 'holdout.json']) {
      expect(again.manifest.sha256[file]).toBe(bundle.manifest.sha256[file]);
    }
  });
});

describe('params with protected columns', () => {
  it.each([
    ['a feature', ['debt'], 'a feature is seen by the model, so it cannot be protected'],
    ['the target', ['late'], 'the target cannot be protected'],
    ['a column twice', ['sex', 'sex'], 'this column is named twice'],
  ])('refuse %s', async (_, columns, problem) => {
    await expect(train('refused', { protected: columns })).rejects.toThrow(problem);
  });

  it('name a column that the data has', async () => {
    await expect(train('absent', { protected: ['race'] })).rejects.toThrow(
      'missing from the header',
    );
  });
});
