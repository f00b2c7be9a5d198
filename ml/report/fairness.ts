// The part of a training report on fairness: rates by columns that the model did not see, and how far apart the groups are.
import type { ColumnFairness } from '../../src/model/report-details.ts';
import { markup, table, type Html } from '../../src/report/html.ts';
import { figure } from '../../src/report/numbers.ts';
import type { Section } from '../../src/report/page.ts';
import type { GroupDifference, Rate } from '../../src/statistics/fairness.ts';

/** None where no column is protected. */
export const fairness = (columns: readonly ColumnFairness[]): readonly Section[] =>
  columns.length === 0
    ? []
    : [{ id: 'fairness', title: 'How it treats groups', body: columns.flatMap(columnOf) }];

function columnOf(found: ColumnFairness): readonly Html[] {
  const { column, groups, method, without_group: unknown } = found;
  const odds = found.equalised_odds_difference;
  const ratio = found.demographic_parity_ratio;
  const level = 100 * method.confidence;
  return [
    markup`<h3>By ${column}</h3>
<p>The model does not see this column. Held-out rows${unknown === 0 ? '' : markup`, ${unknown} of them of no known group`}; in parentheses the ${level} % interval (${method.rates}) and the rows behind the rate.</p>`,
    table(
      [
        { head: column, cell: ({ group }) => group },
        { head: 'rows', cell: ({ rows }) => rows, right: true },
        { head: 'selection rate', cell: (group) => rateOf(group.selection_rate) },
        { head: 'true positive rate', cell: (group) => rateOf(group.true_positive_rate) },
        { head: 'false positive rate', cell: (group) => rateOf(group.false_positive_rate) },
        { head: 'accuracy', cell: (group) => rateOf(group.accuracy) },
      ],
      groups,
    ),
    table(
      [
        { head: 'difference', cell: ({ name }) => name },
        { head: 'value', cell: ({ found: of }) => figure(of?.value), right: true },
        {
          head: `${level} % interval`,
          cell: ({ found: of }) => (of === null ? '' : `${figure(of.low)} to ${figure(of.high)}`),
        },
        {
          head: 'between',
          cell: ({ found: of }) => (of === null ? '' : `${of.highest} and ${of.lowest}`),
        },
      ],
      [
        { name: 'demographic parity', found: found.demographic_parity_difference },
        { name: 'equal opportunity', found: found.equal_opportunity_difference },
        {
          name: `equalised odds${odds === null ? '' : `, of the ${odds.of.replaceAll('_', ' ')}`}`,
          found: odds,
        },
      ] satisfies readonly { name: string; found: GroupDifference | null }[],
    ),
    markup`<p>Intervals: ${method.differences}. Rates of fewer than ${method.least_rows} rows are compared with none.
${ratio === null ? '' : `Ratio of the lowest selection rate to the highest: ${figure(ratio)}; information only, no bound on it is a test of fairness.`}</p>`,
  ];
}

const rateOf = (rate: Rate | null): string =>
  rate === null
    ? ''
    : `${figure(rate.value)} (${figure(rate.low)} to ${figure(rate.high)}; ${rate.n})`;
