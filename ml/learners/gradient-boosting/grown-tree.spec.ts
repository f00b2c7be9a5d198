// Trees on bins against the trees on values that they become, and the small parts of growing: posted splits, the pool, renewed leaves.
import { matrixOf } from '../../numeric/matrix.ts';
import { Random } from '../../../src/statistics/random.ts';
import { fitBins } from '../../trees/binning.ts';
import { sumTreesInto } from '../../trees/tree-ensemble.ts';
import type { NodeStats, Split } from './find-split.ts';
import { flatten } from './flatten.ts';
import { TreeWalker, type GrownSplit, type GrownTree } from './grown-tree.ts';
import { HistogramPool, poolSlots, type SlotHolder } from './histogram-pool.ts';
import { recordsOf } from './records.ts';
import { renewedValues, weightedQuantile } from './renew-leaves.ts';
import { bestSplit, postSplit, splitBoard } from './split-board.ts';
import { drawValidationPart } from './validation-part.ts';

describe('flatten', () => {
  /** A tree of random splits on columns 0 (numbers) and 1 (categories). */
  function randomTree(random: Random, bins: readonly number[], output: number): GrownTree {
    const splits: GrownSplit[] = [];
    const grow = (depth: number): number => {
      if (depth === 0 || random.nextInt(5) === 0) return ~leaves++;
      const number = splits.length;
      const column = random.nextInt(2);
      const leftBins =
        column === 0 ? null : Uint8Array.from({ length: 256 }, () => random.nextInt(2));
      const bin = random.nextInt(bins[column] as number);
      const split = { column, gain: 0, bin, missingLeft: random.nextInt(2) === 1, leftBins };
      splits.push({ ...split, left: 0, right: 0 });
      splits[number] = { ...split, left: grow(depth - 1), right: grow(depth - 1) };
      return number;
    };
    let leaves = 0;
    grow(5);
    const values = Float64Array.from({ length: leaves }, () => random.next() / 2 ** 33 - 0.25);
    return { output, splits, values };
  }

  it('sends each row to the leaf that its bins go to, with exact sums', () => {
    const random = Random.of(17);
    const rows = 400;
    const data = Float32Array.from({ length: rows * 2 }, (_, i) => {
      if (random.nextInt(8) === 0) return NaN;
      return i % 2 === 0 ? random.next() / 2 ** 30 - 2 : random.nextInt(300);
    });
    const x = matrixOf(data, 2);
    const columns = fitBins(x, [
      { name: 'number', categories: null },
      { name: 'category', categories: 300 },
    ]);
    const records = recordsOf(x, columns);
    const trees = Array.from({ length: 20 }, (_, i) =>
      randomTree(
        random,
        columns.map(({ bins }) => bins),
        i % 2,
      ),
    );
    const start = Float64Array.of(0.1, -3);
    const ensemble = flatten(trees, columns, start);
    const sums = new Float64Array(rows * 2);
    sumTreesInto(ensemble, x, sums);
    const walkers = trees.map(({ splits }) => new TreeWalker(splits));
    for (let row = 0; row < rows; row++)
      for (const output of [0, 1]) {
        let expected = start[output] as number;
        trees.forEach((tree, i) => {
          if (tree.output !== output) return;
          expected += tree.values[(walkers[i] as TreeWalker).leafOf(records, row)] as number;
        });
        expect(Math.abs((sums[row * 2 + output] as number) - expected)).toBeLessThan(1e-5);
        expect(sums[row * 2 + output]).toBe(Math.fround(sums[row * 2 + output] as number));
      }
  });

  it('makes a constant of no trees', () => {
    const ensemble = flatten([], [], Float64Array.of(0.25));
    const out = new Float64Array(2);
    sumTreesInto(ensemble, matrixOf(new Float32Array(2), 1), out);
    expect([...out]).toEqual([0.25, 0.25]);
  });
});

describe('posted splits', () => {
  const stats = (rows: number): NodeStats => ({
    gradient: -rows,
    hessian: rows / 4,
    rows,
    lowest: -Infinity,
    highest: rows,
  });
  const split = (column: number, gain: number, leftBins: Uint8Array | null = null): Split => ({
    column,
    gain,
    bin: 3,
    missingLeft: true,
    leftBins,
    left: stats(10),
    right: stats(20),
  });

  it('are read as they were posted, the one of most gain, of equal ones the first', () => {
    const board = splitBoard(3);
    const categories = new Uint8Array(256).fill(1, 7, 90);
    const found = [split(1, 5), split(4, 9, categories), split(8, 9)];
    found.forEach((one, rank) => {
      postSplit(board, rank, 1, one);
      postSplit(board, rank, 0, rank === 2 ? one : null);
    });
    expect(bestSplit(board, 3, 1)).toEqual(found[1]);
    expect(bestSplit(board, 3, 0)).toEqual(found[2]);
    found.forEach((_, rank) => {
      postSplit(board, rank, 1, null);
    });
    expect(bestSplit(board, 3, 1)).toBeNull();
  });
});

describe('HistogramPool', () => {
  it('takes the slot of the least promising leaf when all are taken', () => {
    const pool = new HistogramPool(new Float64Array(6), 2);
    const holders: SlotHolder[] = Array.from({ length: 5 }, () => ({ slot: -1 }));
    const take = (i: number, losers: readonly number[]): void => {
      pool.take(holders[i] as SlotHolder, () =>
        losers.map((loser) => holders[loser] as SlotHolder),
      );
    };
    take(0, []);
    take(1, []);
    take(2, []);
    take(3, [1, 0]);
    expect(holders.map(({ slot }) => slot)).toEqual([0, -1, 2, 1, -1]);
    pool.give(holders[2] as SlotHolder);
    take(4, [0]);
    expect(holders.map(({ slot }) => slot)).toEqual([0, -1, -1, 1, 2]);
    expect(() => {
      take(1, []);
    }).toThrow(RangeError);
  });

  it('has a slot for each leaf of ordinary data and bounded memory for very wide data', () => {
    expect(poolSlots(28, 31)).toBe(31);
    expect(poolSlots(10_000, 31)).toBe(13);
    expect(poolSlots(1_000_000, 31)).toBe(3);
  });
});

describe('renewed leaves', () => {
  it('are weighted quantiles: repeating a row is as good as its weight', () => {
    const values = Float64Array.of(5, 1, 9, 3);
    expect(weightedQuantile(values, null, 0.5)).toBe(4);
    expect(weightedQuantile(values, null, 0.6)).toBe(5);
    expect(weightedQuantile(values, Float64Array.of(1, 1, 1, 3), 0.5)).toBe(3);
    expect(weightedQuantile(Float64Array.of(5, 1, 9, 3, 3, 3), null, 0.5)).toBe(3);
    expect(weightedQuantile(values, Float64Array.of(0, 0, 0, 2), 0.1)).toBe(3);
    expect(weightedQuantile(new Float64Array(0), null, 0.5)).toBe(0);
  });

  it('take the rows of their leaf that are learnt from, within their bounds', () => {
    const free = { gradient: 0, hessian: 1, rows: 3, lowest: -Infinity, highest: Infinity };
    const values = renewedValues(
      {
        y: Float64Array.of(1, 2, 4, 100, 7),
        weights: null,
        scores: Float64Array.of(1, 0, 0, 0, 0),
      },
      Uint16Array.of(0, 0, 0, 0, 1),
      [{ stats: free }, { stats: { ...free, highest: 6 } }],
      Uint8Array.of(1, 1, 1, 0, 1),
      0.5,
    );
    expect([...values]).toEqual([2, 6]);
  });
});

describe('drawValidationPart', () => {
  it('takes the share of every class, the same for the same seed', () => {
    const y = Uint8Array.from({ length: 1000 }, (_, row) => (row % 10 === 0 ? 1 : 0));
    const data = { y, task: { kind: 'binary' }, x: matrixOf(new Float32Array(1000), 1) } as const;
    const part = drawValidationPart(data, 0.2, Random.of(1));
    expect(part.rows.length).toBe(200);
    expect(part.rows.filter((row) => y[row] === 1).length).toBe(20);
    expect(part.learning.filter((learns) => learns === 0).length).toBe(200);
    expect(drawValidationPart(data, 0.2, Random.of(1))).toEqual(part);
    expect(drawValidationPart(data, 0.2, Random.of(2))).not.toEqual(part);
  });

  it('refuses a class of one row', () => {
    const data = {
      y: Uint8Array.of(0, 0, 1),
      task: { kind: 'binary' },
      x: matrixOf(new Float32Array(3), 1),
    } as const;
    expect(() => drawValidationPart(data, 0.1, Random.of(1))).toThrow('at least two rows');
  });
});
