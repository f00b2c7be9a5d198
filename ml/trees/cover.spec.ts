// How many rows reach each node, against a walk of every row down every tree.
import {
  drawRows,
  drawTrees,
  ensembleOf,
  type DrawnTrees,
} from '../../test/support/hand-made-trees.ts';
import { Random } from '../../src/statistics/random.ts';
import { matrixOf, type Matrix } from '../numeric/matrix.ts';
import { coverOf } from './cover.ts';
import { goesLeft } from '../../src/explanation/split.ts';
import { NO_TREES, type TreeEnsemble } from './tree-ensemble.ts';

function slowCover(trees: TreeEnsemble, x: Matrix): Float64Array {
  const { roots, columns, links } = trees;
  const cover = new Float64Array(columns.length);
  for (const root of roots)
    for (let row = 0; row < x.rows; row++)
      for (let node = root; ;) {
        cover[node] = (cover[node] as number) + 1;
        const column = columns[node] as number;
        if (column === -1) break;
        const value = x.data[row * x.columns + column] as number;
        node = goesLeft(trees, node, value) ? node + 1 : (links[node] as number);
      }
  return cover;
}

describe('coverOf', () => {
  it.each([
    ['numbers only', [0, 0, 0]],
    ['numbers and categories', [0, 0, 5, 0, 70]],
  ])('counts the rows at every node: %s', (_, categories) => {
    const shape: DrawnTrees = {
      categories,
      outputs: 1,
      wide: false,
      trees: 20,
      depth: 5,
      step: 2 ** -15,
    };
    const trees = ensembleOf(1, [0], drawTrees(shape, Random.of(3)));
    const x = matrixOf(drawRows(shape, 1200, Random.of(4)), categories.length);
    expect(coverOf(trees, x)).toEqual(slowCover(trees, x));
  });

  it('has nothing to count without trees', () => {
    expect(coverOf(NO_TREES, matrixOf(Float32Array.of(1, 2), 1))).toHaveLength(0);
  });
});
