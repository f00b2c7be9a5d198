// One column of a file -> the feature that it may be, or why it is none: what init writes under `features` and says to look at.
import { stringify } from 'yaml';
import type { ColumnProfile } from './profile-columns.ts';

/** More text values than this are no category but names or free text. */
const MOST_CATEGORIES = 50;
/** Whole numbers of no more distinct values than this may be codes. */
const FEW_NUMBERS = 12;
/** Of fewer rows every column may happen to have another value in each. */
const ROWS_TO_TELL = 50;
/** A column that ranks the target this well alone is hardly known before the outcome. */
const LEAK_AUC = 0.99;
/** id, customer_id, "order nr", customerId, customerID. */
const NAMED_IDENTIFIER = /(^|[^a-z])(id|uuid|guid|key|nr)$/i;
const CAMEL_IDENTIFIER = /[a-z](Id|ID)$/;

/** What a column that is no feature can serve for. */
export type Role = 'names rows' | 'groups rows' | 'orders rows';

export interface DraftedColumn {
  readonly name: string;
  /** Lines of YAML under `features`; null for a column left out. */
  readonly lines: readonly string[] | null;
  /** What a person should look at, without the column's name. */
  readonly remark: string | null;
  readonly role: Role | null;
}

/** `forced`: a category though it is written as numbers. */
export function draftColumn(column: ColumnProfile, forced: boolean): DraftedColumn {
  const { name } = column;
  const there = column.rows - column.missing;
  const distinct = column.distinct?.size ?? Infinity;
  const out = (why: string, role: Role | null = null): DraftedColumn => ({
    name,
    lines: null,
    remark: `left out, ${why}`,
    role,
  });
  if (name === '') return out('it has no name; data frames write their row numbers so');
  if (there === 0) return out('every value is missing');
  if (distinct === 1) return out('every value is the same');
  if (column.dates === there) return draftDate(column, out);
  if (column.commaNumbers > 0 && column.commaNumbers + column.numbers === there)
    return out('its numbers have a decimal comma: write them with a point');
  if (namesRows(column))
    return out(
      'it names the rows and teaches nothing; validation.unique sees that no name comes twice',
      'names rows',
    );
  if (!forced && isNamedIdentifier(name) && distinct > MOST_CATEGORIES && !isFraction(column))
    return out(
      'it names what several rows are about; split.group keeps those on one side of every split',
      'groups rows',
    );
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

/** Whole numbers of so few values that they may be codes of categories. */
export const mayBeCodes = ({ name, whole, distinct }: ColumnProfile): boolean =>
  whole &&
  distinct !== null &&
  distinct.size > 2 &&
  distinct.size <= (isNamedIdentifier(name) ? MOST_CATEGORIES : FEW_NUMBERS);

const isNamedIdentifier = (name: string): boolean =>
  NAMED_IDENTIFIER.test(name) || CAMEL_IDENTIFIER.test(name);

const isFraction = ({ numbers, whole }: ColumnProfile): boolean => numbers > 0 && !whole;

/** Another value in each of many rows: texts, numbers that count on, or whatever is called an identifier. */
function namesRows({ name, rows, unique, numbers, min, max }: ColumnProfile): boolean {
  if (!unique || rows < ROWS_TO_TELL) return false;
  const counts = numbers === rows && max - min < 2 * rows;
  return numbers === 0 || counts || isNamedIdentifier(name);
}

function draftDate(
  { missing, isoDates, dates }: ColumnProfile,
  out: (why: string, role?: Role) => DraftedColumn,
): DraftedColumn {
  const why = 'these are dates: derive numbers from them, such as an age';
  if (missing > 0 || isoDates < dates) return out(why);
  return out(`${why}; split.time tests on the latest rows`, 'orders rows');
}

function draftNumeric(column: ColumnProfile): DraftedColumn {
  const { name, rows, min, max, missing, unique } = column;
  return {
    name,
    lines: [
      `  - name: ${scalar(name)}`,
      '    kind: numeric',
      `    ${rangeOf(min, max)} # in the data from ${min} to ${max}`,
      nullable(missing),
    ],
    remark:
      leakRemark(column) ??
      (unique && rows >= ROWS_TO_TELL
        ? 'another whole number in each row: delete it from features if it names the rows'
        : null),
    role: null,
  };
}

const leakRemark = ({ auc }: ColumnProfile): string | null =>
  auc !== null && auc >= LEAK_AUC
    ? `tells the target almost alone (ROC AUC ${auc.toFixed(3)}): make sure that it is known before the outcome`
    : null;

/** Ends that a name for the quantity would suggest too: a share stays within 0 and 1, an amount is not below 0. */
function rangeOf(min: number, max: number): string {
  if (min >= 0 && max <= 1) return 'range: { min: 0, max: 1 }';
  return min >= 0 ? 'range: { min: 0 }' : 'range: {}';
}

function draftCategorical({ name, distinct, missing }: ColumnProfile): DraftedColumn {
  const counts = distinct ?? new Map<string, number>();
  const values = [...counts.keys()];
  const inOrder = values.every((value) => Number.isFinite(Number(value)))
    ? values.toSorted((a, b) => Number(a) - Number(b))
    : values.toSorted();
  const rare = [...counts.values()].filter((count) => count < 10).length;
  return {
    name,
    lines: [
      `  - name: ${scalar(name)}`,
      '    kind: categorical',
      `    categories: [${inOrder.map(quoted).join(', ')}]`,
      nullable(missing),
    ],
    remark:
      rare === 0
        ? null
        : `${rare} categories have fewer than 10 rows; is any of them a slip of the pen?`,
    role: null,
  };
}

const nullable = (missing: number): string =>
  `    nullable: ${missing > 0}${missing > 0 ? ` # ${missing} missing` : ''}`;

/** A string as YAML writes it on one line, quoted only where it must be. */
export const scalar = (text: string): string =>
  /[\r\n]/.test(text) ? quoted(text) : stringify(text, { lineWidth: 0 }).trim();
export const quoted = (text: string): string => JSON.stringify(text);
