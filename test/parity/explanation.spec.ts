// What a bundle explains its answers by, read back from its files, against the model itself on every row: what the contributions add up to
// is the learner's own sum, and the probability where no curve comes after it.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { BundleExplainer } from '../../ml/bundle/write-bundle.ts';
import { explainModel } from '../../ml/explanation/explain-model.ts';
import { learners, type LearnerName } from '../../ml/learners/index.ts';
import type { Learner } from '../../ml/learners/learner.ts';
import { matrixOf, type Float32Matrix } from '../../ml/numeric/matrix.ts';
import type { Params } from '../../ml/params.ts';
import { fitPipeline, type Pipeline } from '../../ml/pipeline.ts';
import { deriveFeature } from '../../ml/preprocessing/derived.ts';
import type { Preprocessing } from '../../ml/preprocessing/options.ts';
import { predict } from '../../ml/search/fit-candidate.ts';
import type { Contributions, ExplanationMethod } from '../../src/explanation/additive-model.ts';
import { Explainer } from '../../src/explanation/explainer.ts';
import { unpackModel } from '../../src/explanation/packed-model.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';
import { loadWdbc } from '../support/wdbc.ts';

const wdbc = loadWdbc();

/** With two categories, ratios that divide by zero, and one cell in ten missing or infinite. */
const riddledFeatures: readonly FeatureSpec[] = [
  ...wdbc.features,
  { kind: 'categorical', name: 'region', nullable: true, categories: ['north', 'east', 'south'] },
  { kind: 'categorical', name: 'ward', nullable: false, categories: ['a', 'b', 'never seen'] },
];
function riddle(): Float32Matrix {
  const random = Random.of(77);
  const { data, columns, rows } = wdbc.rows;
  const cells: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const value of data.subarray(row * columns, (row + 1) * columns))
      cells.push([NaN, NaN, Infinity][random.nextInt(30)] ?? value);
    cells.push([NaN][random.nextInt(5)] ?? random.nextInt(3), random.nextInt(2));
  }
  return matrixOf(Float32Array.from(cells), riddledFeatures.length);
}

const sets: readonly [string, readonly FeatureSpec[], Float32Matrix, Preprocessing][] = [
  ['wdbc', wdbc.features, wdbc.rows, {}],
  ['wdbc with categories and missing values', riddledFeatures, riddle(), {}],
  [
    'the same under every option',
    riddledFeatures,
    riddle(),
    {
      numeric: { missing_indicator: true },
      features: {
        region: { encode: 'target' },
        'mean area': { transform: 'rank_normal' },
        'worst area': { transform: 'signed_log' },
      },
    },
  ],
];

const derivedOf = (features: readonly FeatureSpec[]) => [
  deriveFeature('radius_ratio', 'worst radius / mean radius', features),
  deriveFeature('large', '(mean area > 700) * log(worst area)', features),
];

/** As many trees as it takes to be wrong, no more. */
const FEW: Partial<Record<LearnerName, object>> = { gradient_boosting: { n_estimators: 40 } };

const fits = new Map<string, Promise<Pipeline>>();

/** Fitted once for all that ask for the same. */
function fit(
  name: LearnerName,
  set: (typeof sets)[number],
  options: { readonly threads?: number; readonly params?: object } = {},
): Promise<Pipeline> {
  const key = JSON.stringify([name, set[0], options]);
  const fitted = fits.get(key) ?? fitNew(name, set, options);
  fits.set(key, fitted);
  return fitted;
}

function fitNew(
  name: LearnerName,
  [, features, x, preprocessing]: (typeof sets)[number],
  { threads = 1, params = {} }: { readonly threads?: number; readonly params?: object },
): Promise<Pipeline> {
  const learner: Learner<unknown> = learners[name];
  const derived = derivedOf(features);
  const task = { kind: 'binary' } as const;
  const spec = {
    learner,
    params: learner.params.parse({ ...FEW[name], ...params }),
    features,
    derived,
    task,
  };
  const rows = { x, y: wdbc.y, weights: null };
  return fitPipeline({ ...spec, preprocessing }, rows, { random: Random.of(42), threads });
}

const explanationOf = (
  features: readonly FeatureSpec[],
  asked: Partial<Params['explanation']> = {},
): Params['explanation'] => ({
  background: 'favourable',
  rows: 100,
  adverse: 'positive',
  reasons: features.map(({ name }) => ({ name, code: name, text: name })),
  ...asked,
});

function explain(
  fitted: Pipeline,
  [, features, x]: (typeof sets)[number],
  {
    threshold = 0.5,
    ...asked
  }: Partial<Params['explanation']> & { readonly threshold?: number } = {},
): Promise<BundleExplainer> {
  const params = { features, explanation: explanationOf(features, asked), seed: 11 };
  const probabilities = predict(fitted, x);
  return explainModel(params, { fitted, calibration: 'none', x, probabilities, threshold });
}

/** As a server explains. */
async function contributionsOf(
  { onnx, numbers, facts }: BundleExplainer,
  { data, rows, columns }: Float32Matrix,
  method?: ExplanationMethod,
): Promise<Contributions> {
  const session = await InferenceSession.create(onnx);
  const features = new Tensor('float32', data, [rows, columns]);
  const { design } = await session.run({ features });
  await session.release();
  const explainer = Explainer.of(unpackModel(facts.additive, numbers), method);
  return explainer.explain(design?.data as Float32Array | Float64Array, rows);
}

/** The greatest difference between two functions of the rows. */
const apart = (rows: number, one: (row: number) => number, other: (row: number) => number) =>
  Array.from({ length: rows }, (_, row) => Math.abs(one(row) - other(row))).reduce((a, b) =>
    // NaN must not pass.
    Number.isNaN(b) ? Infinity : Math.max(a, b),
  );

const NAMES = Object.keys(learners) as LearnerName[];
const TREES = ['random_forest', 'gradient_boosting'] as const;

describe.each(sets)('%s', (...set) => {
  const [, features, x] = set;

  it.each(NAMES)('the contributions of %s add up to its own sum on every row', async (name) => {
    const fitted = await fit(name, set);
    const { base, output, values } = await contributionsOf(await explain(fitted, set), x);
    const p = predict(fitted, x);
    const width = features.length;
    const sum = (row: number): number =>
      values.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, base);
    expect(apart(x.rows, sum, (row) => output[row] as number)).toBeLessThan(1e-6);
    const isLogit = name === 'logistic_regression' || name === 'gradient_boosting';
    const answer = (row: number): number => (isLogit ? 1 / (1 + Math.exp(-sum(row))) : sum(row));
    expect(apart(x.rows, answer, (row) => p[row] as number)).toBeLessThan(1e-6);
  });

  it.each(TREES)('those of %s by paths do so too, by the rows at each node', async (name) => {
    const fitted = await fit(name, set);
    const explainer = await explain(fitted, set);
    const byPaths = await contributionsOf(explainer, x, 'tree_path_dependent');
    const usual = await contributionsOf(explainer, x);
    const { output } = byPaths;
    expect(
      apart(
        x.rows,
        (i) => output[i] as number,
        (i) => usual.output[i] as number,
      ),
    ).toBe(0);
    // Paths weigh by the training rows: their base is the mean answer over them.
    const mean = output.reduce((a, b) => a + b, 0) / x.rows;
    expect(Math.abs(byPaths.base - mean)).toBeLessThan(1e-6);
  });
});

describe('the background', () => {
  const [set] = sets as [(typeof sets)[number]];
  const [, , x] = set;

  it('is of the rows that the model answers with the label that is not adverse', async () => {
    const fitted = await fit('logistic_regression', set);
    const p = predict(fitted, x);
    const favourable = p.filter((each) => each < 0.4).length;
    const { facts } = await explain(fitted, set, { threshold: 0.4 });
    expect(facts.additive.background).toEqual({ name: 'favourable', rows: favourable });
    const other = await explain(fitted, set, { threshold: 0.4, adverse: 'negative' });
    expect(other.facts.additive.background.rows).toBe(x.rows - favourable);
    const all = await explain(fitted, set, { background: 'training' });
    expect(all.facts.additive.background).toEqual({ name: 'training', rows: x.rows });
  });

  it('has the mean answer of its rows for a base', async () => {
    const fitted = await fit('logistic_regression', set);
    const explainer = await explain(fitted, set);
    const { base, output } = await contributionsOf(explainer, x);
    const p = predict(fitted, x);
    const rows = output.filter((_, row) => (p[row] as number) < 0.5);
    expect(base).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / rows.length, 9);
  });

  it('is of all training rows where fewer than twenty are favourable', async () => {
    const fitted = await fit('logistic_regression', set);
    const { facts } = await explain(fitted, set, { threshold: 1e-9 });
    expect(facts.additive.background).toEqual({ name: 'training', rows: x.rows });
    expect(facts.importance.background).toBe('training');
  });

  it('of trees is a sample of as many rows as asked, of the favourable ones', async () => {
    const fitted = await fit('gradient_boosting', set, { params: { n_estimators: 20 } });
    const explainer = await explain(fitted, set, { rows: 30 });
    const { background, form } = unpackModel(explainer.facts.additive, explainer.numbers);
    expect(background).toEqual({ name: 'favourable', rows: 30 });
    const design = fitted.additive?.design(x);
    const width = design?.columns ?? 0;
    const rowOf = (data: ArrayLike<number>, row: number): string =>
      Array.from({ length: width }, (_, i) => data[row * width + i]).join();
    const p = predict(fitted, x);
    const favourable = new Set(
      Array.from(p.keys())
        .filter((row) => (p[row] as number) < 0.5)
        .map((row) => rowOf(design?.data ?? [], row)),
    );
    const drawn = form.kind === 'trees' ? form.background : [];
    expect(drawn).toHaveLength(30 * width);
    for (let row = 0; row < 30; row++) expect(favourable).toContain(rowOf(drawn, row));
  });
});

it('divides what a derived column contributes between the features that it names', async () => {
  const features: readonly FeatureSpec[] = ['debt', 'income', 'age'].map((name) => ({
    kind: 'numeric',
    name,
    nullable: false,
  }));
  const random = Random.of(5);
  const data = Float32Array.from({ length: 900 }, () => 1 + random.nextInt(50));
  const x = matrixOf(data, 3);
  const y = Uint8Array.from({ length: 300 }, (_, row) =>
    (data[row * 3] as number) > (data[row * 3 + 1] as number) ? 1 : 0,
  );
  const learner = learners.gradient_boosting;
  const fitted = await fitPipeline(
    {
      learner,
      params: learner.params.parse({ n_estimators: 5 }),
      features,
      derived: [deriveFeature('ratio', 'debt / income', features)],
      task: { kind: 'binary' },
    },
    { x, y, weights: null },
    { random: Random.of(1), threads: 1 },
  );
  expect(fitted.gains?.[0]).toMatchObject({ column: 'ratio', share: 1 });
  const { values } = await contributionsOf(await explain(fitted, ['', features, x, {}]), x);
  for (let row = 0; row < x.rows; row++) {
    expect(values[row * 3]).toBe(values[row * 3 + 1]);
    expect(values[row * 3 + 2]).toBe(0);
  }
  expect(values.some((value) => value !== 0)).toBe(true);
});

it('ranks the features by what they contribute over the training rows', async () => {
  const [set] = sets as [(typeof sets)[number]];
  const [, features, x] = set;
  const explainer = await explain(await fit('logistic_regression', set), set);
  const { importance } = explainer.facts;
  expect(importance).toMatchObject({ method: 'linear', background: 'favourable', rows: x.rows });
  const { values } = await contributionsOf(explainer, x);
  const means = features.map(({ name }, column) => {
    const sum = values.reduce(
      (total, value, at) => total + (at % features.length === column ? Math.abs(value) : 0),
      0,
    );
    return { name, mean_absolute_contribution: sum / x.rows };
  });
  expect(importance.features).toEqual(
    means.toSorted((a, b) => b.mean_absolute_contribution - a.mean_absolute_contribution),
  );
});

it.each(TREES)('writes the same bytes for %s on one thread and on three', async (name) => {
  const [, set] = sets as [(typeof sets)[number], (typeof sets)[number]];
  const params = { n_estimators: 30 };
  const one = await explain(await fit(name, set, { params }), set);
  const three = await explain(await fit(name, set, { params, threads: 3 }), set);
  expect(three).toEqual(one);
});

it('refuses a sum that is not that of the model', async () => {
  const [set] = sets as [(typeof sets)[number]];
  const fitted = await fit('logistic_regression', set);
  const { additive } = fitted;
  if (additive?.form.kind !== 'linear') throw new Error('expected a linear model');
  const form = { ...additive.form, intercept: additive.form.intercept + 1e-4 };
  const wrong = { ...fitted, additive: { ...additive, form } };
  await expect(explain(wrong, set)).rejects.toThrow('the explained sum differs');
});
