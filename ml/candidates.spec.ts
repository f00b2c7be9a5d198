// Grids of any JSON value -> candidates, what is wrong with them, and how they are named and recorded.
import { candidateName, candidatesOf, recorded } from './candidates.ts';

describe('candidatesOf', () => {
  it('takes a list for the values to try and anything else for the only value', () => {
    const { candidates, problems } = candidatesOf([
      { learner: 'random_forest', grid: { n_estimators: [10, 20], max_depth: null } },
    ]);
    expect(problems).toEqual([]);
    expect(candidates.map(({ params }) => [params['n_estimators'], params['max_depth']])).toEqual([
      [10, null],
      [20, null],
    ]);
  });

  it('names the place of each bad value, inside of a list or alone, and an unknown key once', () => {
    const { candidates, problems } = candidatesOf([
      {
        learner: 'random_forest',
        grid: { n_estimators: [[1], { a: 1 }], max_depth: 'deep', depth: [1, 2], max_features: [] },
      },
    ]);
    expect(candidates).toEqual([]);
    expect(problems).toEqual([
      {
        path: ['candidates', 0, 'grid', 'n_estimators', 0],
        message: 'expected a number, got a list of 1',
      },
      {
        path: ['candidates', 0, 'grid', 'n_estimators', 1],
        message: 'expected a number, got a mapping',
      },
      { path: ['candidates', 0, 'grid', 'max_depth'], message: 'expected a number, got text' },
      {
        path: ['candidates', 0, 'grid', 'depth'],
        message: expect.stringMatching(/^unknown key; allowed here: .*n_estimators/) as string,
      },
      {
        path: ['candidates', 0, 'grid', 'max_features'],
        message: 'expected a list of at least 1 item, got a list of 0',
      },
    ]);
  });
});

describe('a hyperparameter', () => {
  it('is recorded as text, a number or true and false: lists and mappings as JSON', () => {
    expect([0.5, 'sqrt', true, null, [['a', 'b']], { age: 1 }].map(recorded)).toEqual([
      0.5,
      'sqrt',
      true,
      'none',
      '[["a","b"]]',
      '{"age":1}',
    ]);
  });

  it('is named alike whether a stage has recorded it or not', () => {
    const params = { depth: null, constraints: { age: -1 }, groups: [['a'], ['b', 'c']] };
    const name = 'boosting, depth none, constraints {"age":-1}, groups [["a"],["b","c"]]';
    expect(candidateName({ learner: 'boosting', params })).toBe(name);
    const written = Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, recorded(value)]),
    );
    expect(candidateName({ learner: 'boosting', params: written })).toBe(name);
  });
});
