// A filled form against the contract of the model: the row to send, everything that is wrong with it at once, and what training never saw.
import { rowOf, type Draft, type Feature, type Row, type Value } from './features.ts';
import { readNumber } from './read-number.ts';

export type IssueCode =
  'missing' | 'not_a_number' | 'ambiguous' | 'not_finite' | 'range' | 'category';

export interface CheckedDraft {
  /** Complete only where there are no issues. */
  readonly row: Row;
  readonly issues: ReadonlyMap<string, IssueCode>;
  /** The features with a value outside what training saw. */
  readonly unusual: ReadonlySet<string>;
}

type Checked =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'issue'; readonly code: IssueCode };

export function checkDraft(
  features: readonly Feature[],
  draft: Draft,
  decimal: string,
): CheckedDraft {
  const cells: [string, Value][] = [];
  const issues = new Map<string, IssueCode>();
  const unusual = new Set<string>();
  for (const feature of features) {
    const checked = checkField(feature, draft.get(feature.name) ?? '', decimal);
    if (checked.kind === 'issue') {
      issues.set(feature.name, checked.code);
      continue;
    }
    cells.push([feature.name, checked.value]);
    if (isUnusual(feature, checked.value)) unusual.add(feature.name);
  }
  return { row: rowOf(cells), issues, unusual };
}

function checkField(feature: Feature, text: string, decimal: string): Checked {
  if (text.trim() === '')
    return feature.nullable ? { kind: 'value', value: null } : { kind: 'issue', code: 'missing' };
  return feature.kind === 'categorical'
    ? checkCategory(feature, text)
    : checkNumber(feature, text, decimal);
}

const checkCategory = ({ categories }: Feature, text: string): Checked =>
  categories?.includes(text) === true
    ? { kind: 'value', value: text }
    : { kind: 'issue', code: 'category' };

function checkNumber({ range }: Feature, text: string, decimal: string): Checked {
  const read = readNumber(text, decimal);
  if (read.kind !== 'number') return { kind: 'issue', code: read.kind };
  const { value } = read;
  if (!Number.isFinite(Math.fround(value))) return { kind: 'issue', code: 'not_finite' };
  const { min, max } = range ?? { min: null, max: null };
  return value < (min ?? -Infinity) || value > (max ?? Infinity)
    ? { kind: 'issue', code: 'range' }
    : { kind: 'value', value };
}

/** The model saw float32 numbers: both sides are rounded the same way, as the server does. */
const isUnusual = ({ min, max }: Feature, value: Value): boolean =>
  typeof value === 'number' &&
  (Math.fround(value) < Math.fround(min ?? -Infinity) ||
    Math.fround(value) > Math.fround(max ?? Infinity));

/** As the server takes it: up to 128 characters, none that controls a terminal, no halves of one. */
export const isKey = (key: string): boolean => key === '' || /^[^\p{Cc}\p{Cs}]{1,128}$/u.test(key);
