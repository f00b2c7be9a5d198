// The search: every candidate on every fold, the best mean wins; failures, interruptions and dying threads lose nothing that was done.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { url as dyingThread } from '../../test/support/dying-fold-thread.ts';
import { Random } from '../../src/statistics/random.ts';
import type { Candidate } from '../candidates.ts';
import { splitByFold, stratifiedFolds } from '../evaluation/folds.ts';
import { learners } from '../learners/index.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { FoldPool, SearchInterrupted } from './fold-pool.ts';
import type { SearchData } from './fold-task.ts';
import { openJournal } from './journal.ts';
import { searchCandidates, type SearchProgress, type SearchSettings } from './search.ts';

const ROWS = 1_200;
const random = Random.of(8);
const x = Float32Array.from({ length: 2 * ROWS }, () => random.nextInt(1_000) / 100);
const y = Uint8Array.from({ length: ROWS }, (_, row) =>
  (x[2 * row] ?? 0) + random.nextInt(60) / 10 > 8 ? 1 : 0,
);
const data: SearchData = {
  features: [
    { name: 'a', kind: 'numeric', nullable: false },
    { name: 'b', kind: 'numeric', nullable: false },
  ],
  preprocessing: {},
  derived: [{ name: 'a_plus_b', source: 'a + b' }],
  metric: 'log_loss',
  seed: 4,
  rows: { x: matrixOf(x, 2), y, weights: null },
};
const fold = stratifiedFolds(y, 3, Random.of(2));
const splits = [0, 1, 2].map((k) => splitByFold(fold, k));
const settings: SearchSettings = { method: 'all', metric: 'log_loss', onFailure: 'stop' };
const logistic = (C: number): Candidate => ({
  learner: 'logistic_regression',
  params: learners.logistic_regression.params.parse({ C }),
});
/** A forest that asks for more columns a split than there are. */
const impossible: Candidate = {
  learner: 'random_forest',
  params: learners.random_forest.params.parse({
    max_features: 9,
    n_estimators: 3,
  }),
};
const candidates = [logistic(1e-7), logistic(1), logistic(1e-3)];
const quiet = (): void => {};
const options = { threads: 1, onProgress: quiet };

describe('searchCandidates', () => {
  it('scores every candidate on every fold and takes the smallest mean of a loss', async () => {
    const { results, chosen } = await searchCandidates(candidates, splits, data, settings, options);
    expect(results.map(({ scores }) => scores.length)).toEqual([3, 3, 3]);
    expect(chosen).toBe(1);
    const [a = 0, b = 0, c = 0] = results[1]?.scores ?? [];
    expect(results[1]?.mean).toBeCloseTo((a + b + c) / 3, 12);
    expect(results[0]?.mean).toBeGreaterThan(results[1]?.mean ?? 0);
  });

  it('takes the largest mean of a gain, the first of equals', async () => {
    const gain = { ...settings, metric: 'roc_auc' } as const;
    const twice = [logistic(1), logistic(1)];
    const { results, chosen } = await searchCandidates(
      twice,
      splits,
      { ...data, metric: 'roc_auc' },
      gain,
      options,
    );
    expect(results[0]?.scores).toEqual(results[1]?.scores);
    expect(chosen).toBe(0);
  });

  it('finds the same on two threads as on one', async () => {
    const one = await searchCandidates(candidates, splits, data, settings, options);
    const two = await searchCandidates(candidates, splits, data, settings, {
      ...options,
      threads: 2,
    });
    expect(two).toEqual(one);
  });

  it('stops at a candidate that cannot be fitted, and names it', async () => {
    await expect(
      searchCandidates([logistic(1), impossible], splits, data, settings, options),
    ).rejects.toThrow(/^random_forest, .*max_features: expected at most 3/);
  });

  it('goes on without it where it is told to, and says why', async () => {
    const { results, chosen } = await searchCandidates(
      [impossible, logistic(1)],
      splits,
      data,
      { ...settings, onFailure: 'continue' },
      options,
    );
    expect(chosen).toBe(1);
    expect(results[0]?.scores).toEqual([]);
    expect(results[0]?.failure).toMatch('max_features');
    await expect(
      searchCandidates([impossible], splits, data, { ...settings, onFailure: 'continue' }, options),
    ).rejects.toThrow('no candidate could be fitted');
  });

  it('tells after each fold how many are done of how many, and the best so far', async () => {
    const told: SearchProgress[] = [];
    await searchCandidates(candidates, splits, data, settings, {
      threads: 1,
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ done, total }) => [done, total])).toEqual(
      Array.from({ length: 9 }, (_, i) => [i + 1, 9]),
    );
    expect(told[1]?.best).toBeNull();
    expect(told[8]?.best?.params).toEqual(candidates[1]?.params);
    expect(told[8]?.secondsLeft).toBe(0);
  });

  it('halving drops candidates on few rows, and only those with all rows can win', async () => {
    const many = [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10].map(logistic);
    const halving = { ...settings, method: 'halving' } as const;
    const told: SearchProgress[] = [];
    const { results, chosen } = await searchCandidates(many, splits, data, halving, {
      threads: 1,
      onProgress: (progress) => told.push(progress),
    });
    const shares = results.map(({ share }) => share);
    expect(new Set(shares).size).toBeGreaterThan(1);
    expect(shares[chosen]).toBe(1);
    expect(shares.filter((share) => share === 1).length).toBeLessThan(9);
    const total = told.at(-1)?.total;
    expect(told).toHaveLength(total ?? 0);
    const exhaustive = await searchCandidates(many, splits, data, settings, options);
    const won = results[chosen]?.mean ?? NaN;
    expect(won).toBeLessThan((exhaustive.results[exhaustive.chosen]?.mean ?? 0) * 1.02);
  });
});

describe('a search that does not come to its end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'search-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([1, 2])('goes on from the folds that were done, on %i threads', async (threads) => {
    const file = join(folder, `${threads}.jsonl`);
    const interrupt = new AbortController();
    const stopAfterFour = ({ done }: SearchProgress): void => {
      if (done === 4) interrupt.abort();
    };
    const journal = openJournal(file, 'a search');
    await expect(
      searchCandidates(candidates, splits, data, settings, {
        threads,
        onProgress: stopAfterFour,
        journal,
        signal: interrupt.signal,
      }),
    ).rejects.toThrow(SearchInterrupted);
    const again = openJournal(file, 'a search');
    expect(again.found).toBeGreaterThanOrEqual(4);
    expect(again.found).toBeLessThan(9);
    let told = 0;
    const { results } = await searchCandidates(candidates, splits, data, settings, {
      threads,
      onProgress: () => (told += 1),
      journal: again,
    });
    const whole = await searchCandidates(candidates, splits, data, settings, options);
    expect(results).toEqual(whole.results);
    expect(told).toBe(9);
  });

  it('fails the fold of a thread that dies, and starts another thread for the next', async () => {
    const pool = new FoldPool(data, 2, dyingThread);
    const outcomes: object[] = [];
    const tasks = splits.map(({ train, test }, i) => ({
      candidate: logistic(1),
      train,
      test,
      stream: [i],
    }));
    try {
      await pool.run(tasks, (_, outcome) => outcomes.push(outcome));
    } finally {
      await pool.close();
    }
    expect(outcomes).toEqual(
      Array.from({ length: 3 }, () => ({ failure: 'its thread died (exit code 3)' })),
    );
  });
});
