// The validation of a data file as one HTML page: first whether it may be trained on, then what is wrong or worth a look, then what is in it.
import type {
  CategoricalValues,
  ColumnReport,
  NumericValues,
  ValidationReport,
} from '../data/validation-report.ts';
import { barChart, lineChart, type Point } from './charts.ts';
import { Html, markup, table } from './html.ts';
import { percent } from './numbers.ts';
import { page, type Section } from './page.ts';

/** Columns that get a figure: a page of more is not looked through. */
const DRAWN = 60;
const CATEGORIES_DRAWN = 15;

export function renderValidation(report: ValidationReport): string {
  const sections: readonly (Section | null)[] = [
    report.valid ? null : { id: 'problems', title: 'Problems', body: problems(report) },
    report.warnings.length === 0
      ? null
      : { id: 'warnings', title: 'Worth a look', body: warnings(report) },
    { id: 'file', title: 'The file', body: facts(report) },
    { id: 'columns', title: 'Columns', body: columns(report) },
    report.valid ? { id: 'values', title: 'What they hold', body: values(report) } : null,
  ];
  return page(
    `Validation of ${fileName(report.file)}`,
    markup`<p class="verdict ${report.valid ? 'good' : 'bad'}">${verdict(report)}</p>`,
    sections.filter((section) => section !== null),
  );
}

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

function verdict({
  valid,
  warnings: told,
  problem_count: count,
  columns: all,
}: ValidationReport): string {
  if (!valid) {
    const bad = all.filter(({ problems: found }) => found > 0).length;
    const where = bad === 0 ? '' : ` in ${counted(bad, 'column')}`;
    return `Not valid: ${counted(count, 'problem')}${where}. Nothing is trained on it.`;
  }
  return told.length === 0 ? 'Valid.' : `Valid, with ${counted(told.length, 'warning')}.`;
}

const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

function problems({
  problems: found,
  problem_count: count,
  columns: all,
}: ValidationReport): readonly Html[] {
  const bad = all.filter(({ problems: each }) => each > 0);
  return [
    table(
      [
        { head: 'line', cell: ({ line }) => line, right: true },
        { head: 'column', cell: ({ column }) => column },
        { head: 'what is wrong', cell: ({ message }) => message },
      ],
      found,
    ),
    found.length < count ? markup`<p>The first ${found.length} of ${count}.</p>` : markup``,
    bad.length === 0
      ? markup``
      : table(
          [
            { head: 'column', cell: ({ name }) => name },
            { head: 'expected', cell: ({ expected }) => expected },
            { head: 'rows that are not', cell: ({ problems: each }) => each, right: true },
          ],
          bad,
        ),
  ];
}

const warnings = ({ warnings: told }: ValidationReport): Html =>
  markup`<ul>${told.map((warning) => markup`<li>${warning}</li>`)}</ul>`;

function facts(report: ValidationReport): Html {
  const { classes, rows, rows_left_out: out, holdout_drift: drift } = report;
  const share = (count: number): string => `${count} (${percent(count / Math.max(1, rows - out))})`;
  const told: readonly (readonly [string, string | number | null])[] = [
    ['file', report.file],
    ['rows', rows],
    ['rows left out', out === 0 ? null : out],
    ['positive rows', classes === null ? null : share(classes.positive)],
    ['negative rows', classes === null ? null : share(classes.negative)],
    ['rows to train on', drift?.training_rows ?? null],
    ['rows held out', drift?.held_out_rows ?? null],
    ['sha256', report.data_digest],
    ['columns that nothing reads', report.ignored_columns.join(', ') || null],
  ];
  return table(
    [
      { head: 'fact', cell: ([name]) => name },
      { head: 'value', cell: ([, value]) => value },
    ],
    told.filter(([, value]) => value !== null),
  );
}

function columns({ columns: all, holdout_drift: drift }: ValidationReport): readonly Html[] {
  const psi = new Map(drift?.features.map((each) => [each.name, each]));
  return [
    drift === null
      ? markup``
      : markup`<p>PSI: population stability index between the rows to train on and the held-out rows, over tenths of the former or categories. Below 0.1 they are alike.</p>`,
    table<ColumnReport>(
      [
        { head: 'column', cell: ({ name }) => name },
        { head: 'is', cell: ({ role }) => (role === 'feature' ? '' : role) },
        { head: 'expected', cell: expectedOf },
        { head: 'not so', cell: ({ problems: count }) => count, right: true },
        { head: 'missing', cell: ({ missing }) => missing, right: true },
        { head: 'from', cell: ({ values: of }) => numberOf(of, 'min'), right: true },
        { head: 'median', cell: ({ values: of }) => numberOf(of, 'median'), right: true },
        { head: 'to', cell: ({ values: of }) => numberOf(of, 'max'), right: true },
        { head: 'PSI', cell: ({ name }) => psi.get(name)?.psi.toFixed(3) ?? '', right: true },
      ],
      all,
    ),
  ];
}

const LONGEST_EXPECTATION = 80;

function expectedOf({ expected, nullable }: ColumnReport): string {
  const short =
    expected.length > LONGEST_EXPECTATION
      ? `${expected.slice(0, LONGEST_EXPECTATION)} ...`
      : expected;
  return nullable ? `${short}, or nothing` : short;
}

const numberOf = (values: ColumnReport['values'], name: 'min' | 'median' | 'max'): string =>
  values?.kind === 'numeric' ? String(Number(values[name].toPrecision(6))) : '';

function values({ columns: all }: ValidationReport): readonly Html[] {
  const drawn = all.filter(({ values: of }) => of !== null).slice(0, DRAWN);
  const rest = all.filter(({ values: of }) => of !== null).length - drawn.length;
  return [
    markup`<p>Rows of each class, as shares of the class: where the two differ, the column says something about the target. The half percent of rows beyond each end stands in the last bin there.</p>`,
    new Html('<div class="charts">'),
    ...drawn.map(({ name, values: of }) =>
      of?.kind === 'numeric' ? histogram(name, of) : categories(name, of as CategoricalValues),
    ),
    new Html('</div>'),
    rest > 0 ? markup`<p>And ${counted(rest, 'more column')}, which are not drawn.</p>` : markup``,
  ];
}

function histogram(name: string, { edges, positives, negatives }: NumericValues): Html {
  const steps = (counts: readonly number[]): readonly Point[] => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    const points = counts.map((count, bin): Point => [edges[bin] as number, count / total]);
    return [...points, [edges.at(-1) as number, (points.at(-1) as Point)[1]]];
  };
  return lineChart({
    title: name,
    x: name,
    y: 'share of the class',
    series: [
      { name: 'negative', points: steps(negatives), style: 'steps' },
      { name: 'positive', points: steps(positives), style: 'steps' },
    ],
  });
}

/** Of each category the share that is positive, the largest categories first. */
function categories(name: string, { categories: all }: CategoricalValues): Html {
  const size = (each: (typeof all)[number]): number => each.positives + each.negatives;
  const met = all.filter((each) => size(each) > 0).toSorted((a, b) => size(b) - size(a));
  const more = met.length > CATEGORIES_DRAWN ? `, the ${CATEGORIES_DRAWN} largest` : '';
  return barChart(
    `${name}${more}`,
    met.slice(0, CATEGORIES_DRAWN).map((each) => ({
      label: `${each.name} (${size(each)})`,
      value: each.positives / size(each),
    })),
    'share of positive rows',
  );
}
