// What every learner promises through the pipeline, whatever it learns: finite answers, the same in ONNX Runtime, for data at the edge.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FitError, type Learner, type Task } from '../../ml/learners/learner.ts';
import { matrixOf, type Float32Matrix } from '../../ml/numeric/matrix.ts';
import { exportPipeline } from '../../ml/onnx/export-pipeline.ts';
import { fitPipeline, type Pipeline, type TrainingRows } from '../../ml/pipeline.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { Random } from '../../src/statistics/random.ts';

const TASKS: readonly Task[] = [
  { kind: 'binary' },
  { kind: 'multiclass', classes: 3 },
  { kind: 'regression' },
];
const COLOURS = ['red', 'green', 'blue', 'never seen'];
const numeric = (name: string): FeatureSpec => ({ kind: 'numeric', name, nullable: true });
const FEATURES: readonly FeatureSpec[] = [
  numeric('a'),
  numeric('b'),
  { kind: 'categorical', name: 'colour', nullable: true, categories: COLOURS },
];

/** Target from a, b and colour with noise; one cell in ten is missing. */
function sample(task: Task, rows: number, columns = 3): TrainingRows {
  const random = Random.of(11, rows, columns);
  const data = Float32Array.from({ length: rows * columns }, (_, i) =>
    random.nextInt(10) === 0
      ? NaN
      : i % columns === 2
        ? random.nextInt(3)
        : random.nextInt(200) / 20 - 5,
  );
  const signal = (row: number): number => {
    const [a = 0, b = 0, colour = 0] = data.subarray(row * columns, row * columns + 3);
    return (a || 0) - 0.5 * (b || 0) + (colour === 1 ? 3 : 0) + random.nextInt(100) / 50 - 1;
  };
  const y = Float64Array.from({ length: rows }, (_, row) => {
    const value = signal(row);
    if (task.kind === 'regression') return value;
    // The first rows stand for each class once, so that none is without rows.
    if (row < 3) return row % (task.kind === 'binary' ? 2 : 3);
    if (task.kind === 'binary') return value > 0 ? 1 : 0;
    return value > 2 ? 2 : value > -2 ? 1 : 0;
  });
  return { x: matrixOf(data, columns), y, weights: null };
}

async function onnxAnswers(
  pipeline: Pipeline,
  { data, rows, columns }: Float32Matrix,
): Promise<Float32Array> {
  const session = await InferenceSession.create(exportPipeline(pipeline, columns, 0.5));
  const output = pipeline.task.kind === 'regression' ? 'prediction' : 'probability';
  const { [output]: answers } = await session.run({
    features: new Tensor('float32', data, [rows, columns]),
  });
  expect(answers?.dims).toEqual([rows, pipeline.outputs]);
  return answers?.data as Float32Array;
}

/** Finite answers, probabilities that sum to 1, and the same from ONNX Runtime. */
async function expectSound(pipeline: Pipeline, x: Float32Matrix): Promise<Float64Array> {
  const { outputs, task } = pipeline;
  const ours = new Float64Array(x.rows * outputs);
  pipeline.predictInto(x, ours);
  expect(ours.every(Number.isFinite)).toBe(true);
  if (task.kind !== 'regression') expect(ours.every((p) => p >= 0 && p <= 1)).toBe(true);
  if (task.kind === 'multiclass') {
    expect(outputs).toBe(task.classes);
    for (let row = 0; row < x.rows; row++) {
      const sum = ours.subarray(row * outputs, (row + 1) * outputs).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 6);
    }
  } else expect(outputs).toBe(1);
  const theirs = await onnxAnswers(pipeline, x);
  const differences = ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)));
  expect(Math.max(...differences)).toBeLessThanOrEqual(
    1e-6 * Math.max(1, ...ours.map((value) => Math.abs(value))),
  );
  return ours;
}

export function learnerContract(learner: Learner<unknown>): void {
  const tasks = TASKS.filter(({ kind }) => learner.tasks.includes(kind));

  const fit = (
    task: Task,
    rows: TrainingRows,
    features = FEATURES,
    threads = 1,
    params = learner.params.parse({}),
  ): Promise<Pipeline> =>
    fitPipeline(
      {
        learner,
        params,
        features,
        derived: [],
        preprocessing: {},
        task,
      },
      rows,
      { random: Random.of(5), threads },
    );

  describe.each(tasks)('$kind', (task) => {
    it('answers alike here and in ONNX Runtime, with numbers, categories and missing values', async () => {
      const rows = sample(task, 400);
      await expectSound(await fit(task, rows), rows.x);
    });

    it('gives the same bytes again, and for more threads than there are cores', async () => {
      const rows = sample(task, 400);
      const [once, again, threads] = await Promise.all([
        fit(task, rows),
        fit(task, rows),
        fit(task, rows, FEATURES, 3),
      ]);
      const bytes = exportPipeline(once, 3, 0.5);
      expect(Buffer.compare(bytes, exportPipeline(again, 3, 0.5))).toBe(0);
      expect(Buffer.compare(bytes, exportPipeline(threads, 3, 0.5))).toBe(0);
    });

    it('says what sum is behind its answers where there are two classes, over columns made of features', async () => {
      const { additive, columns } = await fit(task, sample(task, 400));
      if (task.kind !== 'binary') {
        expect(additive).toBeNull();
        return;
      }
      expect(additive?.sources).toHaveLength(columns.length);
      expect(new Set(additive?.sources.flat())).toEqual(new Set([0, 1, 2]));
    });

    it('answers a category that training never saw as a missing one', async () => {
      const rows = sample(task, 400);
      const pipeline = await fit(task, rows);
      const cells = Float32Array.of(1, 2, 3, 1, 2, NaN);
      const [unseen, missing] = [cells.slice(0, 3), cells.slice(3)].map((cell) => {
        const out = new Float64Array(pipeline.outputs);
        pipeline.predictInto(matrixOf(cell, 3), out);
        return out;
      });
      expect(unseen).toEqual(missing);
      await expectSound(pipeline, matrixOf(cells, 3));
    });

    it('weighs rows: where all but some weigh 0 it learns from those', async () => {
      const rows = sample(task, 400);
      // The second half says the opposite and weighs nothing.
      const y = rows.y.map((value, row) => {
        if (row < 200) return value;
        return task.kind === 'regression'
          ? -5 * value
          : (value + 1) % (task.kind === 'binary' ? 2 : 3);
      });
      const weights = Float64Array.from(y, (_, row) => (row < 200 ? 1 : 0));
      const weighed = await expectSound(await fit(task, { x: rows.x, y, weights }), rows.x);
      const half = matrixOf(rows.x.data.slice(0, 600), 3);
      const alone = await expectSound(
        await fit(task, { x: half, y: y.slice(0, 200), weights: null }),
        rows.x,
      );
      const unweighed = await expectSound(await fit(task, { ...rows, y }), rows.x);
      const distance = (to: Float64Array): number =>
        weighed.reduce((sum, value, i) => sum + (value - (to[i] ?? NaN)) ** 2, 0);
      expect(distance(alone)).toBeLessThanOrEqual(distance(unweighed) / 4);
    });

    it.each([
      ['a column that is all missing', (i: number) => i % 3 === 1, NaN],
      ['a column that is constant', (i: number) => i % 3 === 0, 4],
      ['a category that is constant', (i: number) => i % 3 === 2, 1],
    ])('learns from %s', async (_, cell, value) => {
      const { x, y, weights } = sample(task, 120);
      const data = x.data.map((old, i) => (cell(i) ? value : old));
      await expectSound(await fit(task, { x: matrixOf(data, 3), y, weights }), x);
    });

    it('learns from the fewest rows there can be', async () => {
      const rows = sample(task, task.kind === 'multiclass' ? 3 : task.kind === 'binary' ? 2 : 1);
      await expectSound(await fit(task, rows), rows.x);
    });

    it('learns from 10,000 columns', async () => {
      const columns = 10_000;
      const rows = sample(task, 60, columns);
      const features = Array.from({ length: columns }, (_, i) => numeric(`c${i}`));
      // A few rounds or trees show it as well as a hundred.
      const few = learner.params.safeParse({ n_estimators: 4 });
      const params = few.success ? few.data : learner.params.parse({});
      await expectSound(await fit(task, rows, features, 1, params), rows.x);
    });

    it('refuses negative weights', async () => {
      const rows = sample(task, 20);
      const weights = new Float64Array(20).fill(1);
      weights[7] = -1;
      await expect(fit(task, { ...rows, weights })).rejects.toThrow(FitError);
    });
  });

  it('refuses params that it does not have', () => {
    expect(learner.params.safeParse({ not_a_param: 1 }).success).toBe(false);
  });
}
