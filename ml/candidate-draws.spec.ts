// Random search: what is drawn lies where it should, is the same for the same seed, and what cannot be drawn is told with its place.
import { candidatesOf, type CandidateGrid } from './candidates.ts';
import { drawFrom, drawNumbers, type Range } from './candidate-draws.ts';
import { Random } from '../src/statistics/random.ts';

const many = (range: Range): readonly number[] => {
  const random = Random.of(4);
  return Array.from({ length: 20_000 }, () => drawFrom(range, random));
};
const shareBelow = (values: readonly number[], limit: number): number =>
  values.filter((value) => value < limit).length / values.length;

describe('drawFrom', () => {
  it('draws evenly between both ends, or between their logarithms, with three digits', () => {
    const linear = many({ from: 0, to: 0.5 });
    expect(shareBelow(linear, 0.25)).toBeCloseTo(0.5, 1);
    const log = many({ from: 0.001, to: 10, scale: 'log' });
    for (const [limit, share] of [
      [0.01, 0.25],
      [0.1, 0.5],
      [1, 0.75],
    ] as const)
      expect(Math.abs(shareBelow(log, limit) - share)).toBeLessThan(0.02);
    expect(log.every((value) => value >= 0.001 && value <= 10)).toBe(true);
    expect(log.every((value) => Number(value.toPrecision(3)) === value)).toBe(true);
  });

  it('draws whole numbers, both ends among them, where both ends are whole', () => {
    const linear = many({ from: 4, to: 7 });
    expect(new Set(linear)).toEqual(new Set([4, 5, 6, 7]));
    expect(shareBelow(linear, 5)).toBeCloseTo(0.25, 1);
    const log = many({ from: 1, to: 100, scale: 'log' });
    expect(log.every(Number.isInteger)).toBe(true);
    expect([Math.min(...log), Math.max(...log)]).toEqual([1, 100]);
  });

  it('draws whole numbers from more of them than a generator has at once', () => {
    const wide = many({ from: 1, to: 2 ** 40 });
    expect(wide.every(Number.isInteger)).toBe(true);
    expect(shareBelow(wide, 2 ** 39)).toBeCloseTo(0.5, 1);
  });

  it('gives the one value of a range without width', () => {
    expect(new Set(many({ from: 0.3333, to: 0.3333 }))).toEqual(new Set([0.3333]));
  });
});

it('draws numbers without repeating one, and all where as many are asked for', () => {
  expect(drawNumbers(5, 3, Random.of(1))).toEqual([0, 1, 2]);
  const some = drawNumbers(30, 100, Random.of(1));
  expect(new Set(some).size).toBe(30);
  expect(drawNumbers(30, 100, Random.of(2))).not.toEqual(some);
});

const entry: CandidateGrid = {
  learner: 'gradient_boosting',
  draws: 12,
  ranges: {
    learning_rate: { from: 0.01, to: 0.3, scale: 'log' },
    num_leaves: { from: 4, to: 63 },
  },
  grid: { min_child_samples: [5, 20] },
};

describe('candidatesOf', () => {
  const drawn = (grids: readonly CandidateGrid[], seed = 1) =>
    candidatesOf(grids, Random.of(seed)).candidates;

  it('draws as many candidates as asked, of lists and ranges, the same for the same seed', () => {
    const candidates = drawn([entry]);
    expect(candidates).toHaveLength(12);
    for (const { params } of candidates) {
      expect([5, 20]).toContain(params['min_child_samples']);
      expect(params['num_leaves']).toBeGreaterThanOrEqual(4);
    }
    expect(drawn([entry])).toEqual(candidates);
    expect(drawn([entry], 2)).not.toEqual(candidates);
  });

  it('draws the same for an entry whatever the others draw', () => {
    expect(drawn([entry, entry]).slice(0, 12)).toEqual(drawn([entry]));
    expect(drawn([entry, entry]).slice(12)).not.toEqual(drawn([entry]));
    expect(drawn([{ ...entry, draws: 5 }, entry]).slice(5)).toEqual(
      drawn([entry, entry]).slice(12),
    );
  });

  it('draws from lists alone without repeating a combination, all of them where there are no more', () => {
    const grid = { learner: 'logistic_regression', grid: { C: [1, 2, 3, 4, 5] } };
    const values = (draws: number) => drawn([{ ...grid, draws }]).map(({ params }) => params['C']);
    expect(values(9)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(values(3)).size).toBe(3);
  });

  it('draws from lists that have more combinations than memory holds', () => {
    const names = [
      'n_estimators',
      'num_leaves',
      'min_child_samples',
      'max_depth',
      'max_cat_threshold',
    ];
    const values = Array.from({ length: 200 }, (_, i) => i + 2);
    const grid = Object.fromEntries(names.map((name) => [name, values]));
    const candidates = drawn([{ learner: 'gradient_boosting', draws: 20, grid }]);
    expect(new Set(candidates.map(({ params }) => JSON.stringify(params))).size).toBe(20);
    for (const name of names)
      expect(new Set(candidates.map(({ params }) => params[name])).size).toBeGreaterThan(10);
  });

  it('draws a range of few values once each', () => {
    const few = {
      learner: 'gradient_boosting',
      draws: 10,
      ranges: { num_leaves: { from: 4, to: 6 } },
    };
    const leaves = drawn([few]).map(({ params }) => params['num_leaves']);
    expect(leaves).toHaveLength(3);
    expect(new Set(leaves)).toEqual(new Set([4, 5, 6]));
  });

  it.each<[string, Partial<CandidateGrid>, string]>([
    [
      'ranges without draws',
      { draws: undefined },
      'ranges: expected draws beside ranges: how many combinations to draw',
    ],
    [
      'a name in grid and ranges',
      { grid: { num_leaves: [4] } },
      'ranges.num_leaves: already in grid',
    ],
    [
      'an entry without grid and without ranges',
      { grid: undefined, ranges: undefined },
      'grid: missing; expected a mapping',
    ],
    [
      'ends the wrong way round',
      { ranges: { num_leaves: { from: 9, to: 4 } } },
      'ranges.num_leaves: expected from to be at most to',
    ],
    [
      'a logarithm of 0',
      { ranges: { reg_lambda: { from: 0, to: 4, scale: 'log' } } },
      'ranges.reg_lambda.from: expected a number above 0 on a scale of logarithms',
    ],
    [
      'an end that the learner refuses',
      { ranges: { num_leaves: { from: 1, to: 4 } } },
      'ranges.num_leaves.from: expected a number at least 2, got a whole number',
    ],
  ])('refuses %s', (_case, changes, expected) => {
    const { candidates, problems } = candidatesOf([{ ...entry, ...changes }]);
    expect(candidates).toEqual([]);
    expect(problems.map(({ path, message }) => `${path.slice(2).join('.')}: ${message}`)).toEqual([
      expected,
    ]);
  });

  it('names a hyperparameter that the learner has not, once', () => {
    const { problems } = candidatesOf([{ ...entry, ranges: { depth: { from: 1, to: 2 } } }]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: ['candidates', 0, 'ranges', 'depth'] });
  });

  it('draws again where a rule between hyperparameters forbids, and says so where it forbids all', () => {
    const some = { ...entry, grid: { objective: ['quantile', 'auto'] } };
    expect(drawn([some]).map(({ params }) => params['objective'])).toEqual(
      Array.from({ length: 12 }, () => 'auto'),
    );
    const { candidates, problems } = candidatesOf([{ ...entry, grid: { objective: 'quantile' } }]);
    expect(candidates).toEqual([]);
    expect(problems).toEqual([
      {
        path: ['candidates', 0, 'ranges'],
        message: expect.stringContaining('no combination is allowed: alpha ') as string,
      },
    ]);
  });
});
