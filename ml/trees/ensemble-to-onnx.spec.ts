// Ensembles in ONNX Runtime against the trainer's sums, bit for bit, on rows at every threshold and just beside it.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  drawRows,
  drawTrees,
  ensembleOf,
  neighbour,
  type DrawnTrees,
  type HandMadeTree,
} from '../../test/support/hand-made-trees.ts';
import { Random } from '../../src/statistics/random.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { ensembleToOnnx } from './ensemble-to-onnx.ts';
import { sumTreesInto, type TreeEnsemble } from './tree-ensemble.ts';

function graphOf(ensemble: TreeEnsemble, columns: number): Uint8Array {
  const graph = new GraphBuilder();
  const sums = ensembleToOnnx(graph, graph.input('x', 'float', ['N', columns]), ensemble);
  graph.output(sums, 'sums', 'float', ['N', ensemble.outputs]);
  return graph.build();
}

/** All rows at once, then each of the first ten alone: ONNX Runtime adds trees up differently for one row. */
async function expectSameSums(
  ensemble: TreeEnsemble,
  data: Float32Array,
  columns: number,
  threads = 1,
): Promise<void> {
  const x = matrixOf(data, columns);
  const ours = new Float64Array(x.rows * ensemble.outputs);
  sumTreesInto(ensemble, x, ours);
  const session = await InferenceSession.create(graphOf(ensemble, columns), {
    intraOpNumThreads: threads,
  });
  const theirs = async (from: number, to: number): Promise<ArrayLike<number>> => {
    const rows = data.slice(from * columns, to * columns);
    const { sums } = await session.run({ x: new Tensor('float32', rows, [to - from, columns]) });
    expect(sums?.dims).toEqual([to - from, ensemble.outputs]);
    return sums?.data as Float32Array;
  };
  expect(Array.from(await theirs(0, x.rows))).toEqual(Array.from(ours));
  for (let row = 0; row < Math.min(10, x.rows); row++)
    expect(Array.from(await theirs(row, row + 1))).toEqual(
      Array.from(ours.subarray(row * ensemble.outputs, (row + 1) * ensemble.outputs)),
    );
}

const leaf = (...values: readonly number[]) => ({ values });
const tree = (root: HandMadeTree['root'], target = 0): HandMadeTree => ({ target, root });

describe('ensembleToOnnx', () => {
  it('sends values at a threshold left and those just above right, zeros of both signs alike', async () => {
    for (const split of [0, 1.5, -1.5, 1e-40, 3e38, Infinity].map(Math.fround)) {
      const root = { column: 0, split, missingLeft: false, left: leaf(1), right: leaf(2) };
      const values = [split, neighbour(split, 1), neighbour(split, -1), 0, -0, Infinity, -Infinity];
      await expectSameSums(ensembleOf(1, [0], [tree(root)]), Float32Array.from(values), 1);
    }
  });

  it('sends missing values of numbers and of categories where each split says', async () => {
    const trees = [true, false].flatMap((missingLeft) =>
      [0.5, new Set([1])].map((split) =>
        tree({ column: 0, split, missingLeft, left: leaf(1), right: leaf(2) }),
      ),
    );
    // Each alone, and side by side: one subset, two directions.
    for (const some of [...trees.map((one) => [one]), trees])
      await expectSameSums(ensembleOf(1, [0], some), Float32Array.of(NaN, 0, 1, 2, -1), 1);
  });

  it('sends codes that no subset holds right: beyond the last word, the last category, below 0', async () => {
    const subset = new Set([0, 31, 32, 63, 64, 99]);
    const root = { column: 1, split: subset, missingLeft: true, left: leaf(1), right: leaf(2) };
    const codes = [...Array(130).keys(), 1e6, -1, NaN];
    const rows = Float32Array.from(codes.flatMap((code) => [0, code]));
    await expectSameSums(ensembleOf(1, [0], [tree(root)]), rows, 2);
  });

  it.each<[string, Partial<DrawnTrees>]>([
    ['numbers', { categories: [0, 0, 0, 0] }],
    ['categories only', { categories: [3, 40] }],
    ['numbers and categories', {}],
    ['a sum for each class, trees in turn', { outputs: 3 }],
    ['leaves that add to every sum', { outputs: 4, wide: true }],
    ['leaves that add to every sum, many of them 0', { outputs: 4, wide: true, step: 0.5 }],
    ['trees of a single leaf', { depth: 0 }],
    ['trees of a single leaf for each class', { depth: 0, outputs: 3 }],
    ['one tree', { trees: 1, depth: 9 }],
  ])('answers the same sums on 1 and 3 threads: %s', async (_, changes) => {
    const shape: DrawnTrees = {
      categories: [0, 5, 0, 70],
      outputs: 1,
      wide: false,
      trees: 60,
      depth: 6,
      step: 2 ** -17,
      ...changes,
    };
    const base = Array.from({ length: shape.outputs }, (_, k) => (k % 2 === 0 ? k / 8 : -k / 4));
    const ensemble = ensembleOf(shape.outputs, base, drawTrees(shape, Random.of(7)));
    const rows = drawRows(shape, 700, Random.of(8));
    await expectSameSums(ensemble, rows, shape.categories.length, 1);
    await expectSameSums(ensemble, rows, shape.categories.length, 3);
  });

  it('gives equal subsets of a column one look-up column', () => {
    const split = (column: number, codes: readonly number[]): HandMadeTree =>
      tree({ column, split: new Set(codes), missingLeft: false, left: leaf(1), right: leaf(2) });
    const sizeOf = (...trees: readonly HandMadeTree[]): number =>
      graphOf(ensembleOf(1, [0], trees), 2).length;
    const again = sizeOf(split(0, [1]), split(0, [1])) - sizeOf(split(0, [1]));
    const other = sizeOf(split(0, [1]), split(0, [2])) - sizeOf(split(0, [1]));
    // A float for each of the 32 codes of a word, one for other codes, one for missing values.
    expect(other - again).toBeGreaterThanOrEqual(4 * 34);
  });

  it('writes nothing of missing values where none goes left, nor bases of 0', () => {
    const root = { column: 0, split: 1, left: leaf(1), right: leaf(2) };
    const text = (missingLeft: boolean, base: number): string =>
      Buffer.from(graphOf(ensembleOf(1, [base], [tree({ ...root, missingLeft })]), 1)).toString(
        'latin1',
      );
    expect(text(false, 0)).not.toMatch(/missing_value|base_values/);
    expect(text(true, 0.5)).toMatch(/missing_value[^]*base_values|base_values[^]*missing_value/);
  });
});
