// A params.yaml drafted from what a file holds: features, target, what to split by, and remarks where a person should look.
import { draftColumn, mayBeCodes, quoted, scalar, type DraftedColumn } from './draft-column.ts';
import type { ColumnProfile, FileProfile } from './profile-columns.ts';

/** Columns that one remark names; the comments of the draft name all of them. */
const NAMED = 8;
const POSITIVE = ['1', 'yes', 'true', 'y', 'bad', 'default', 'positive', 'churned', 'malignant'];

export interface DraftOptions {
  /** Relative to the params file. */
  readonly dataPath: string;
  readonly target: string;
  /** Columns that are categories though they are written as numbers. */
  readonly categorical: readonly string[];
}

export interface Draft {
  readonly yaml: string;
  /** What a person should look at, one line each. */
  readonly remarks: readonly string[];
}

export class DraftError extends Error {
  override readonly name = 'DraftError';
}

/** Throws DraftError where the target has not two values. */
export function draftParams(profile: FileProfile, options: DraftOptions): Draft {
  const target = profile.columns.find(({ name }) => name === options.target);
  if (target === undefined) throw new DraftError('there is no such target column');
  const { positive, negative, remark } = classesOf(target);
  const isForced = ({ name }: ColumnProfile): boolean => options.categorical.includes(name);
  const others = profile.columns.filter((column) => column !== target);
  const drafted = others.map((column) => draftColumn(column, isForced(column)));
  if (drafted.every(({ lines }) => lines === null))
    throw new DraftError(`no column can be a feature\n${remarksOf(drafted).join('\n')}`);
  const missingTexts = [...new Set(profile.columns.flatMap((column) => column.missingTexts))];
  const remarks = [
    ...(remark === null ? [] : [remark]),
    ...remarksOf(drafted),
    ...codesRemark(others.filter((column) => !isForced(column))),
  ];
  const yaml = [
    '# Drafted from the data: read it through before you train. Paths are relative to this file.',
    '',
    'data:',
    `  path: ${scalar(options.dataPath)}`,
    ...(profile.delimiter === ',' ? [] : [`  delimiter: ${JSON.stringify(profile.delimiter)}`]),
    ...(missingTexts.length === 0 ? [] : [`  missing: [${missingTexts.map(quoted).join(', ')}]`]),
    '',
    'target:',
    `  column: ${scalar(target.name)}`,
    `  positive: ${quoted(positive)} # what the model gives the probability of`,
    `  labels: { positive: ${quoted(labelOf(target.name, positive, true))}, negative: ${quoted(labelOf(target.name, negative, false))} }`,
    '',
    '# range: values outside it are refused; leave an end out where any value may come.',
    'features:',
    ...drafted.flatMap(({ lines }) => lines ?? []),
    ...leftOut(drafted),
    '',
    ...validationLines(drafted),
    ...splitLines(drafted),
    'candidates:',
    '  - learner: logistic_regression',
    '    grid: { C: [0.01, 0.1, 1, 10] }',
    '  - learner: random_forest',
    '    grid: { min_samples_leaf: [5, 20] }',
    '  - learner: gradient_boosting',
    '    grid: { num_leaves: [7, 31], learning_rate: [0.05, 0.1] }',
    '',
    'selection:',
    '  folds: 5',
    '  metric: log_loss',
    '',
    'threshold: 0.5',
    '',
    'seed: 1',
    '',
  ].join('\n');
  return { yaml, remarks };
}

function classesOf(target: ColumnProfile): {
  readonly positive: string;
  readonly negative: string;
  readonly remark: string | null;
} {
  const values = [...(target.distinct ?? new Map<string, number>()).keys()];
  const count = target.distinct === null ? 'more than 2,000' : String(values.length);
  if (values.length !== 2)
    throw new DraftError(
      `expected a target of two values, "${target.name}" has ${count}: name another column, or keep two of its values`,
    );
  const [frequent = '', rare = ''] = values;
  const known = values.find((value) => POSITIVE.includes(value.toLowerCase()));
  const positive = known ?? rare;
  const missing =
    target.missing > 0
      ? `${target.name}: ${target.missing} rows have no target: remove them from the file, or let validation.mostly leave them out`
      : null;
  return { positive, negative: positive === rare ? frequent : rare, remark: missing };
}

const labelOf = (column: string, value: string, positive: boolean): string => {
  if (!/^-?\d+$|^(true|false|y|n|yes|no)$/i.test(value)) return value;
  return positive ? column : `no ${column}`;
};

/** Columns of which the same is to be said share a line. */
function remarksOf(drafted: readonly DraftedColumn[]): readonly string[] {
  const columns = new Map<string, string[]>();
  for (const { name, remark } of drafted)
    if (remark !== null) columns.set(remark, [...(columns.get(remark) ?? []), name]);
  return [...columns].map(([remark, names]) => `${listed(names)}: ${remark}`);
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, NAMED).map(shown).join(', ');
  return names.length <= NAMED ? first : `${first} and ${names.length - NAMED} more`;
}

/** In one line, whatever the header holds. */
const shown = (name: string): string => (/^$|[\r\n]/.test(name) ? quoted(name) : name);

/** All in one line that can be pasted: most of them are codes, or none. */
function codesRemark(columns: readonly ColumnProfile[]): readonly string[] {
  const names = columns.filter(mayBeCodes).map(({ name }) => quoted(name));
  if (names.length === 0) return [];
  return [
    `whole numbers of few values: for those that are codes and not amounts run init again with --force --categorical ${names.join(' ')}`,
  ];
}

/** A comment each: what is not a feature stays in sight. */
const leftOut = (drafted: readonly DraftedColumn[]): readonly string[] =>
  drafted.flatMap(({ name, lines, remark }) =>
    lines === null ? [`  # ${shown(name)}: ${remark ?? ''}`] : [],
  );

/** One column that names rows is enough; more of them would name a row together. */
function validationLines(drafted: readonly DraftedColumn[]): readonly string[] {
  const name = drafted.find(({ role }) => role === 'names rows')?.name;
  return name === undefined ? [] : ['validation:', `  unique: [${quoted(name)}]`, ''];
}

/** Whether rows belong together or come in time is for a person to say: what fits is written as a comment. */
function splitLines(drafted: readonly DraftedColumn[]): readonly string[] {
  const having = (role: DraftedColumn['role']): readonly string[] =>
    drafted.filter((each) => each.role === role).map(({ name }) => scalar(name));
  return [
    'split:',
    '  test_share: 0.2',
    ...having('groups rows').map(
      (name) => `  # group: ${name} # keeps the rows of each on one side, here and in the folds`,
    ),
    ...having('orders rows').map(
      (name) => `  # time: ${name} # tests on the latest rows, here and in the folds`,
    ),
    '',
  ];
}
