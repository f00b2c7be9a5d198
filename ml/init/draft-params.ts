// A params.yaml drafted from what a file holds: kinds, ranges, categories, nullable, and remarks where a person should look.
import { stringify } from 'yaml';
import type { ColumnProfile, FileProfile } from './profile-columns.ts';

/** More text values than this are no category but names or free text. */
const MOST_CATEGORIES = 50;
/** Whole numbers of no more distinct values than this may be codes. */
const FEW_NUMBERS = 12;
/** A column that ranks the target this well alone is hardly known before the outcome. */
const LEAK_AUC = 0.99;
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

/** Column of the file as the draft sees it. */
interface Drafted {
  readonly name: string;
  /** Lines of YAML under `features`; null for a column left out. */
  readonly lines: readonly string[] | null;
  readonly remark: string | null;
}

export class DraftError extends Error {
  override readonly name = 'DraftError';
}

/** Throws DraftError where the target has not two values. */
export function draftParams(profile: FileProfile, options: DraftOptions): Draft {
  const target = profile.columns.find(({ name }) => name === options.target);
  if (target === undefined) throw new DraftError('there is no such target column');
  const { positive, negative, remark } = classesOf(target);
  const features = profile.columns
    .filter((column) => column !== target)
    .map((column) => draftColumn(column, options.categorical.includes(column.name)));
  const used = features.filter(({ lines }) => lines !== null);
  if (used.length === 0) throw new DraftError('no column can be a feature');
  const missingTexts = [...new Set(profile.columns.flatMap((column) => column.missingTexts))];
  const remarks = [
    ...(remark === null ? [] : [remark]),
    ...features.flatMap((each) => each.remark ?? []),
    ...codesRemark(
      profile.columns.filter(
        (column) => column !== target && !options.categorical.includes(column.name),
      ),
    ),
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
    ...used.flatMap(({ lines }) => lines ?? []),
    ...leftOut(features),
    '',
    'split:',
    '  test_share: 0.2',
    '',
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
      ? `${target.name}: ${target.missing} rows have no target; training refuses them: remove them from the file`
      : null;
  return { positive, negative: positive === rare ? frequent : rare, remark: missing };
}

const labelOf = (column: string, value: string, positive: boolean): string => {
  if (!/^-?\d+$|^(true|false|y|n|yes|no)$/i.test(value)) return value;
  return positive ? column : `no ${column}`;
};

function draftColumn(column: ColumnProfile, forced: boolean): Drafted {
  const { name } = column;
  const there = column.rows - column.missing;
  const distinct = column.distinct?.size ?? Infinity;
  const out = (why: string): Drafted => ({
    name,
    lines: null,
    remark: `${name}: left out, ${why}`,
  });
  if (there === 0) return out('every value is missing');
  if (distinct === 1) return out('every value is the same');
  if (column.dates === there)
    return out('these are dates: derive numbers from them, such as an age');
  if (isIdentifier(column))
    return out('every row has another value: an identifier teaches nothing');
  const numeric = column.numbers === there;
  if (numeric && !forced) return draftNumeric(column);
  if (distinct > MOST_CATEGORIES)
    return out(
      numeric || column.numbers < there / 2
        ? 'too many different texts for a category'
        : `most values are numbers, but ${there - column.numbers} are not: mend the file`,
    );
  return draftCategorical(column);
}

/** Whole numbers or texts, another one in each of many rows. */
const isIdentifier = ({
  rows,
  missing,
  numbers,
  whole,
  distinct,
  min,
  max,
}: ColumnProfile): boolean => {
  if (rows < 50 || missing > 0) return false;
  if (distinct !== null) return distinct.size === rows && (numbers === 0 || whole);
  return whole && max - min + 1 === rows;
};

/** All in one line that can be pasted: most of them are codes, or none. */
function codesRemark(columns: readonly ColumnProfile[]): readonly string[] {
  const names = columns.filter(mayBeCodes).map(({ name }) => quoted(name));
  if (names.length === 0) return [];
  return [
    `whole numbers of few values: those that are codes and not amounts belong behind --categorical ${names.join(' ')}`,
  ];
}

/** Whole numbers of so few values that they may be codes of categories. */
const mayBeCodes = ({ whole, distinct }: ColumnProfile): boolean =>
  whole && distinct !== null && distinct.size > 2 && distinct.size <= FEW_NUMBERS;

function draftNumeric(column: ColumnProfile): Drafted {
  const { name, min, max, missing, auc } = column;
  const leaks = auc !== null && auc >= LEAK_AUC;
  return {
    name,
    lines: [
      `  - name: ${scalar(name)}`,
      '    kind: numeric',
      `    ${rangeOf(min, max)} # in the data from ${min} to ${max}`,
      `    nullable: ${missing > 0}${missing > 0 ? ` # ${missing} missing` : ''}`,
    ],
    remark: leaks
      ? `${name}: tells the target almost alone (ROC AUC ${auc.toFixed(3)}): make sure that it is known before the outcome`
      : null,
  };
}

/** Ends that a name for the quantity would suggest too: a share stays within 0 and 1, an amount is not below 0. */
function rangeOf(min: number, max: number): string {
  if (min >= 0 && max <= 1) return 'range: { min: 0, max: 1 }';
  return min >= 0 ? 'range: { min: 0 }' : 'range: {}';
}

function draftCategorical({ name, distinct, missing }: ColumnProfile): Drafted {
  const values = [...(distinct ?? new Map<string, number>()).keys()];
  const inOrder = values.every((value) => Number.isFinite(Number(value)))
    ? values.toSorted((a, b) => Number(a) - Number(b))
    : values.toSorted();
  const rare = [...(distinct ?? new Map<string, number>())].filter(([, count]) => count < 10);
  return {
    name,
    lines: [
      `  - name: ${scalar(name)}`,
      '    kind: categorical',
      `    categories: [${inOrder.map(quoted).join(', ')}]`,
      `    nullable: ${missing > 0}${missing > 0 ? ` # ${missing} missing` : ''}`,
    ],
    remark:
      rare.length === 0
        ? null
        : `${name}: ${rare.length} categories have fewer than 10 rows; is any of them a slip of the pen?`,
  };
}

function leftOut(features: readonly Drafted[]): readonly string[] {
  const remarks = features.filter(({ lines }) => lines === null);
  return remarks.map(({ remark }) => `  # ${remark ?? ''}`);
}

/** A string as YAML writes it, quoted only where it must be. */
const scalar = (text: string): string => stringify(text).trim();
const quoted = (text: string): string => JSON.stringify(text);
