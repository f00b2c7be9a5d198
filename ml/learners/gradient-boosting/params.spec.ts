// What may be set, filled in and refused, with the key and what was expected.
import { candidatesOf, type CandidateGrid } from '../../candidates.ts';
import { check } from '../../zod-expectation.ts';
import { gradientBoostingParams } from './params.ts';

const problems = (grid: Record<string, unknown>): readonly string[] => {
  const parsed = gradientBoostingParams.safeParse(grid);
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
};

describe('gradientBoostingParams', () => {
  it('fills in the defaults that LightGBM has', () => {
    expect(gradientBoostingParams.parse({})).toMatchObject({
      n_estimators: 100,
      learning_rate: 0.1,
      num_leaves: 31,
      min_child_samples: 20,
      subsample: 1,
      early_stopping_rounds: null,
    });
  });

  it.each([
    [{ n_estimators: 0 }, ['n_estimators']],
    [{ learning_rate: 0 }, ['learning_rate']],
    [{ num_leaves: 1 }, ['num_leaves']],
    [{ max_bins: 256 }, ['max_bins']],
    [{ subsample: 1.1 }, ['subsample']],
    [{ monotone_constraints: { income: 2 } }, ['monotone_constraints.income']],
    [{ interaction_constraints: ['a'] }, ['interaction_constraints.0']],
    [{ objective: 'quantile' }, ['alpha']],
    [{ alpha: 0.3 }, ['alpha']],
    [{ class_weight: -1 }, ['class_weight']],
    [{ boosting: 'dart' }, ['']],
  ])('refuses %j', (grid, paths) => {
    expect(problems(grid)).toEqual(paths);
  });

  it('takes a quantile with its objective, and constraints by column name', () => {
    expect(problems({ objective: 'quantile', alpha: 0.9 })).toEqual([]);
    expect(
      problems({ monotone_constraints: { income: -1 }, interaction_constraints: [['a', 'b']] }),
    ).toEqual([]);
  });

  it.each([
    [{ n_estimators: 2.5 }, 'expected a whole number, got a fraction'],
    [{ learning_rate: 0 }, 'expected a number above 0, got zero'],
    [{ colsample_bytree: 3 }, 'expected a number at most 1, got a whole number'],
    [{ max_bins: 1 }, 'expected a number at least 2, got a whole number'],
    [
      { objective: 'huber' },
      'expected auto or squared or absolute or poisson or quantile, got text',
    ],
    [{ reg_lambda: -1 }, 'expected a number at least 0, got a negative number'],
    [{ monotone_constraints: { income: 'up' } }, 'expected -1 or 0 or 1, got text'],
    [{ interaction_constraints: [[]] }, 'expected a list of at least 1 item, got a list of 0'],
    [{ alpha: 0.3 }, 'expected nothing where objective is not quantile, got a fraction'],
    [
      { objective: 'quantile' },
      'missing; expected a number above 0 and below 1 where objective is quantile',
    ],
  ])('says of %j what it expected', (grid, message) => {
    const checked = check(gradientBoostingParams, grid);
    expect(checked.ok ? [] : checked.problems.map((problem) => problem.message)).toEqual([message]);
  });

  it('holds the quantile against the objective in each combination of a grid', () => {
    const problems = (grid: CandidateGrid['grid']): readonly unknown[] =>
      candidatesOf([{ learner: 'gradient_boosting', grid }]).problems;
    expect(problems({ objective: 'quantile', alpha: [0.1, 0.9] })).toEqual([]);
    expect(problems({ objective: ['squared', 'quantile'], alpha: 0.9 })).toEqual([
      {
        path: ['candidates', 0, 'grid', 'alpha'],
        message: 'expected nothing where objective is not quantile, got a fraction',
      },
    ]);
  });
});
