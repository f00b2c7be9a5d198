// Forests against their definition: leaves, limits, votes of unseen rows; the same for any number of threads.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createHash } from 'node:crypto';
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf } from '../../numeric/matrix.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import type { Model, Task, TrainingSet } from '../learner.ts';
import { Bag } from './bag.ts';
import type { GrownTree } from './forest-job.ts';
import { TreeGrower } from './grow-tree.ts';
import { randomForest } from './index.ts';
import { randomForestParams } from './params.ts';
import { prepareJob, type PreparedForest } from './prepare-job.ts';
import { randomOfTree } from './program.ts';

const COLUMNS = 5;
const TASKS: readonly Task[] = [
  { kind: 'binary' },
  { kind: 'multiclass', classes: 3 },
  { kind: 'regression' },
];

/** A tree of two splits decides: b counts where a <= 0.5 only; `noise` is the share of rows that have another target. */
function sample(task: Task, rows: number, noise = 0, weighted = false): TrainingSet {
  const random = Random.of(31, rows);
  const data = Float32Array.from({ length: rows * COLUMNS }, () => random.nextInt(1000) / 1000);
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0] = data.subarray(row * COLUMNS);
    const leaf = a > 0.5 ? 0 : b > 0.25 ? 1 : 2;
    const region = random.nextInt(1000) < 1000 * noise ? random.nextInt(3) : leaf;
    if (task.kind === 'binary') return region % 2;
    return task.kind === 'multiclass' ? region : 10 * region + 100;
  });
  const weights = weighted ? Float64Array.from(y, () => random.nextInt(3)) : null;
  const columns = Array.from({ length: COLUMNS }, (_, i) => ({ name: `c${i}`, categories: null }));
  return { x: matrixOf(data, COLUMNS), columns, y, task, weights };
}

const fit = (data: TrainingSet, unchecked: object, threads = 1, seed = 5): Promise<Model> =>
  randomForest.fit(randomForestParams.parse(unchecked), data, { random: Random.of(seed), threads });

function predict(model: Model, { x }: TrainingSet): Float64Array {
  const out = new Float64Array(x.rows * model.outputs);
  model.predictInto(x, out);
  return out;
}

function bytesOf(model: Model): Uint8Array {
  const graph = new GraphBuilder();
  const answer = model.toOnnx(graph, graph.input('x', 'float', ['N', COLUMNS]));
  graph.output(answer, 'answer', 'float', ['N', model.outputs]);
  return graph.build();
}

const prepare = (data: TrainingSet, unchecked: object): PreparedForest =>
  prepareJob(randomForestParams.parse(unchecked), data, { random: Random.of(5), threads: 1 });

/** The leaf and the depth at which each row ends, by the rows' bins. */
function route({ job }: PreparedForest, tree: GrownTree): { leaf: number; depth: number }[] {
  return Array.from({ length: job.rows }, (_, row) => {
    let [node, depth] = [0, 0];
    for (
      let column = tree.columns[0] as number;
      column >= 0;
      column = tree.columns[node] as number
    ) {
      const left = (job.bins[column * job.rows + row] as number) <= (tree.cuts[node] as number);
      node = left ? node + 1 : (tree.links[node] as number);
      depth += 1;
    }
    return { leaf: node, depth };
  });
}

describe('TreeGrower', () => {
  it.each(TASKS.flatMap((task) => [false, true].map((weighted) => ({ task, weighted }))))(
    'gives each leaf what the drawn rows that reach it are on average: $task.kind, weighted $weighted',
    ({ task, weighted }) => {
      const data = sample(task, 600, 0.5, weighted);
      const prepared = prepare(data, { min_samples_leaf: 12 });
      const { job, centre } = prepared;
      const grower = new TreeGrower(job);
      const tree = grower.grow(Random.of(8));
      const { times } = grower.bag;
      const ends = route(prepared, tree);
      const width = task.kind === 'multiclass' ? task.classes : 1;
      const leaves = new Set(ends.map(({ leaf }) => leaf));
      expect(leaves.size).toBeGreaterThan(5);
      for (const leaf of leaves) {
        const rows = [...times.keys()].filter(
          (row) => ends[row]?.leaf === leaf && times[row] !== 0,
        );
        expect(rows.length).toBeGreaterThanOrEqual(12);
        const weight = (row: number): number => (times[row] ?? 0) * (data.weights?.[row] ?? 1);
        const all = rows.reduce((sum, row) => sum + weight(row), 0);
        for (let k = 0; k < width; k++) {
          const target = (row: number): number =>
            width === 1 ? (data.y[row] as number) - centre : data.y[row] === k ? 1 : 0;
          const mean = rows.reduce((sum, row) => sum + weight(row) * target(row), 0) / all;
          const value = tree.values[(tree.links[leaf] as number) + k] as number;
          expect(Math.abs(value - mean)).toBeLessThanOrEqual((width * job.step) / 2 + 1e-12);
          expect(Number.isInteger(value / job.step)).toBe(true);
        }
      }
    },
  );

  it('grows until the leaves are pure', () => {
    const { job } = prepare(sample({ kind: 'binary' }, 300, 0.3), { min_samples_leaf: 1 });
    const { values } = new TreeGrower(job).grow(Random.of(8));
    expect(values.every((share) => share === 0 || share === 1)).toBe(true);
  });

  it('stops at the depth it was given', () => {
    const prepared = prepare(sample({ kind: 'binary' }, 300, 0.5), { max_depth: 3 });
    const ends = route(prepared, new TreeGrower(prepared.job).grow(Random.of(8)));
    expect(Math.max(...ends.map(({ depth }) => depth))).toBe(3);
  });

  it('splits where no single split gains anything but two together do', () => {
    const x = matrixOf(Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), 2);
    const columns = ['a', 'b'].map((name) => ({ name, categories: null }));
    const y = Uint8Array.of(0, 1, 1, 0);
    const { job } = prepare(
      { x, columns, y, task: { kind: 'binary' }, weights: null },
      { min_samples_leaf: 1, bootstrap: false, max_features: 'all' },
    );
    const { values } = new TreeGrower(job).grow(Random.of(1));
    expect(Array.from(values).toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1]);
  });
});

describe('the random forest', () => {
  it.each(TASKS)('finds the tree that the data was made by: $kind', async (task) => {
    const forest = await fit(sample(task, 2000), { n_estimators: 30, max_features: 'all' });
    const data = sample(task, 500);
    const answers = predict(forest, data);
    const wrong = [...data.y].filter((target, row) => {
      const at = row * forest.outputs;
      const own = answers.subarray(at, at + forest.outputs);
      if (task.kind === 'multiclass') return own.indexOf(Math.max(...own)) !== target;
      return Math.abs((own[0] as number) - target) > (task.kind === 'binary' ? 0.5 : 3);
    });
    expect(wrong.length).toBeLessThan(5);
  });

  it.each([
    [TASKS[0] as Task, 2],
    [TASKS[1] as Task, 3],
    [TASKS[2] as Task, 2],
  ])('has the same bytes on one thread as on several: %j on %i', async (task, threads) => {
    const data = sample(task, 400, 0.3, true);
    const digestOn = async (team: number): Promise<readonly unknown[]> => {
      const model = await fit(data, { n_estimators: 7, oob_score: true }, team);
      const digest = createHash('sha256').update(bytesOf(model)).digest('hex');
      return [digest, model.diagnostics['oob_score']];
    };
    expect(await digestOn(threads)).toEqual(await digestOn(1));
  });

  it.each(TASKS)('answers as ONNX Runtime does, to the last bit: $kind', async (task) => {
    const data = sample(task, 700, 0.4);
    const model = await fit(data, { min_samples_leaf: 1, n_estimators: 40 });
    const session = await InferenceSession.create(bytesOf(model));
    const x = new Tensor('float32', data.x.data as Float32Array, [data.x.rows, COLUMNS]);
    const { answer } = await session.run({ x });
    expect(answer?.dims).toEqual([700, model.outputs]);
    expect(Array.from(answer?.data as Float32Array)).toEqual(
      Array.from(predict(model, data), Math.fround),
    );
  });

  it('is another for another seed', async () => {
    const data = sample({ kind: 'binary' }, 200, 0.3);
    const one = predict(await fit(data, { n_estimators: 5 }), data);
    expect(predict(await fit(data, { n_estimators: 5 }), data)).toEqual(one);
    expect(predict(await fit(data, { n_estimators: 5 }, 1, 6), data)).not.toEqual(one);
  });

  it('sees rows of weight 2 like rows that are there twice, where nothing is drawn', async () => {
    const data = sample({ kind: 'multiclass', classes: 3 }, 200, 0.3);
    const twice: TrainingSet = {
      ...data,
      x: matrixOf(Float32Array.of(...data.x.data, ...data.x.data), COLUMNS),
      y: Float64Array.of(...data.y, ...data.y),
    };
    const params = { bootstrap: false, n_estimators: 3 };
    const heavy = await fit(
      { ...data, weights: new Float64Array(200).fill(2) },
      { ...params, min_samples_leaf: 5 },
    );
    const long = await fit(twice, { ...params, min_samples_leaf: 10 });
    expect(predict(heavy, data)).toEqual(predict(long, data));
  });

  it('gives a class more say by its weight', async () => {
    const data = sample({ kind: 'binary' }, 400, 0.5);
    const mean = async (class_weight: number | null): Promise<number> =>
      predict(await fit(data, { class_weight }), data).reduce((sum, p) => sum + p, 0) / 400;
    expect(await mean(5)).toBeGreaterThan((await mean(null)) + 0.1);
  });

  it.each(TASKS)('scores itself on the rows that its trees have not seen: $kind', async (task) => {
    const data = sample(task, 300, 0.3, true);
    const params = { n_estimators: 10, oob_score: true, min_samples_leaf: 3 };
    const { job, centre } = prepare(data, params);
    const grower = new TreeGrower(job);
    const width = task.kind === 'multiclass' ? 3 : 1;
    const votes = Array.from({ length: 300 }, () => ({ trees: 0, sums: [0, 0, 0] }));
    for (let t = 0; t < 10; t++) {
      const tree = grower.grow(randomOfTree(job, t));
      route({ job, binned: [], centre }, tree).forEach(({ leaf }, row) => {
        const vote = votes[row] as (typeof votes)[0];
        if (grower.bag.times[row] !== 0) return;
        vote.trees += 1;
        for (let k = 0; k < width; k++)
          vote.sums[k] = (vote.sums[k] ?? 0) + (tree.values[(tree.links[leaf] as number) + k] ?? 0);
      });
    }
    const known = votes.flatMap(({ trees, sums }, row) => {
      const means = sums.map((sum) => sum / trees);
      const [first = 0] = means;
      const answers = {
        binary: first > 0.5 ? 1 : 0,
        multiclass: means.indexOf(Math.max(...means)),
        regression: first + centre,
      };
      const weight = data.weights?.[row] ?? 1;
      return trees === 0 ? [] : [{ y: data.y[row] as number, answer: answers[task.kind], weight }];
    });
    const total = (of: (row: (typeof known)[0]) => number): number =>
      known.reduce((sum, row) => sum + row.weight * of(row), 0);
    const mean = total(({ y }) => y) / total(() => 1);
    const expected =
      task.kind === 'regression'
        ? 1 - total(({ y, answer }) => (y - answer) ** 2) / total(({ y }) => (y - mean) ** 2)
        : total(({ y, answer }) => (y === answer ? 1 : 0)) / total(() => 1);
    const { diagnostics } = await fit(data, params);
    expect(diagnostics['oob_score']).toBeCloseTo(expected, 9);
    expect((await fit(data, { n_estimators: 2 })).diagnostics).toEqual({});
  });

  it('learns from one row, and from a column all missing', async () => {
    const columns = [{ name: 'a', categories: null }];
    const one = { x: matrixOf(Float32Array.of(NaN), 1), columns, y: Float64Array.of(3.5) };
    const data: TrainingSet = { ...one, task: { kind: 'regression' }, weights: null };
    expect(Array.from(predict(await fit(data, {}), data))).toEqual([3.5]);
  });

  it('refuses more columns a split than there are, and unseen rows where there are none', async () => {
    const data = sample({ kind: 'binary' }, 100);
    await expect(fit(data, { max_features: 7 })).rejects.toThrow(
      'max_features: expected at most 5',
    );
    await expect(fit(data, { oob_score: true, bootstrap: false })).rejects.toThrow('oob_score');
  });

  it('refuses targets whose sums no float32 holds', async () => {
    const data = sample({ kind: 'regression' }, 100);
    const huge = { ...data, y: Float64Array.from(data.y, (value) => value * 1e36) };
    await expect(fit(huge, {})).rejects.toThrow('within 1.7e+36 of their mean');
  });

  it('foresees more memory for more trees, smaller leaves and more threads', () => {
    const shape = { rows: 1e5, columns: 10, task: TASKS[1] as Task, threads: 1 };
    const bytes = (unchecked: object, threads = 1): number =>
      randomForest.bytesNeeded(randomForestParams.parse(unchecked), { ...shape, threads });
    expect(bytes({ n_estimators: 200 })).toBeGreaterThan(bytes({}));
    expect(bytes({ min_samples_leaf: 1 })).toBeGreaterThan(bytes({}));
    expect(bytes({ max_depth: 3 })).toBeLessThan(bytes({}));
    expect(bytes({}, 2)).toBeGreaterThan(
      bytes({}) + new Bag(prepare(sample({ kind: 'binary' }, 50), {}).job).bins.length,
    );
  });
});

describe('randomForestParams', () => {
  it('fills in the defaults and refuses what is out of domain', () => {
    expect(randomForestParams.parse({})).toEqual({
      n_estimators: 100,
      max_depth: null,
      min_samples_leaf: 10,
      max_features: 'auto',
      class_weight: null,
      bootstrap: true,
      oob_score: false,
    });
    for (const bad of [
      { n_estimators: 0 },
      { n_estimators: 1.5 },
      { max_depth: 0 },
      { max_features: 'log' },
      { max_features: 1.5 },
      { max_features: 0 },
      { class_weight: 0 },
      { criterion: 'gini' },
    ])
      expect(randomForestParams.safeParse(bad).success).toBe(false);
  });
});
