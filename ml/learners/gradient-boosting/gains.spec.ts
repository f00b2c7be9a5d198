// Gains of a fit against the formula, worked out split by split from gradients and hessians that were neither rounded nor binned into sums.
import { Random } from '../../../src/statistics/random.ts';
import { matrixOf } from '../../numeric/matrix.ts';
import { runTeam } from '../../threads/run-team.ts';
import type { Task, TrainingSet } from '../learner.ts';
import { BOOSTER, run, type Boosted, type BoostingJob } from './booster.ts';
import { fitGradientBoosting, prepare } from './fit.ts';
import { gainsOf } from './gains.ts';
import { binsGoingLeft, type GrownTree } from './grown-tree.ts';
import { gradientBoostingParams, type GradientBoostingParams } from './params.ts';

const COLUMNS = [
  { name: 'number', categories: null },
  { name: 'few', categories: 3 },
  { name: 'many', categories: 12 },
  { name: 'constant', categories: null },
];
const TASKS: readonly Task[] = [{ kind: 'binary' }, { kind: 'regression' }];

const paramsOf = (given: Readonly<Record<string, unknown>>): GradientBoostingParams =>
  gradientBoostingParams.parse(given);

/** Numbers with missing values, three and twelve categories, and a column that does not vary. */
function sample({ kind }: Task, rows: number, weighted: boolean): TrainingSet {
  const random = Random.of(41, rows);
  const data = Float32Array.from({ length: rows * 4 }, (_, i) => {
    if (i % 4 === 0) return random.nextInt(7) === 0 ? NaN : random.nextInt(60) / 60;
    return i % 4 === 3 ? 1 : random.nextInt(i % 4 === 1 ? 3 : 12);
  });
  const values = Float64Array.from({ length: rows }, (_, row) => {
    const [number = 0, few = 0, many = 0] = data.subarray(row * 4);
    return (number > 0.4 ? 1 : 0) + few / 2 + ((many * 5) % 12) / 6 + random.nextInt(100) / 100;
  });
  const y =
    kind === 'regression' ? values : Uint8Array.from(values, (value) => (value > 1.9 ? 1 : 0));
  const weights = weighted ? Float64Array.from(values, () => 1 + random.nextInt(3)) : null;
  return { x: matrixOf(data, 4), columns: COLUMNS, y, task: { kind } as Task, weights };
}

async function boost(job: BoostingJob, size: number): Promise<Boosted> {
  const [boosted] = await runTeam(BOOSTER, run, job, size, (_, message) => new Error(message));
  return boosted as Boosted;
}

interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
}

function derivativesOf({ y, weights, task }: TrainingSet, scores: Float64Array): Derivatives {
  const p = task.kind === 'binary' ? scores.map((score) => 1 / (1 + Math.exp(-score))) : scores;
  const weight = (row: number): number => weights?.[row] ?? 1;
  return {
    gradient: p.map((each, row) => weight(row) * (each - (y[row] as number))),
    hessian: p.map((each, row) => weight(row) * (task.kind === 'binary' ? each * (1 - each) : 1)),
  };
}

/** Adds the gain of each split of a tree to its column, and what its leaves answer to the scores. */
function addSlowly(
  { params, records }: BoostingJob,
  { splits, values }: GrownTree,
  { gradient, hessian }: Derivatives,
  scores: Float64Array,
  gains: Float64Array,
): void {
  const sumOf = (of: Float64Array, rows: readonly number[]): number =>
    rows.reduce((sum, row) => sum + (of[row] as number), 0);
  const score = (rows: readonly number[], lambda: number): number =>
    sumOf(gradient, rows) ** 2 / (sumOf(hessian, rows) + lambda);
  const visit = (node: number, rows: readonly number[]): void => {
    const split = splits[node];
    if (split === undefined) {
      for (const row of rows)
        scores[row] = (scores[row] as number) + (values[node < 0 ? ~node : 0] as number);
      return;
    }
    const { column, leftBins } = split;
    const binOf = (row: number): number => records.bins[column * records.rows + row] as number;
    const left = binsGoingLeft(split);
    const sides = [1, 0].map((side) => rows.filter((row) => left[binOf(row)] === side));
    const [toLeft, toRight] = sides as [number[], number[]];
    const subset = leftBins !== null && new Set(rows.map(binOf)).size > params.max_cat_to_onehot;
    const lambda = params.reg_lambda + (subset ? params.cat_l2 : 0);
    const gain = score(toLeft, lambda) + score(toRight, lambda) - score(rows, params.reg_lambda);
    gains[column] = (gains[column] as number) + gain;
    visit(split.left, toLeft);
    visit(split.right, toRight);
  };
  visit(0, [...scores.keys()]);
}

describe('the gains of a boosted fit', () => {
  it.each(TASKS.flatMap((task) => [false, true].map((weighted) => ({ task, weighted }))))(
    'are those of the formula over all splits: $task.kind, weighted $weighted',
    async ({ task, weighted }) => {
      const data = sample(task, 900, weighted);
      const params = paramsOf({ n_estimators: 8, num_leaves: 7, min_data_per_group: 20 });
      const job = prepare(params, data, Random.of(3), 1);
      const scores = job.scores.slice();
      const { trees } = await boost(job, 1);
      const expected = new Float64Array(4);
      for (const tree of trees) addSlowly(job, tree, derivativesOf(data, scores), scores, expected);
      const { gains } = await fitGradientBoosting(params, data, {
        random: Random.of(3),
        threads: 1,
      });
      expect(gains).toHaveLength(4);
      expect(gains[3]).toBe(0);
      for (const column of [0, 1, 2]) {
        expect(expected[column]).toBeGreaterThan(1);
        // Gradients are rounded to 15 bits, which no sum over a node is far from.
        expect((gains[column] as number) / (expected[column] as number)).toBeCloseTo(1, 3);
      }
    },
  );

  it.each([
    ['all rows', {}],
    ['samples, stopped early', { subsample: 0.6, colsample_bytree: 0.7, early_stopping_rounds: 2 }],
  ] as const)('are the same to the last bit on any number of threads: %s', async (_, given) => {
    const data = sample({ kind: 'binary' }, 5000, true);
    const params = paramsOf({ n_estimators: 6, ...given });
    const gainsOn = async (size: number): Promise<Float64Array> =>
      gainsOf((await boost(prepare(params, data, Random.of(3), size), size)).trees, 4);
    const one = await gainsOn(1);
    expect(one.some((gain) => gain > 0)).toBe(true);
    expect(await gainsOn(2)).toEqual(one);
  });

  it('leave out the rounds that early stopping takes back', async () => {
    const data = sample({ kind: 'binary' }, 600, false);
    const params = paramsOf({ n_estimators: 500, early_stopping_rounds: 10 });
    const fit = (n_estimators: number) =>
      fitGradientBoosting({ ...params, n_estimators }, data, {
        random: Random.of(3),
        threads: 1,
      });
    const { diagnostics, gains } = await fit(500);
    expect(diagnostics['rounds']).toBeGreaterThan(diagnostics['best_iteration'] as number);
    expect((await fit(diagnostics['best_iteration'] as number)).gains).toEqual(gains);
  });

  it('count the values that monotone constraints leave, not those that they forbid', async () => {
    const rows = 400;
    const x = matrixOf(
      Float32Array.from({ length: rows }, (_, row) => row % 20),
      1,
    );
    const y = Float64Array.from(x.data, (value) => (value < 10 ? 1 : 0));
    const data: TrainingSet = {
      x,
      y,
      columns: [{ name: 'falls', categories: null }],
      task: { kind: 'regression' },
      weights: null,
    };
    const gainOf = async (falls: number): Promise<number> => {
      const params = paramsOf({ n_estimators: 1, monotone_constraints: { falls } });
      const { gains } = await fitGradientBoosting(params, data, {
        random: Random.of(3),
        threads: 1,
      });
      return gains[0] as number;
    };
    expect(await gainOf(-1)).toBeCloseTo((2 * 100 ** 2) / 210, 1);
    expect(await gainOf(1)).toBe(0);
  });
});
