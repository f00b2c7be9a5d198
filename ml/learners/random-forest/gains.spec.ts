// Gains of a forest against impurities worked out node by node from the rows that were drawn.
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf } from '../../numeric/matrix.ts';
import type { Model, Task, TrainingSet } from '../learner.ts';
import type { ForestJob, GrownTree } from './forest-job.ts';
import { TreeGrower } from './grow-tree.ts';
import { randomForest } from './index.ts';
import { randomForestParams } from './params.ts';
import { prepareJob } from './prepare-job.ts';
import { randomOfTree } from './program.ts';

const COLUMNS = 4;
const TASKS: readonly Task[] = [
  { kind: 'binary' },
  { kind: 'multiclass', classes: 3 },
  { kind: 'regression' },
];
const CASES = TASKS.flatMap((task) => [false, true].map((weighted) => ({ task, weighted })));

/** The target follows the first two columns with noise; the third is missing here and there, the last does not vary. */
function sample({ task, weighted }: (typeof CASES)[number], rows: number): TrainingSet {
  const random = Random.of(43, rows);
  const data = Float32Array.from({ length: rows * COLUMNS }, (_, i) => {
    if (i % COLUMNS === 3) return 1;
    return i % COLUMNS === 2 && random.nextInt(6) === 0 ? NaN : random.nextInt(50) / 50;
  });
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0] = data.subarray(row * COLUMNS);
    const value = 2 * a + b + random.nextInt(100) / 100;
    if (task.kind === 'regression') return 1000 + value;
    return Math.min(task.kind === 'binary' ? 1 : 2, Math.floor(value / 1.5));
  });
  const weights = weighted ? Float64Array.from(y, () => random.nextInt(4) / 2) : null;
  const columns = ['a', 'b', 'c', 'd'].map((name) => ({ name, categories: null }));
  return { x: matrixOf(data, COLUMNS), columns, y, task, weights };
}

const fit = (data: TrainingSet, unchecked: object, threads = 1): Promise<Model> =>
  randomForest.fit(randomForestParams.parse(unchecked), data, { random: Random.of(5), threads });

interface Drawn {
  readonly weight: number;
  readonly target: number;
  readonly binOf: (column: number) => number;
}

function drawnRows({ rows, bins, weights, y }: ForestJob, times: Uint8Array): readonly Drawn[] {
  return Array.from({ length: rows }, (_, row) => ({
    weight: (times[row] as number) * (weights?.[row] ?? 1),
    target: y[row] as number,
    binOf: (column: number) => bins[column * rows + row] as number,
  })).filter(({ weight }) => weight > 0);
}

const weightOf = (rows: readonly Drawn[]): number =>
  rows.reduce((sum, { weight }) => sum + weight, 0);

/** Gini impurity of classes, variance of values. */
function impurity({ kind }: Task, rows: readonly Drawn[]): number {
  const all = weightOf(rows);
  if (kind === 'regression') {
    const mean = rows.reduce((sum, { weight, target }) => sum + weight * target, 0) / all;
    return rows.reduce((sum, { weight, target }) => sum + weight * (target - mean) ** 2, 0) / all;
  }
  const shares = [0, 1, 2].map(
    (label) => weightOf(rows.filter(({ target }) => target === label)) / all,
  );
  return 1 - shares.reduce((sum, share) => sum + share ** 2, 0);
}

/** scikit-learn's formula, unnormalised: weight(node) / weight(bag) * (impurity - those of its sides by their weights). */
function addSlowly(
  task: Task,
  { columns, cuts, links }: GrownTree,
  bag: readonly Drawn[],
  gains: Float64Array,
): void {
  const visit = (node: number, rows: readonly Drawn[]): void => {
    const column = columns[node] as number;
    if (column < 0) return;
    const left = rows.filter(({ binOf }) => binOf(column) <= (cuts[node] as number));
    const right = rows.filter((row) => !left.includes(row));
    const weighted = (side: readonly Drawn[]): number => weightOf(side) * impurity(task, side);
    const decrease = (weighted(rows) - weighted(left) - weighted(right)) / weightOf(bag);
    gains[column] = (gains[column] as number) + decrease;
    visit(node + 1, left);
    visit(links[node] as number, right);
  };
  visit(0, bag);
}

describe('the gains of a forest', () => {
  it.each(CASES)(
    'are the weighted impurity decrease of all splits: $task.kind, weighted $weighted',
    async (given) => {
      const data = sample(given, 250);
      const params = { n_estimators: 4, min_samples_leaf: 3 };
      const expected = new Float64Array(COLUMNS);
      const { job } = prepareJob(randomForestParams.parse(params), data, {
        random: Random.of(5),
        threads: 1,
      });
      const grower = new TreeGrower(job);
      for (let tree = 0; tree < 4; tree++) {
        const grown = grower.grow(randomOfTree(job, tree));
        addSlowly(data.task, grown, drawnRows(job, grower.bag.times), expected);
      }
      const { gains } = await fit(data, params);
      expect(expected[0]).toBeGreaterThan(0.1);
      expect(expected[2]).toBeGreaterThan(0.001);
      expect(gains?.[3]).toBe(0);
      gains?.forEach((gain, column) => {
        expect(gain).toBeCloseTo(expected[column] as number, 10);
      });
    },
  );

  it('add up to the impurity of the bag where the leaves are pure', async () => {
    const data = sample({ task: { kind: 'binary' }, weighted: false }, 200);
    const positive = [...data.y].filter((label) => label === 1).length / 200;
    const distinct = Float32Array.from(data.x.data, (value, i) =>
      i % COLUMNS === 3 ? Math.floor(i / COLUMNS) : value,
    );
    const { gains } = await fit(
      { ...data, x: matrixOf(distinct, COLUMNS) },
      { n_estimators: 3, min_samples_leaf: 1, bootstrap: false },
    );
    const total = gains?.reduce((sum, gain) => sum + gain, 0);
    expect(total).toBeCloseTo(3 * 2 * positive * (1 - positive), 12);
  });

  it('are 0, not a hair below it, for a split that only opens the way to others', async () => {
    const corners = [0, 0, 0, 1, 1, 0, 1, 1];
    // Sums of 0.3 are rounded: the score of the first split comes out below that of the root.
    const data: TrainingSet = {
      x: matrixOf(
        Float32Array.from({ length: 40 }, (_, i) => corners[i % 8] as number),
        2,
      ),
      columns: ['a', 'b'].map((name) => ({ name, categories: null })),
      y: Uint8Array.from({ length: 20 }, (_, row) => [0, 1, 1, 0][row % 4] as number),
      task: { kind: 'binary' },
      weights: new Float64Array(20).fill(0.3),
    };
    const { gains } = await fit(data, {
      n_estimators: 1,
      min_samples_leaf: 1,
      bootstrap: false,
      max_features: 'all',
    });
    expect(Math.min(...(gains ?? []))).toBeGreaterThanOrEqual(0);
    expect(gains?.reduce((sum, gain) => sum + gain, 0)).toBeCloseTo(0.5, 12);
  });

  it.each(CASES)(
    'are the same to the last bit on one thread as on two: $task.kind, weighted $weighted',
    async (given) => {
      const data = sample(given, 300);
      const one = await fit(data, { n_estimators: 7 });
      const two = await fit(data, { n_estimators: 7 }, 2);
      expect(one.gains?.some((gain) => gain > 0)).toBe(true);
      expect(two.gains).toEqual(one.gains);
    },
  );
});
