// Our contributions against the shap package's, on models that scikit-learn and LightGBM fitted (shap/make-golden.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AdditiveModel,
  ExplanationMethod,
  LinearForm,
  TreesForm,
} from '../../src/explanation/additive-model.ts';
import { Explainer } from '../../src/explanation/explainer.ts';
import { TABLE_BYTES } from '../../src/explanation/table-plan.ts';

/** Most of the difference is ours: leaf values are float32. */
const TOLERANCE = 1e-6;

interface Expected {
  readonly base: number;
  readonly values: readonly number[];
}

interface GoldenLinear {
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly means: readonly number[];
  readonly rows: readonly number[];
  readonly margin: readonly number[];
  readonly linear: Expected;
}

interface GoldenTrees {
  readonly trees: {
    readonly roots: readonly number[];
    readonly columns: readonly number[];
    readonly thresholds: readonly number[];
    readonly missing_left: readonly number[];
    readonly links: readonly number[];
    readonly values: readonly number[];
    readonly cover: readonly number[];
  };
  readonly scale: number;
  readonly offset: number;
  readonly rows: readonly (number | null)[];
  readonly background: readonly (number | null)[];
  readonly margin: readonly number[];
  readonly tree_path_dependent: Expected;
  readonly tree_interventional: Expected;
}

interface Golden {
  readonly columns: number;
  readonly linear: Readonly<Record<string, GoldenLinear>>;
  readonly trees: Readonly<Record<string, GoldenTrees>>;
}

const golden = JSON.parse(
  readFileSync(join(__dirname, 'golden/explanations.json'), 'utf8'),
) as Golden;

const cells = (values: readonly (number | null)[]): Float32Array =>
  Float32Array.from(values, (value) => value ?? NaN);

/** Every column is a raw feature of its own. */
const modelOf = (form: LinearForm | TreesForm): AdditiveModel => ({
  space: 'log_odds',
  calibration: 'none',
  sources: Array.from({ length: golden.columns }, (_, column) => [column]),
  background: { name: 'training', rows: 0 },
  form,
});

function treesOf({ trees, scale, offset, background }: GoldenTrees): TreesForm {
  return {
    kind: 'trees',
    trees: {
      roots: Int32Array.from(trees.roots),
      columns: Int32Array.from(trees.columns),
      thresholds: Float32Array.from(trees.thresholds),
      missingLeft: Uint8Array.from(trees.missing_left),
      subsets: new Int32Array(trees.columns.length).fill(-1),
      links: Int32Array.from(trees.links),
      values: Float32Array.from(trees.values),
      categorySets: [],
    },
    scale,
    offset,
    cover: Float64Array.from(trees.cover),
    background: cells(background),
  };
}

const linearOf = ({ coefficients, intercept, means }: GoldenLinear): LinearForm => ({
  kind: 'linear',
  coefficients: Float64Array.from(coefficients),
  intercept,
  means: Float64Array.from(means),
});

const furthest = (ours: Float64Array, theirs: readonly number[]): number => {
  expect(ours).toHaveLength(theirs.length);
  return ours.reduce((most, value, i) => Math.max(most, Math.abs(value - (theirs[i] ?? NaN))), 0);
};

function expectSame(
  explainer: Explainer,
  design: Float32Array | Float64Array,
  expected: Expected,
  margin: readonly number[],
): void {
  const { base, output, values } = explainer.explain(design, margin.length);
  expect(Math.abs(base - expected.base)).toBeLessThan(TOLERANCE);
  expect(furthest(values, expected.values)).toBeLessThan(TOLERANCE);
  expect(furthest(output, margin)).toBeLessThan(TOLERANCE);
  output.forEach((answer, row) => {
    const own = values.subarray(row * golden.columns, (row + 1) * golden.columns);
    const sum = own.reduce((total, value) => total + value, base);
    expect(Math.abs(sum - answer)).toBeLessThan(1e-9);
  });
}

it.each(Object.entries(golden.linear))('explains %s as shap.LinearExplainer does', (_, model) => {
  const explainer = Explainer.of(modelOf(linearOf(model)));
  expectSame(explainer, Float64Array.from(model.rows), model.linear, model.margin);
});

describe.each(Object.entries(golden.trees))('%s', (_, model) => {
  it.each([
    ['tree_path_dependent', 'by table', TABLE_BYTES],
    ['tree_path_dependent', 'by walk', 0],
    ['tree_interventional', 'by table', TABLE_BYTES],
    ['tree_interventional', 'by walk', 0],
  ] as const)('is explained as shap.TreeExplainer does: %s, %s', (method, __, tableBytes) => {
    const explainer = Explainer.of(modelOf(treesOf(model)), method, tableBytes);
    expectSame(explainer, cells(model.rows), model[method], model.margin);
  });
});

it('tells the two backgrounds apart', () => {
  const methods: readonly ExplanationMethod[] = ['tree_path_dependent', 'tree_interventional'];
  const model = golden.trees['gradient boosting'] as GoldenTrees;
  const [one, other] = methods.map((method) =>
    Explainer.of(modelOf(treesOf(model)), method).explain(cells(model.rows), model.margin.length),
  );
  expect(furthest(one?.values as Float64Array, Array.from(other?.values ?? []))).toBeGreaterThan(
    0.1,
  );
});
