// The nested estimate: honest where the best of many is lucky, the same for any number of threads, resumable, and blind to the rows it is measured on.
import { candidatesOf } from '../candidates.ts';
import { foldSplits } from '../evaluation/splits.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import type { LabelledRows } from './fit-candidate.ts';
import type { SearchData } from './fold-task.ts';
import { noJournal, type Journal } from './journal.ts';
import { nestedEstimate, type NestedEstimate } from './nested.ts';
import { searchCandidates, type SearchOptions, type SearchSettings } from './search.ts';

const ROWS = 90;
const FEATURES = 12;

/** Rows whose features say nothing of the class. */
function noise(seed: number): LabelledRows {
  const random = Random.of(seed);
  const x = Float32Array.from({ length: ROWS * FEATURES }, () => random.nextInt(1000));
  return {
    x: matrixOf(x, FEATURES),
    y: Uint8Array.from({ length: ROWS }, (_, row) => row % 2),
    weights: null,
  };
}

const dataOf = (rows: LabelledRows): SearchData => ({
  features: Array.from({ length: FEATURES }, (_, i) => ({
    kind: 'numeric',
    name: `x${i}`,
    nullable: false,
  })),
  preprocessing: {},
  derived: [],
  metric: 'roc_auc',
  seed: 3,
  rows,
});

/** Many small boosters that differ in the columns they draw: on noise each is as good as the others, and some are lucky. */
const { candidates } = candidatesOf([
  {
    learner: 'gradient_boosting',
    grid: {
      n_estimators: [1, 3],
      num_leaves: [2, 3, 4],
      min_child_samples: [3, 10],
      colsample_bytree: [0.3, 0.6],
    },
  },
]);
const settings: SearchSettings = { method: 'all', metric: 'roc_auc', onFailure: 'stop' };
const quiet: SearchOptions = { threads: 1, onProgress: () => {} };

const estimate = (
  rows: LabelledRows,
  options = quiet,
  compared = candidates,
): Promise<NestedEstimate> =>
  nestedEstimate(
    compared,
    {
      outer: foldSplits(rows, 3, Random.of(1)),
      innerOf: (inner, outer) => foldSplits(inner, 3, Random.of(2, outer)),
    },
    dataOf(rows),
    settings,
    options,
  );

it('is near chance on noise, where the score of the best candidate is not', async () => {
  const optimism: number[] = [];
  for (const seed of [11, 12, 13]) {
    const rows = noise(seed);
    const { results, chosen } = await searchCandidates(
      candidates,
      foldSplits(rows, 3, Random.of(1)),
      dataOf(rows),
      settings,
      quiet,
    );
    const { mean, scores } = await estimate(rows);
    expect(scores).toHaveLength(3);
    optimism.push((results[chosen]?.mean ?? NaN) - mean);
  }
  expect(Math.min(...optimism)).toBeGreaterThan(-0.02);
  expect(optimism.reduce((sum, each) => sum + each, 0) / optimism.length).toBeGreaterThan(0.05);
});

it('is the same whatever the number of threads', async () => {
  const rows = noise(21);
  expect(await estimate(rows, { ...quiet, threads: 2 })).toEqual(await estimate(rows));
});

it('tells in which outer fold it is', async () => {
  const outer = new Set<string>();
  await estimate(noise(22), {
    ...quiet,
    onProgress: ({ outer: at }) => outer.add(`${at?.fold}/${at?.folds}`),
  });
  expect([...outer]).toEqual(['0/3', '1/3', '2/3']);
});

it('goes on from the folds that were done, and takes none of another outer fold for them', async () => {
  const rows = noise(23);
  const whole = await estimate(rows);
  const kept = new Map<string, number>();
  const journal: Journal = {
    ...noJournal,
    find: (fold) => kept.get(fold),
    add: (fold, score) => {
      if (kept.has(fold)) throw new Error('a fold was measured twice');
      kept.set(fold, score);
    },
  };
  const interrupt = new AbortController();
  let done = 0;
  const interrupted = estimate(rows, {
    ...quiet,
    journal,
    signal: interrupt.signal,
    onProgress: () => {
      done += 1;
      if (done === 100) interrupt.abort();
    },
  });
  await expect(interrupted).rejects.toThrow('interrupted');
  expect(kept.size).toBe(100);
  expect(await estimate(rows, { ...quiet, journal })).toEqual(whole);
  expect(kept.size).toBe(candidates.length * 9 + 3);
});

it('measures anew where other candidates lead to another choice', async () => {
  const rows = noise(25);
  const kept = new Map<string, number>();
  const journal: Journal = {
    ...noJournal,
    find: (fold) => kept.get(fold),
    add: (fold, score) => kept.set(fold, score),
  };
  const of = (some: typeof candidates, options = quiet): Promise<NestedEstimate> =>
    estimate(rows, options, some);
  await of(candidates.slice(0, 1), { ...quiet, journal });
  const others = candidates.slice(-1);
  expect(await of(others, { ...quiet, journal })).toEqual(await of(others));
});

it('chooses in each outer fold without a look at its rows', async () => {
  const rows = noise(24);
  const { chosen } = await estimate(rows);
  const [outer] = foldSplits(rows, 3, Random.of(1));
  const poisoned = rows.x.data.slice();
  for (const row of outer?.test ?? []) poisoned.fill(0, row * FEATURES, (row + 1) * FEATURES);
  const other = await estimate({ ...rows, x: matrixOf(poisoned, FEATURES) });
  expect(other.chosen[0]).toBe(chosen[0]);
  expect(other.scores[0]).toBe(0.5);
});
