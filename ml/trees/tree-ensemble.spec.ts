// Sums of trees against the obvious walk down nested nodes, and the grid on which they are exact.
import {
  drawRows,
  drawTrees,
  ensembleOf,
  slowSums,
  type DrawnTrees,
} from '../../test/support/hand-made-trees.ts';
import { Random } from '../../src/statistics/random.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { gridStep, onGrid, sumTreesInto } from './tree-ensemble.ts';

const SHAPE: DrawnTrees = {
  categories: [0, 0, 5, 0, 70],
  outputs: 1,
  wide: false,
  trees: 30,
  depth: 5,
  step: 2 ** -15,
};

describe('sumTreesInto', () => {
  it.each<[string, Partial<DrawnTrees>]>([
    ['numbers only', { categories: [0, 0, 0] }],
    ['numbers and categories', {}],
    ['a sum for each class, trees in turn', { outputs: 3 }],
    ['leaves that add to every sum', { outputs: 3, wide: true }],
    ['trees of a single leaf', { depth: 0 }],
  ])('adds up what a walk down each tree finds: %s', (_, changes) => {
    const shape = { ...SHAPE, ...changes };
    const trees = drawTrees(shape, Random.of(3));
    // More rows than one block, and a last block that is not full.
    const x = matrixOf(drawRows(shape, 1300, Random.of(4)), shape.categories.length);
    const base = Array.from({ length: shape.outputs }, (_, k) => k / 8);
    const out = new Float64Array(x.rows * shape.outputs);
    sumTreesInto(ensembleOf(shape.outputs, base, trees), x, out);
    expect(out).toEqual(slowSums(shape.outputs, base, trees, x));
  });

  it('answers the base where there is no tree, and nothing for no rows', () => {
    const none = ensembleOf(2, [0.5, -1], []);
    const out = new Float64Array(4);
    sumTreesInto(none, matrixOf(new Float32Array(2), 1), out);
    expect(Array.from(out)).toEqual([0.5, -1, 0.5, -1]);
    expect(() => {
      sumTreesInto(none, matrixOf(new Float32Array(0), 1), new Float64Array(0));
    }).not.toThrow();
  });
});

describe('the grid of leaf values', () => {
  it('has steps on which float32 sums up to the bound are exact', () => {
    for (const bound of [1, 1.5, 2, 3, 100, 128, 129, 1e-3, 1e30, 2 ** -124]) {
      const step = gridStep(bound);
      // The two largest sums that differ by one step.
      const top = onGrid(bound, step);
      expect(Math.fround(top)).toBe(top);
      expect(Math.fround(top - step)).toBe(top - step);
    }
  });

  it('has a step of float32 where nothing is to be added up', () => {
    expect(Math.fround(gridStep(0))).toBeGreaterThan(0);
    expect(onGrid(0, gridStep(0))).toBe(0);
  });

  it('takes the nearest multiple', () => {
    expect(onGrid(0.3, 0.25)).toBe(0.25);
    expect(onGrid(-0.4, 0.25)).toBe(-0.5);
  });
});
