// Splits against a slow, obvious search; forests against their definition.
import { matrixOf, type Float32Matrix } from '../../numeric/matrix.ts';
import { Random } from '../../../src/statistics/random.ts';
import { fitRandomForest } from './fit.ts';
import { SplitFinder, type Bag } from './find-split.ts';
import { flattenForest, leafGrid } from './flat-forest.ts';
import { drawBag, thresholdBetween, TreeGrower, type GrownTree } from './grow-tree.ts';
import { RandomForestModel } from './model.ts';
import { randomForestParams } from './params.ts';
import { rankColumns } from './rank-columns.ts';

interface Sample {
  readonly x: Float32Matrix;
  readonly y: Uint8Array;
}

/** `distinct` values a column: few make ties. The class follows the first two columns, with noise. */
function sample(rows: number, columns: number, distinct: number): Sample {
  const random = Random.of(31, rows, distinct);
  const data = Float32Array.from(
    { length: rows * columns },
    () => Math.fround(random.nextInt(distinct) / 7) - 1,
  );
  const x = matrixOf(data, columns);
  const y = Uint8Array.from({ length: rows }, (_, row) => {
    const signal = (data[row * columns] as number) + (data[row * columns + 1] as number);
    return signal > (2 * distinct) / 14 - 2 || random.nextInt(5) === 0 ? 1 : 0;
  });
  return { x, y };
}

interface Side {
  readonly weight: number;
  readonly positives: number;
  readonly rows: number;
}

/** The Gini impurity of each side, weighted; every threshold between two values in the bag is tried. */
function slowBestImpurity({ x, y }: Sample, bag: Bag, column: number, minLeaf: number): number {
  const rows = [...y.keys()].filter((row) => (bag.payload[row] as number) > 1);
  const value = (row: number): number => x.data[row * x.columns + column] as number;
  const side = (members: readonly number[]): Side => {
    const weights = members.map((row) => (bag.payload[row] as number) >>> 1);
    return {
      weight: weights.reduce((a, b) => a + b, 0),
      positives: weights.reduce((sum, w, i) => sum + w * (y[members[i] as number] as number), 0),
      rows: members.length,
    };
  };
  const impurity = ({ weight, positives }: Side): number =>
    weight * (1 - (positives / weight) ** 2 - (1 - positives / weight) ** 2);
  let best = Infinity;
  for (const threshold of new Set(rows.map(value))) {
    const left = side(rows.filter((row) => value(row) <= threshold));
    const right = side(rows.filter((row) => value(row) > threshold));
    if (Math.min(left.rows, right.rows) < minLeaf) continue;
    best = Math.min(best, impurity(left) + impurity(right));
  }
  return best;
}

describe('SplitFinder', () => {
  it.each([
    ['many rows, few values', 300, 5, 1],
    ['many rows, many values', 300, 5000, 1],
    ['few rows', 20, 9, 1],
    ['a least number of rows in a leaf', 200, 40, 30],
  ])('finds the split of least Gini impurity among all: %s', (_, rows, distinct, minLeaf) => {
    const data = sample(rows, 4, distinct);
    const bag = drawBag(data.y, Random.of(1, rows));
    const order = Int32Array.from(data.y.keys()).filter((row) => (bag.payload[row] as number) > 1);
    const sum = (of: (payload: number) => number): number =>
      bag.payload.reduce((total, payload) => total + of(payload), 0);
    const total = sum((payload) => payload >>> 1);
    const positives = sum((payload) => (payload & 1 ? payload >>> 1 : 0));
    const finder = new SplitFinder(rankColumns(data.x), minLeaf);
    for (let column = 0; column < 4; column++) {
      const node = { order, start: 0, end: order.length, total, positives };
      expect(finder.find(node, bag, column, -Infinity)).toBe(true);
      // Weighted impurity = total - score.
      expect(total - finder.score).toBeCloseTo(slowBestImpurity(data, bag, column, minLeaf), 9);
    }
  });

  it('finds none in a column that does not vary', () => {
    const y = Uint8Array.of(0, 1, 0, 1);
    const finder = new SplitFinder(rankColumns(matrixOf(new Float32Array(4), 1)), 1);
    const bag = { payload: Uint32Array.from(y, (label) => 2 + label), bits: 2 };
    const node = { order: Int32Array.of(0, 1, 2, 3), start: 0, end: 4, total: 4, positives: 2 };
    expect(finder.find(node, bag, 0, -Infinity)).toBe(false);
  });
});

describe('drawBag', () => {
  it('draws as many rows as there are, about 63 % of them distinct', () => {
    const { payload } = drawBag(new Uint8Array(5000), Random.of(2));
    expect(payload.reduce((sum, value) => sum + (value >>> 1), 0)).toBe(5000);
    const share = payload.filter((value) => value > 1).length / 5000;
    expect(Math.abs(share - (1 - Math.exp(-1)))).toBeLessThan(0.02);
  });
});

describe('thresholdBetween', () => {
  it('is a float32 t with a <= t < b, also where no float32 lies between', () => {
    const tiny = 2 ** -149;
    for (const [a, b] of [
      [1, 2],
      [1, 1 + 2 ** -23],
      [1 + 2 ** -23, 1 + 2 ** -22],
      [-tiny, 0],
      [0, tiny],
      [3.4028234663852886e38 * (1 - 2 ** -24), 3.4028234663852886e38],
    ].map(([low, high]) => [Math.fround(low as number), Math.fround(high as number)])) {
      const t = thresholdBetween(a as number, b as number);
      expect(t).toBe(Math.fround(t));
      expect(t).toBeGreaterThanOrEqual(a as number);
      expect(t).toBeLessThan(b as number);
    }
  });
});

describe('TreeGrower', () => {
  const data = sample(400, 6, 50);
  const table = rankColumns(data.x);
  const grow = (limits: Partial<{ maxDepth: number; minSamplesLeaf: number }>): GrownTree =>
    new TreeGrower(table, data.y, {
      maxDepth: Infinity,
      minSamplesLeaf: 1,
      maxFeatures: 2,
      ...limits,
    }).grow(Random.of(8));

  /** The leaf and the depth that each row in the bag ends at. */
  function route({ columns, thresholds, rights }: GrownTree): { leaf: number; depth: number }[] {
    return [...data.y.keys()].map((row) => {
      let [node, depth] = [0, 0];
      for (let column = columns[0] as number; column >= 0; column = columns[node] as number) {
        const left = (data.x.data[row * 6 + column] as number) <= (thresholds[node] as number);
        node = left ? node + 1 : (rights[node] as number);
        depth += 1;
      }
      return { leaf: node, depth };
    });
  }

  it('gives each leaf the weighted share of the positives of the drawn rows that reach it', () => {
    const tree = grow({ minSamplesLeaf: 10 });
    const { payload } = drawBag(data.y, Random.of(8));
    const reached = route(tree);
    const leaves = new Set(reached.map(({ leaf }) => leaf));
    expect(leaves.size).toBeGreaterThan(5);
    for (const leaf of leaves) {
      let [weight, positives, rows] = [0, 0, 0];
      reached.forEach((end, row) => {
        const value = payload[row] as number;
        if (end.leaf !== leaf || value < 2) return;
        rows += 1;
        weight += value >>> 1;
        positives += value & 1 ? value >>> 1 : 0;
      });
      expect(rows).toBeGreaterThanOrEqual(10);
      expect(tree.shares[leaf]).toBe(positives / weight);
    }
  });

  it('grows until the leaves are pure or cannot be split', () => {
    const { columns, shares } = grow({});
    const leaves = shares.filter((_, node) => columns[node] === -1);
    expect(leaves.every((share) => share === 0 || share === 1)).toBe(true);
  });

  it('stops at the depth it was given', () => {
    expect(Math.max(...route(grow({ maxDepth: 3 })).map(({ depth }) => depth))).toBe(3);
  });

  it('splits where no single split gains anything but two together do', () => {
    const x = matrixOf(Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), 2);
    const y = Uint8Array.of(0, 1, 1, 0);
    // A bag with each row once: either column alone leaves both sides half positive.
    const seed = Array.from({ length: 200 }, (_, i) => i).find((i) =>
      drawBag(y, Random.of(i)).payload.every((value) => value >>> 1 === 1),
    );
    const limits = { maxDepth: Infinity, minSamplesLeaf: 1, maxFeatures: 2 };
    const tree = new TreeGrower(rankColumns(x), y, limits).grow(Random.of(seed ?? Number.NaN));
    const leaves = tree.shares.filter((_, node) => tree.columns[node] === -1);
    expect(Array.from(leaves).toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1]);
  });
});

describe('fitRandomForest', () => {
  const data = sample(200, 6, 30);
  const predict = (unchecked: object, seed = 5): Float64Array => {
    const out = new Float64Array(200);
    fitRandomForest(randomForestParams.parse(unchecked), data, Random.of(seed)).predictInto(
      data.x,
      out,
    );
    return out;
  };

  it('gives the same forest for the same seed and another for another', () => {
    expect(predict({ n_estimators: 10 })).toEqual(predict({ n_estimators: 10 }));
    expect(predict({ n_estimators: 10 })).not.toEqual(predict({ n_estimators: 10 }, 6));
  });

  it('averages trees that each depend on the seed and their own number only', () => {
    const limits = { maxDepth: Infinity, minSamplesLeaf: 1, maxFeatures: 2 };
    const backwards = [3, 2, 1, 0].map((tree) =>
      new TreeGrower(rankColumns(data.x), data.y, limits).grow(Random.of(5).stream(tree)),
    );
    const out = new Float64Array(200);
    new RandomForestModel(flattenForest(backwards)).predictInto(data.x, out);
    expect(out).toEqual(predict({ n_estimators: 4 }));
  });

  it('puts leaf values on a grid on which float32 sums of any number of trees are exact', () => {
    for (const trees of [1, 2, 3, 100, 128, 129]) {
      const grid = leafGrid(trees);
      // The two largest sums that differ by one step of the grid.
      expect(Math.fround(trees - 1 / grid)).toBe(trees - 1 / grid);
    }
    const grown = new TreeGrower(rankColumns(data.x), data.y, {
      maxDepth: 3,
      minSamplesLeaf: 1,
      maxFeatures: 2,
    }).grow(Random.of(1));
    const { leaves } = flattenForest(Array.from({ length: 100 }, () => grown));
    expect(leafGrid(100)).toBe(2 ** 17);
    expect(leaves.every((leaf) => Number.isInteger(leaf * 2 ** 17))).toBe(true);
  });

  it('refuses more columns a split than there are', () => {
    expect(() => predict({ max_features: 7 })).toThrow('max_features: expected at most 6');
  });
});

describe('randomForestParams', () => {
  it('fills in the defaults and refuses what is out of domain', () => {
    expect(randomForestParams.parse({})).toEqual({
      n_estimators: 100,
      max_depth: null,
      min_samples_leaf: 1,
      max_features: 'sqrt',
    });
    for (const bad of [
      { n_estimators: 0 },
      { n_estimators: 1.5 },
      { max_depth: 0 },
      { max_features: 'log' },
      { criterion: 'gini' },
    ])
      expect(randomForestParams.safeParse(bad).success).toBe(false);
  });
});
