// What may be set, filled in and refused, with the key and what was expected.
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
});
