// The grid search: every candidate on every fold, the best mean wins, and the seed decides everything.
import { matrixOf } from '../numeric/matrix.ts';
import { learners } from '../learners/index.ts';
import type { Candidate } from '../candidates.ts';
import { searchGrid, type LabelledRows, type SearchProgress } from './grid-search.ts';

/** Two columns, the first of which tells the classes apart but for every seventh row. */
const rows: LabelledRows = {
  x: matrixOf(
    Float32Array.from({ length: 240 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 12 : (i * 7) % 5)),
    2,
  ),
  y: Uint8Array.from({ length: 120 }, (_, i) => (i % 12 >= 6 !== (i % 7 === 0) ? 1 : 0)),
  weights: null,
};

const candidate = (learner: Candidate['learner'], written: object): Candidate => ({
  learner,
  params: learners[learner].params.parse(written),
});

const params = {
  features: [
    { name: 'a', kind: 'numeric', nullable: false },
    { name: 'b', kind: 'numeric', nullable: false },
  ] as const,
  derived: [],
  candidates: [
    candidate('logistic_regression', { C: 1e-6 }),
    candidate('logistic_regression', { C: 1 }),
    candidate('random_forest', { n_estimators: 5, min_samples_leaf: 1 }),
  ] as const,
  selection: { folds: 3, metric: 'log_loss' } as const,
  seed: 1,
};
const nothing = (): void => {};

describe('searchGrid', () => {
  it('scores every candidate on every fold and takes the smallest mean of a loss', async () => {
    const { results, chosen } = await searchGrid(params, rows, nothing);
    expect(results.map(({ scores }) => scores.length)).toEqual([3, 3, 3]);
    const means = results.map(({ mean }) => mean);
    expect(means[chosen]).toBe(Math.min(...means));
    expect(means[0]).toBeGreaterThan(means[1] ?? 0);
  });

  it('takes the largest mean of a gain, the first of equals', async () => {
    const selection = { folds: 3, metric: 'roc_auc' } as const;
    const twice = [params.candidates[1], params.candidates[1]];
    expect(
      (await searchGrid({ ...params, selection, candidates: twice }, rows, nothing)).chosen,
    ).toBe(0);
    const { results, chosen } = await searchGrid({ ...params, selection }, rows, nothing);
    expect(results[chosen]?.mean).toBe(Math.max(...results.map(({ mean }) => mean)));
  });

  it('gives mean and standard deviation of the folds', async () => {
    const {
      results: [first],
    } = await searchGrid(params, rows, nothing);
    const [a = 0, b = 0, c = 0] = first?.scores ?? [];
    const mean = (a + b + c) / 3;
    expect(first?.mean).toBeCloseTo(mean, 12);
    expect(first?.sd).toBeCloseTo(
      Math.sqrt(((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / 2),
      12,
    );
  });

  it('repeats itself with the same seed and not with another', async () => {
    const { results } = await searchGrid(params, rows, nothing);
    expect((await searchGrid(params, rows, nothing)).results).toEqual(results);
    expect((await searchGrid({ ...params, seed: 2 }, rows, nothing)).results).not.toEqual(results);
  });

  it('tells before each fold where it is and what is best so far', async () => {
    const told: SearchProgress[] = [];
    const { results } = await searchGrid(params, rows, (progress) => told.push(progress));
    expect(told.map(({ candidateIndex, fold }) => [candidateIndex, fold])).toEqual(
      [0, 1, 2].flatMap((candidate) => [0, 1, 2].map((fold) => [candidate, fold])),
    );
    expect(told[2]?.best).toBeNull();
    expect(told[3]?.best).toBe(results[0]);
  });
});
