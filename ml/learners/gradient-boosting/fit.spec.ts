// Whole fits: what they find, what they may depend on, when they stop, and how they fail.
import { createHash } from 'node:crypto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { url as dyingBooster } from '../../../test/support/dying-booster.ts';
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf, type Float32Matrix } from '../../numeric/matrix.ts';
import { GraphBuilder } from '../../onnx/graph-builder.ts';
import { runTeam, ThreadError } from '../../threads/run-team.ts';
import type { Model, Task, TrainingSet } from '../learner.ts';
import { BOOSTER, run } from './booster.ts';
import { fitGradientBoosting, prepare } from './fit.ts';
import { gradientBoosting } from './index.ts';
import { gradientBoostingParams, type GradientBoostingParams } from './params.ts';

const binary: Task = { kind: 'binary' };
const paramsOf = (given: Readonly<Record<string, unknown>>): GradientBoostingParams =>
  gradientBoostingParams.parse(given);
const resources = { random: Random.of(7), threads: 1 };

/** Columns a (numbers with missing values), b (numbers), c (5 categories), noise. */
function sample(rows: number, seed: number): Float32Matrix {
  const random = Random.of(seed, rows);
  // Fewer distinct values than bins: each has its own, and cuts are exact.
  const uniform = (): number => random.nextInt(100) / 100 + 0.005;
  const data = Float32Array.from({ length: rows * 4 }, (_, i) => {
    if (i % 4 === 2) return random.nextInt(5);
    return i % 4 === 0 && random.nextInt(6) === 0 ? NaN : uniform();
  });
  return matrixOf(data, 4);
}

const columns = [
  { name: 'a', categories: null },
  { name: 'b', categories: null },
  { name: 'c', categories: 5 },
  { name: 'noise', categories: null },
];

const cell = (x: Float32Matrix, row: number, column: number): number =>
  x.data[row * x.columns + column] as number;

/** A decision written by hand: missing a is as a high one, categories 1 and 3 turn the effect of b round. */
function decision(x: Float32Matrix, row: number): number {
  const a = cell(x, row, 0);
  const high = Number.isNaN(a) || a > 0.6;
  const turned = cell(x, row, 2) % 2 === 1;
  if (high) return turned ? 3 : -1;
  return cell(x, row, 1) > 0.5 === turned ? 2 : 0.5;
}

function setOf(
  x: Float32Matrix,
  task: Task,
  target: (value: number, row: number) => number,
  more: Partial<TrainingSet> = {},
): TrainingSet {
  const values = Float64Array.from({ length: x.rows }, (_, row) => target(decision(x, row), row));
  const y = task.kind === 'regression' ? values : Uint8Array.from(values);
  return { x, columns, y, task, weights: null, ...more };
}

function predict(model: Model, x: Float32Matrix): Float64Array {
  const out = new Float64Array(x.rows * model.outputs);
  model.predictInto(x, out);
  return out;
}

function onnxOf(model: Model): Uint8Array {
  const graph = new GraphBuilder();
  const answer = model.toOnnx(graph, graph.input('x', 'float', ['N', 4]));
  graph.output(answer, 'answer', 'float', ['N', model.outputs]);
  return graph.build();
}

const bytesOf = (model: Model): string => createHash('sha256').update(onnxOf(model)).digest('hex');

describe('a boosted fit', () => {
  it.each([
    ['squared', {}, 0.01],
    ['absolute', { objective: 'absolute', n_estimators: 200 }, 0.02],
  ] as const)('recovers a decision written by hand: %s error', async (_, params, error) => {
    const x = sample(1500, 1);
    // A spread below the error: without it a quarter of the rows would be right from the start, to the absolute error as good as beyond.
    const data = setOf(x, { kind: 'regression' }, (value, row) => value + (row % 7) / 500);
    const model = await fitGradientBoosting(
      paramsOf({
        n_estimators: 60,
        num_leaves: 12,
        max_cat_to_onehot: 4,
        cat_smooth: 0,
        cat_l2: 0,
        ...params,
      }),
      data,
      resources,
    );
    const fresh = sample(500, 2);
    const out = predict(model, fresh);
    const errors = out.map((value, row) => Math.abs(value - decision(fresh, row)));
    expect(errors.reduce((sum, one) => sum + one, 0) / 500).toBeLessThan(error);
  });

  it('tells classes apart, with probabilities that add up to 1', async () => {
    const x = sample(2000, 3);
    const classOf = (value: number): number => (value < 0 ? 0 : value < 1 ? 1 : 2);
    const data = setOf(x, { kind: 'multiclass', classes: 3 }, classOf);
    const model = await fitGradientBoosting(paramsOf({ n_estimators: 30 }), data, resources);
    const fresh = sample(400, 4);
    const out = predict(model, fresh);
    let right = 0;
    for (let row = 0; row < 400; row++) {
      const shares = out.subarray(row * 3, row * 3 + 3);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      if (shares.indexOf(Math.max(...shares)) === classOf(decision(fresh, row))) right++;
    }
    expect(right).toBeGreaterThan(390);
  });

  it('counts a row of weight 2 as two rows', async () => {
    const x = sample(600, 5);
    const weights = Float64Array.from({ length: 600 }, (_, row) => 1 + (row % 2));
    const weighted = setOf(x, { kind: 'regression' }, (value, row) => value + (row % 7), {
      weights,
    });
    const rows = [...weights.keys()].flatMap((row) => (row % 2 === 1 ? [row, row] : [row]));
    const repeated = {
      ...weighted,
      weights: null,
      x: matrixOf(
        Float32Array.from(rows.flatMap((row) => [...x.data.subarray(row * 4, row * 4 + 4)])),
        4,
      ),
      y: Float64Array.from(rows, (row) => weighted.y[row] as number),
    };
    const params = paramsOf({
      n_estimators: 3,
      num_leaves: 4,
      min_child_samples: 1,
      min_data_per_group: 1,
    });
    const a = predict(await fitGradientBoosting(params, weighted, resources), x);
    const b = predict(await fitGradientBoosting(params, repeated, resources), x);
    a.forEach((value, row) => {
      expect(Math.abs(value - (b[row] as number))).toBeLessThan(2e-3);
    });
  });

  it('keeps the best round when the validation part has stopped improving', async () => {
    const x = sample(800, 6);
    const random = Random.of(6);
    const data = setOf(x, binary, (value) => (value > 1 === random.nextInt(5) > 0 ? 1 : 0));
    const params = paramsOf({
      n_estimators: 500,
      early_stopping_rounds: 10,
      validation_share: 0.25,
    });
    const model = await fitGradientBoosting(params, data, resources);
    const { rounds, best_iteration, validation_loss } = model.diagnostics;
    expect(rounds).toBe((best_iteration as number) + 10);
    expect(rounds).toBeLessThan(200);
    expect(validation_loss).toBeLessThan(0.62);
    const short = paramsOf({ ...params, n_estimators: best_iteration });
    expect(bytesOf(await fitGradientBoosting(short, data, resources))).toBe(bytesOf(model));
  });

  it('obeys monotone constraints', async () => {
    const x = sample(1500, 8);
    const random = Random.of(8);
    const data = setOf(x, { kind: 'regression' }, (value) => value + random.nextInt(3));
    const monotone = await fitGradientBoosting(
      paramsOf({ n_estimators: 20, monotone_constraints: { b: 1 } }),
      data,
      resources,
    );
    const rising = Float32Array.from({ length: 100 * 4 }, (_, i) =>
      i % 4 === 1 ? Math.floor(i / 4) / 100 : i % 4 === 2 ? 1 : 0.3,
    );
    const out = predict(monotone, matrixOf(rising, 4));
    out.forEach((value, row) => {
      if (row > 0) expect(value).toBeGreaterThanOrEqual(out[row - 1] as number);
    });
  });

  it('keeps columns of different interaction sets from acting together', async () => {
    const data = setOf(sample(1500, 8), { kind: 'regression' }, (value) => value);
    const interaction_constraints = [['a', 'c', 'noise'], ['b']];
    const fit = (given: Readonly<Record<string, unknown>>) =>
      fitGradientBoosting(paramsOf(given), data, resources);
    /** How much the effect of b changes with c: 0 where their effects add up. */
    const interaction = (model: Model): number => {
      const at = (b: number, c: number): number =>
        predict(model, matrixOf(Float32Array.of(0.3, b, c, 0.5), 4))[0] ?? NaN;
      return Math.abs(at(0.9, 1) - at(0.1, 1) - at(0.9, 2) + at(0.1, 2));
    };
    expect(interaction(await fit({}))).toBeGreaterThan(2);
    expect(interaction(await fit({ interaction_constraints }))).toBeLessThan(1e-5);
  });

  it.each([binary, { kind: 'multiclass', classes: 3 }, { kind: 'regression' }] as const)(
    'answers in ONNX Runtime as in the trainer: $kind',
    async (task) => {
      const x = sample(600, 11);
      const data = setOf(x, task, (value) =>
        task.kind === 'regression'
          ? value
          : value < 0 && task.kind !== 'binary'
            ? 2
            : Number(value > 1),
      );
      const model = await fitGradientBoosting(paramsOf({ n_estimators: 10 }), data, resources);
      const session = await InferenceSession.create(onnxOf(model));
      const { answer } = await session.run({ x: new Tensor('float32', x.data, [600, 4]) });
      const theirs = answer?.data as Float32Array;
      predict(model, x).forEach((value, i) => {
        expect(Math.abs(value - (theirs[i] as number))).toBeLessThan(1e-6);
      });
    },
  );

  it('makes a constant of a column that says nothing', async () => {
    const x = matrixOf(new Float32Array(50), 1);
    const y = Uint8Array.from({ length: 50 }, (_, row) => (row % 5 === 0 ? 1 : 0));
    const model = await fitGradientBoosting(
      paramsOf({}),
      { x, columns: [{ name: 'x', categories: null }], y, task: binary, weights: null },
      resources,
    );
    expect(model.diagnostics).toMatchObject({ rounds: 0 });
    expect(predict(model, x)[0]).toBeCloseTo(0.2, 6);
  });

  it('is the same from run to run, and another for another seed', async () => {
    const data = setOf(sample(700, 9), binary, (value, row) =>
      value > 1 || row % 9 === 0 ? 1 : 0,
    );
    const params = paramsOf({ n_estimators: 10, subsample: 0.7, colsample_bytree: 0.6 });
    const fitted = async (seed: number): Promise<string> =>
      bytesOf(await fitGradientBoosting(params, data, { random: Random.of(seed), threads: 1 }));
    expect(await fitted(1)).toBe(await fitted(1));
    expect(await fitted(1)).not.toBe(await fitted(2));
  });
});

describe('a tree that finds no split', () => {
  it.each([{}, { subsample: 0.5 }])(
    'moves no score: the model says what later trees learnt from, %j',
    async (given) => {
      const x = sample(600, 12);
      const task: Task = { kind: 'multiclass', classes: 3 };
      // So few rows of the third class that most of its trees cannot split.
      const data = setOf(x, task, (value, row) => (row % 150 === 0 ? 2 : value > 1 ? 1 : 0));
      const params = paramsOf({
        n_estimators: 30,
        min_child_samples: 120,
        min_split_gain: 2,
        ...given,
      });
      const job = prepare(params, data, Random.of(3), 1);
      const [boosted] = await runTeam(BOOSTER, run, job, 1, (_, message) => new Error(message));
      expect(boosted?.trees.length).toBeLessThan(30 * 3);
      const model = await fitGradientBoosting(params, data, { random: Random.of(3), threads: 1 });
      const p = new Float64Array(600 * 3);
      model.predictInto(x, p);
      for (let row = 0; row < 600; row++) {
        const powers = [...job.scores.subarray(row * 3, row * 3 + 3)].map(Math.exp);
        const sum = powers.reduce((total, power) => total + power, 0);
        powers.forEach((power, k) => {
          expect(p[row * 3 + k]).toBeCloseTo(power / sum, 5);
        });
      }
    },
  );
});

describe('threads', () => {
  it.each([
    ['binary', {}],
    ['sampled, stopped early', { subsample: 0.6, colsample_bytree: 0.7, early_stopping_rounds: 2 }],
    ['absolute error', { objective: 'absolute' }],
  ] as const)('do not change a bit of the trees: %s', async (name, given) => {
    const x = sample(7000, 10);
    const task: Task = name === 'absolute error' ? { kind: 'regression' } : binary;
    const data = setOf(x, task, (value, row) =>
      task.kind === 'regression' ? value + (row % 7) : value > 1 || row % 9 === 0 ? 1 : 0,
    );
    const params = paramsOf({ n_estimators: 6, ...given });
    const boosted = [1, 2, 3].map(async (size) => {
      const job = prepare(params, data, Random.of(3), size);
      const [first] = await runTeam(BOOSTER, run, job, size, (_, message) => new Error(message));
      return first;
    });
    const [one, two, three] = await Promise.all(boosted);
    expect(one?.trees.length).toBeGreaterThan(2);
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });

  it('that die in the middle of a fit end it with an error, and there is no model', async () => {
    const x = matrixOf(
      Float32Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 1009),
      10,
    );
    const y = Uint8Array.from({ length: 100_000 }, (_, row) => ((row * 31) % 17 > 8 ? 1 : 0));
    const names = Array.from({ length: 10 }, (_, i) => ({ name: `x${i}`, categories: null }));
    const dying = fitGradientBoosting(
      paramsOf({}),
      { x, columns: names, y, task: binary, weights: null },
      { random: Random.of(1), threads: 2 },
      dyingBooster,
    );
    await expect(dying).rejects.toThrow(ThreadError);
    await expect(dying).rejects.toThrow('exit code 7');
  });
});

describe('the learner', () => {
  it('foresees about the memory that its arrays take', () => {
    const shape = { rows: 1_000_000, columns: 28, task: binary, threads: 1 };
    const bytes = gradientBoosting.bytesNeeded(paramsOf({}), shape);
    expect(bytes / 2 ** 20).toBeGreaterThan(80);
    expect(bytes / 2 ** 20).toBeLessThan(250);
  });
});
