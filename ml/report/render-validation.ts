// The validation of a data file as one HTML page: first whether it may be trained on, then what is wrong or worth a look, then what is in it.
import { barChart, lineChart, type Point } from '../../src/report/charts.ts';
import { Html, markup, table, type Column } from '../../src/report/html.ts';
import { percent } from '../../src/report/numbers.ts';
import { page, type Section } from '../../src/report/page.ts';
import { MOST_CATEGORIES, RANKED_VALUES } from '../data/column-values.ts';
import type {
  CategoricalValues,
  ColumnReport,
  HoldoutDrift,
  NumericValues,
  ValidationReport,
} from '../data/validation-report.ts';

/** Columns that get a figure: a page of more is not looked through. */
const DRAWN = 60;
const CATEGORIES_DRAWN = 15;
const LONGEST_NAME = 20;
/** Rows of the drift table, and all features that moved. */
const DRIFT_SHOWN = 15;
/** How much higher than its bins a histogram is, for the legend above them. */
const LEGEND_ROOM = 1.25;

/** What the classes are called. */
export interface ClassLabels {
  readonly positive: string;
  readonly negative: string;
}

export function renderValidation(report: ValidationReport, labels: ClassLabels): string {
  const sections: readonly (Section | null)[] = [
    report.valid ? null : { id: 'problems', title: 'Problems', body: problems(report) },
    report.warnings.length === 0
      ? null
      : { id: 'warnings', title: 'Worth a look', body: warnings(report) },
    { id: 'file', title: 'The file', body: facts(report, labels) },
    { id: 'columns', title: 'Columns', body: columns(report) },
    report.holdout_drift === null
      ? null
      : { id: 'drift', title: 'Held-out rows', body: drift(report.holdout_drift) },
    report.valid ? { id: 'values', title: 'What they hold', body: values(report, labels) } : null,
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
    return `Failed: ${counted(count, 'problem')}${where}. Nothing is trained on it.`;
  }
  return told.length === 0
    ? 'Passed: it can be trained on.'
    : `Passed with ${counted(told.length, 'warning')}: it can be trained on.`;
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
    bad.length === 0
      ? markup``
      : table(
          [
            { head: 'column', cell: ({ name }) => name },
            { head: 'problems', cell: ({ problems: each }) => each, right: true },
            { head: 'expected', cell: expectedOf },
          ],
          bad.toSorted((a, b) => b.problems - a.problems),
        ),
    found.length < count
      ? markup`<p>The first ${found.length} of ${count}:</p>`
      : markup`<p>Each of them:</p>`,
    table(
      [
        { head: 'line', cell: ({ line }) => line, right: true },
        { head: 'column', cell: ({ column }) => column ?? 'the whole record' },
        { head: 'what is wrong', cell: ({ message }) => shortened(message) },
      ],
      found,
    ),
  ];
}

const warnings = ({ warnings: told }: ValidationReport): Html =>
  markup`<ul>${told.map((warning) => markup`<li>${warning}</li>`)}</ul>`;

function facts(report: ValidationReport, labels: ClassLabels): Html {
  const { classes, rows, rows_left_out: out, holdout_drift: parts } = report;
  const share = (count: number, of = rows - out): string =>
    `${count} (${percent(count / Math.max(1, of))})`;
  const told: readonly (readonly [string, string | number | null])[] = [
    ['file', report.file],
    ['rows', rows],
    ['rows left out', out === 0 ? null : share(out, rows)],
    [`${labels.positive} (the positive class)`, classes === null ? null : share(classes.positive)],
    [labels.negative, classes === null ? null : share(classes.negative)],
    ['rows to train on', parts?.training_rows ?? null],
    ['rows held out', parts?.held_out_rows ?? null],
    ['columns that nothing reads', report.ignored_columns.join(', ') || null],
    ['sha256', report.data_digest],
  ];
  return table(
    [
      { head: 'fact', cell: ([name]) => name },
      { head: 'value', cell: ([, value]) => value },
    ],
    told.filter(([, value]) => value !== null),
  );
}

function columns({ columns: all, rows, rows_left_out: out, ...report }: ValidationReport): Html[] {
  const psi = new Map(report.holdout_drift?.features.map((each) => [each.name, each.psi]));
  const any = (kind: 'numeric' | 'categorical'): boolean =>
    all.some(({ values: of }) => of?.kind === kind);
  const number = (name: 'min' | 'median' | 'max'): Column<ColumnReport>['cell'] => {
    return ({ values: of }) => (of?.kind === 'numeric' ? numberOf(of[name]) : null);
  };
  const told: readonly (Column<ColumnReport> | null)[] = [
    { head: 'column', cell: ({ name }) => name },
    { head: 'role', cell: ({ role }) => role },
    { head: 'problems', cell: ({ problems: count }) => count, right: true },
    report.valid
      ? { head: 'missing', cell: ({ missing }) => missingOf(missing, rows - out), right: true }
      : null,
    ...(any('numeric')
      ? [
          { head: 'smallest', cell: number('min'), right: true },
          { head: 'median', cell: number('median'), right: true },
          { head: 'largest', cell: number('max'), right: true },
        ]
      : []),
    any('categorical') ? { head: 'categories', cell: categoriesMet, right: true } : null,
    report.valid
      ? { head: 'PSI', cell: ({ name }) => psi.get(name)?.toFixed(3) ?? null, right: true }
      : null,
    { head: 'expected', cell: expectedOf },
  ];
  return [
    table(
      told.filter((column) => column !== null),
      all,
    ),
    rows - out > RANKED_VALUES
      ? markup`<p>Medians of more than ${RANKED_VALUES} values are those of an even sample of them.</p>`
      : markup``,
  ];
}

const missingOf = (missing: number | null, rows: number): string =>
  missing === null || missing === 0
    ? String(missing ?? '')
    : `${missing} (${percent(missing / rows)})`;

/** Whole numbers as they are, others with as many digits as float32 has for certain. */
const numberOf = (value: number): string =>
  String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));

function categoriesMet({ values: of }: ColumnReport): string | null {
  if (of?.kind !== 'categorical') return null;
  const { length } = of.categories;
  if (length > MOST_CATEGORIES) return `over ${MOST_CATEGORIES}`;
  const met = of.categories.filter((each) => sizeOf(each) > 0).length;
  return met < length ? `${met} of ${length}` : String(length);
}

const LONGEST = 80;
const LONGEST_END = 30;

/** A declaration of thousands of categories is not read through. */
const shortened = (text: string): string =>
  text.length > LONGEST + LONGEST_END
    ? `${text.slice(0, LONGEST)} ... ${text.slice(-LONGEST_END)}`
    : text;

const expectedOf = ({ expected, nullable }: ColumnReport): string =>
  nullable ? `${shortened(expected)}, or nothing` : shortened(expected);

function drift({ features, training_rows: training, held_out_rows: held }: HoldoutDrift): Html[] {
  const moved = features.filter(({ verdict: each }) => each === 'moved').length;
  const largest = features.toSorted(
    (a, b) => Number(b.verdict === 'moved') - Number(a.verdict === 'moved') || b.psi - a.psi,
  );
  const shown = Math.max(DRIFT_SHOWN, moved);
  const what =
    moved === 0
      ? 'The held-out rows are like those to train on in every feature.'
      : `${counted(moved, 'feature')} of ${features.length} moved: what is measured on the held-out rows is of another population than what is learned.`;
  return [
    markup`<p>${what}</p>`,
    markup`<p>PSI, the population stability index, compares the ${held} held-out rows with the ${training} to train on: the shares of both in bins that hold as many training rows each, or in categories, the rarest as one. A feature has moved where it is 0.1 or more, and more than chance alone shows once in a thousand features.</p>`,
    table(
      [
        { head: 'feature', cell: ({ name }) => name },
        { head: 'PSI', cell: ({ psi }) => psi.toFixed(3), right: true },
        { head: 'by chance up to', cell: ({ chance }) => chance.toFixed(3), right: true },
        { head: 'verdict', cell: ({ verdict: each }) => each },
      ],
      largest.slice(0, shown),
    ),
    features.length > shown ? markup`<p>The ${shown} largest of ${features.length}.</p>` : markup``,
  ];
}

function values({ columns: all }: ValidationReport, labels: ClassLabels): readonly Html[] {
  const held = all.flatMap(({ name, values: of }) => (of === null ? [] : [{ name, of }]));
  const rest = held.length - DRAWN;
  return [
    markup`<p>Numbers: rows of each class, as shares of the class. Where the two differ, the column says something about the target. The half percent of rows beyond each end stands in the last bin there.</p>`,
    new Html('<div class="charts">'),
    ...held
      .slice(0, DRAWN)
      .map(({ name, of }) =>
        of.kind === 'numeric' ? histogram(name, of, labels) : categories(name, of, labels),
      ),
    new Html('</div>'),
    rest > 0 ? markup`<p>And ${counted(rest, 'more column')}, which are not drawn.</p>` : markup``,
  ];
}

function histogram(
  name: string,
  { edges, positives, negatives }: NumericValues,
  labels: ClassLabels,
): Html {
  const steps = (counts: readonly number[]): readonly Point[] => {
    const total = counts.reduce((sum, count) => sum + count, 0) || 1;
    const points = counts.map((count, bin): Point => [edges[bin] as number, count / total]);
    return [...points, [edges.at(-1) as number, (points.at(-1) as Point)[1]]];
  };
  const series = [
    { name: labels.negative, points: steps(negatives), style: 'steps' },
    { name: labels.positive, points: steps(positives), style: 'steps' },
  ] as const;
  const highest = Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y)));
  return lineChart({
    title: name,
    x: name,
    y: 'share of the class',
    yDomain: [0, highest * LEGEND_ROOM],
    series,
  });
}

const sizeOf = (each: CategoricalValues['categories'][number]): number =>
  each.positives + each.negatives;

/** Short enough that the chart has room for the number of rows behind it. */
const nameOf = ({ name }: CategoricalValues['categories'][number]): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;

/** Of each category the share that is positive, the largest categories first. */
function categories(
  name: string,
  { categories: all }: CategoricalValues,
  labels: ClassLabels,
): Html {
  const met = all.filter((each) => sizeOf(each) > 0).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  const more = met.length > CATEGORIES_DRAWN ? `, the ${CATEGORIES_DRAWN} largest` : '';
  return barChart(
    `${name}${more}`,
    met.slice(0, CATEGORIES_DRAWN).map((each) => ({
      label: `${nameOf(each)} (${sizeOf(each)})`,
      value: each.positives / sizeOf(each),
    })),
    `share of ${labels.positive}`,
  );
}
