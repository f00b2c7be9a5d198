// Which column of a table is which feature: by name, in any order, each once.
import type { FieldError } from '../../common/errors.ts';
import type { ServedFeature } from '../../features/feature-spec.ts';
import { invalidUpload } from './upload-fault.ts';

export interface TableColumns {
  /** The feature of each column; NO_FEATURE: passed over, [columns]. */
  readonly features: readonly number[];
  /** Nullable features without a column: their values are missing. */
  readonly absent: readonly number[];
}

export const NO_FEATURE = -1;

const MOST_NAMED = 20;
const MAX_NAME = 64;

/** Columns that no model knows are refused, as unknown fields of a row are; `isIndex` tells those that data frames add. Throws INVALID_INPUT. */
export function matchColumns(
  names: readonly string[],
  features: readonly ServedFeature[],
  isIndex: (name: string, place: number) => boolean,
): TableColumns {
  const places = new Map(features.map(({ name }, i) => [name, i]));
  const columns = names.map((name) => places.get(name) ?? NO_FEATURE);
  const errors: FieldError[] = [];
  names.forEach((name, place) => {
    const feature = columns[place];
    if (feature === NO_FEATURE && !isIndex(name, place)) errors.push(unknown(name, place));
    else if (feature !== NO_FEATURE && names.indexOf(name) < place) errors.push(duplicate(name));
  });
  const absent = features.flatMap((_, i) => (columns.includes(i) ? [] : [i]));
  for (const i of absent) {
    const feature = features[i];
    if (feature?.nullable === false) errors.push(missing(feature.name));
  }
  if (errors.length > 0)
    throw invalidUpload(`The columns do not fit the model: ${listOf(errors)}.`, {
      errors: errors.slice(0, MOST_NAMED),
    });
  return Object.freeze({ features: columns, absent });
}

const unknown = (name: string, place: number): FieldError => ({
  field: name.trim() === '' ? `column ${place + 1}` : name.slice(0, MAX_NAME),
  code: 'unknown',
  expected: 'no column that is not a feature of the model',
  received: name.trim() === '' ? 'a column without a name' : 'a column',
});

const duplicate = (name: string): FieldError => ({
  field: name,
  code: 'duplicate',
  expected: 'each column once',
  received: 'the column again',
});

const missing = (name: string): FieldError => ({
  field: name,
  code: 'missing',
  expected: 'a column of that name',
  received: 'nothing',
});

function listOf(errors: readonly FieldError[]): string {
  const named = errors
    .slice(0, MOST_NAMED)
    .map(({ field, code }) => `${field} (${code})`)
    .join(', ');
  return errors.length > MOST_NAMED ? `${named} and ${errors.length - MOST_NAMED} more` : named;
}
