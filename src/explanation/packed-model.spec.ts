// A model is unpacked as it was packed, and bytes that are not its own are refused in words.
import { modelOf, randomTrees, type RandomTrees } from '../../test/support/random-trees.ts';
import type { AdditiveModel, SplitTrees, TreesForm } from './additive-model.ts';
import { packModel, unpackModel, type PackedModel } from './packed-model.ts';

const SHAPE: RandomTrees = { seed: 5, trees: 12, depth: 4, columns: 5, early: 2, categorical: 2 };

const LINEAR: AdditiveModel = {
  space: 'log_odds',
  calibration: 'platt',
  sources: [[0], [1, 2], [1]],
  background: { name: 'favourable', rows: 71 },
  form: {
    kind: 'linear',
    coefficients: Float64Array.of(0.1, -2, 1e-300),
    intercept: -1.5,
    means: Float64Array.of(0, 1 / 3, 1e300),
  },
};

function treesOf(shape: Partial<RandomTrees> = {}): AdditiveModel & { readonly form: TreesForm } {
  const options = { ...SHAPE, ...shape };
  const form = randomTrees(options);
  return { ...modelOf(form, options.columns), form };
}

const again = (model: AdditiveModel): AdditiveModel => {
  const { json, bytes } = packModel(model);
  return unpackModel(JSON.parse(JSON.stringify(json)) as PackedModel, bytes);
};

/** What the nodes say: at a split its threshold, at a leaf its value. */
const numbersOf = ({ columns, thresholds, values, links }: SplitTrees): readonly number[] =>
  Array.from(columns, (column, node) =>
    column === -1 ? (values[links[node] as number] as number) : (thresholds[node] as number),
  );

describe('a packed model', () => {
  it('is the linear model that it was', () => {
    expect(again(LINEAR)).toEqual(LINEAR);
  });

  it.each<[string, AdditiveModel]>([
    ['numbers and categories', treesOf()],
    ['numbers only', treesOf({ categorical: 0 })],
    ['trees of a single leaf', treesOf({ depth: 0 })],
    ['no tree at all', treesOf({ trees: 0 })],
  ])('has the trees that it had: %s', (_, model) => {
    const before = model.form as TreesForm;
    const after = again(model).form as TreesForm;
    expect({ ...after, trees: null }).toEqual({ ...before, trees: null });
    for (const part of ['roots', 'columns', 'missingLeft', 'subsets', 'categorySets'] as const)
      expect(after.trees[part]).toEqual(before.trees[part]);
    expect(numbersOf(after.trees)).toEqual(numbersOf(before.trees));
    const isSplit = (_: number, node: number): boolean => before.trees.columns[node] !== -1;
    expect(after.trees.links.filter(isSplit)).toEqual(before.trees.links.filter(isSplit));
  });

  it('takes twelve bytes a node where no split is of categories and none sends NaN left', () => {
    const model = treesOf({ categorical: 0, missing: 0 });
    const { trees, cover, background } = model.form;
    const missingLeft = new Uint8Array(cover.length);
    const plain = { ...model, form: { ...model.form, trees: { ...trees, missingLeft } } };
    expect(packModel(plain).bytes).toHaveLength(12 * cover.length + 4 * background.length);
    expect((again(plain).form as TreesForm).trees.missingLeft).toEqual(missingLeft);
  });

  it('is refused where bytes are missing or too many', () => {
    const { json, bytes } = packModel(treesOf());
    expect(() => unpackModel(json, bytes.subarray(1))).toThrow('expected at least');
    expect(() => unpackModel(json, Uint8Array.of(...bytes, 0))).toThrow(
      `expected ${bytes.length} bytes, got ${bytes.length + 1}`,
    );
    const linear = packModel(LINEAR);
    expect(() => unpackModel(linear.json, linear.bytes.subarray(8))).toThrow('expected at least');
  });

  it.each<[string, Partial<SplitTrees>, string]>([
    ['a column that there is not', { columns: Int32Array.of(5, -1, -1) }, 'splits on 5 columns'],
    ['a split without children', { columns: Int32Array.of(0, 0, -1) }, 'to have two children'],
    ['a column below none', { columns: Int32Array.of(-2, -1, -1) }, 'splits on 5 columns'],
    ['a set that there is not', { subsets: Int32Array.of(1, -1, -1) }, 'by 1 sets of categories'],
  ])('is refused with %s', (_, edit, message) => {
    const stump: SplitTrees = {
      roots: Int32Array.of(0),
      columns: Int32Array.of(2, -1, -1),
      thresholds: new Float32Array(3),
      missingLeft: new Uint8Array(3),
      subsets: Int32Array.of(0, -1, -1),
      links: Int32Array.of(2, 0, 1),
      values: Float32Array.of(-1, 1),
      categorySets: [Uint32Array.of(5)],
    };
    const model = treesOf();
    const trees = { ...stump, ...edit };
    const form = { ...model.form, trees, cover: Float64Array.of(3, 1, 2) };
    const { json, bytes } = packModel({ ...model, form });
    expect(() => unpackModel(json, bytes)).toThrow(message);
  });
});
