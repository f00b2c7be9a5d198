// What a model card says of fairness: the rates of each group by the columns that the model never saw, and how far apart they are.
import type { GroupDifference, Rate } from '../statistics/fairness.ts';
import { figure, range, table, type CardSection } from './card-markdown.ts';
import type { ColumnFairness } from './report-details.ts';

export const fairnessSection = (columns: readonly ColumnFairness[] = []): CardSection => ({
  title: 'Fairness',
  body:
    columns.length === 0
      ? ['No protected columns were named, so how the model treats groups of people is not known.']
      : columns.flatMap(columnOf),
});

function columnOf(fairness: ColumnFairness): CardSection['body'] {
  const { column, groups, method, without_group: unknown, ...differences } = fairness;
  const odds = differences.equalised_odds_difference;
  const ratio = differences.demographic_parity_ratio;
  return [
    `### By ${column}`,
    `The model does not see this column. Held-out rows, each rate with its interval at ${100 * method.confidence} % (${method.rates}) and the rows behind it.`,
    table(
      ['group', 'rows', 'selection rate', 'true positive rate', 'false positive rate', 'accuracy'],
      groups.map((group) => [
        group.group,
        `${group.rows}`,
        rateOf(group.selection_rate),
        rateOf(group.true_positive_rate),
        rateOf(group.false_positive_rate),
        rateOf(group.accuracy),
      ]),
    ),
    unknown === 0 ? null : `Rows whose group is not known: ${unknown}.`,
    table(
      ['difference', 'value', `${100 * method.confidence} % interval`, 'between'],
      [
        ['demographic parity', ...differenceOf(differences.demographic_parity_difference)],
        ['equal opportunity', ...differenceOf(differences.equal_opportunity_difference)],
        [
          odds === null
            ? 'equalised odds'
            : `equalised odds, of the ${odds.of.replaceAll('_', ' ')}`,
          ...differenceOf(odds),
        ],
      ],
    ),
    `Intervals: ${method.differences}. Rates of fewer than ${method.least_rows} rows are compared with none.`,
    ratio === null
      ? null
      : `Ratio of the lowest selection rate to the highest: ${figure(ratio)}. Information only: a bound on it, such as 0.8, is no test of fairness.`,
  ];
}

const rateOf = (rate: Rate | null): string =>
  rate === null ? '' : `${figure(rate.value)} (${range(rate)}; n ${rate.n})`;

const differenceOf = (difference: GroupDifference | null): readonly string[] =>
  difference === null
    ? ['not known', '', '']
    : [
        figure(difference.value),
        range(difference),
        `${difference.highest} and ${difference.lowest}`,
      ];
