// A field of a CSV as the value of a feature, by the rules of the files that models are trained on (ml/data/parse-cell.ts).
import type { ServedFeature } from '../../features/feature-spec.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

/** Nothing but white space is a missing value; a number may stand between white space, a category may not. */
export function csvValue(
  feature: ServedFeature,
  field: string,
): string | number | null | undefined {
  const text = field.trim();
  if (text === '') return feature.nullable ? null : undefined;
  if (feature.kind === 'categorical') return field;
  if (NUMBER.test(text)) return Number(text);
  // The encoder says of it that it is no finite number.
  return NOT_FINITE.test(text) ? Number.NaN : field;
}
