import type { ExplainedAnswer } from '../prediction/explanation-log.ts';
import { ExplanationSums } from './explanation-summary.ts';

const answer = (
  contributions: Readonly<Record<string, number>>,
  label = 'bad',
  changes: { readonly version?: string; readonly method?: 'linear' | 'tree_interventional' } = {},
): ExplainedAnswer => ({
  modelName: 'm',
  modelVersion: changes.version ?? '1',
  label,
  explanation: {
    method: changes.method ?? 'linear',
    background: 'training',
    background_rows: 50,
    space: 'log_odds',
    calibration: 'none',
    base_value: 0,
    output: 0,
    contributions,
    reasons: [],
  },
});

const summaryOf = (answers: readonly ExplainedAnswer[]) => {
  const sums = new ExplanationSums();
  for (const each of answers) sums.add(each);
  return sums.summary();
};

describe('a summary of explanations', () => {
  it('is empty where there are none', () => {
    expect(summaryOf([])).toEqual([]);
  });

  it('has means with and without the sign, over all rows and by label, the largest first', () => {
    const answers = [
      answer({ a: 1, b: -4 }),
      answer({ a: 3, b: 2 }),
      answer({ a: -1, b: -3 }, 'good'),
      answer({ a: -3, b: 3 }, 'good'),
    ];
    const means = (mean_absolute_contribution: number, mean_contribution: number) => ({
      mean_absolute_contribution,
      mean_contribution,
    });
    expect(summaryOf(answers)).toEqual([
      {
        model: { name: 'm', version: '1' },
        method: 'linear',
        background: 'training',
        space: 'log_odds',
        rows: 4,
        labels: [
          { label: 'bad', rows: 2 },
          { label: 'good', rows: 2 },
        ],
        features: [
          {
            name: 'b',
            ...means(3, -0.5),
            by_label: [
              { label: 'bad', ...means(3, -1) },
              { label: 'good', ...means(3, 0) },
            ],
          },
          {
            name: 'a',
            ...means(2, 0),
            by_label: [
              { label: 'bad', ...means(2, 2) },
              { label: 'good', ...means(2, -2) },
            ],
          },
        ],
      },
    ]);
  });

  it('keeps versions and methods apart, that with the most rows first', () => {
    const groups = summaryOf([
      answer({ a: 1 }),
      answer({ b: 2 }, 'bad', { version: '2' }),
      answer({ b: 4 }, 'bad', { version: '2' }),
      answer({ a: 1 }, 'bad', { method: 'tree_interventional' }),
    ]);
    expect(groups.map(({ model, method, rows }) => [model.version, method, rows])).toEqual([
      ['2', 'linear', 2],
      ['1', 'linear', 1],
      ['1', 'tree_interventional', 1],
    ]);
    expect(groups[0]?.features).toMatchObject([{ name: 'b', mean_absolute_contribution: 3 }]);
  });

  it('takes any text as a label or a name', () => {
    const [group] = summaryOf([
      answer(JSON.parse('{"__proto__":2}') as object as never, 'constructor'),
    ]);
    expect(group).toMatchObject({
      labels: [{ label: 'constructor', rows: 1 }],
      features: [{ name: '__proto__', mean_contribution: 2 }],
    });
  });
});
