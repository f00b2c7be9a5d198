// One text cell of a data file -> the float32 that serving would encode: NaN where missing, the code of a category; or the weight of a row.
import type {
  CategoricalFeature,
  FeatureSpec,
  NumericFeature,
} from '../../src/features/feature-spec.ts';

/** How data files write a finite number. */
export const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** The encoded cell, or what was expected of it. */
export function parseCell(
  feature: FeatureSpec,
  text: string,
): number | { readonly message: string } {
  if (text.trim() === '') {
    return feature.nullable
      ? Number.NaN
      : { message: `expected ${expectation(feature)}, got nothing` };
  }
  return feature.kind === 'numeric'
    ? parseNumber(feature, text.trim())
    : parseCategory(feature, text);
}

function parseNumber(feature: NumericFeature, text: string): number | { readonly message: string } {
  if (!NUMBER.test(text)) {
    const came = NOT_FINITE.test(text) ? 'a number that is not finite' : 'text';
    return { message: `expected ${expectation(feature)}, got ${came}` };
  }
  const value = Number(text);
  if (!Number.isFinite(Math.fround(value))) {
    return { message: `expected ${expectation(feature)}, got a number too large for float32` };
  }
  const { min = -Infinity, max = Infinity } = feature.range ?? {};
  if (value < min || value > max) {
    return {
      message: `expected ${expectation(feature)}, got a ${value < min ? 'smaller' : 'larger'} one`,
    };
  }
  return Math.fround(value);
}

/** How much a row counts, in double: 0 or more, and never missing. */
export function parseWeight(cell: string): number | { readonly message: string } {
  const text = cell.trim();
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && Number.isFinite(value)) return value;
  const notFinite = NOT_FINITE.test(text) || Math.abs(value) === Infinity;
  const came =
    text === ''
      ? 'nothing'
      : notFinite
        ? 'a number that is not finite'
        : value < 0
          ? 'a negative one'
          : 'text';
  return { message: `expected a weight, a number of at least 0, got ${came}` };
}

function parseCategory(
  feature: CategoricalFeature,
  text: string,
): number | { readonly message: string } {
  const code = feature.categories.indexOf(text);
  return code >= 0 ? code : { message: `expected ${expectation(feature)}, got another value` };
}

/** In words, as `a number of at least 0`. */
export function expectation(feature: FeatureSpec): string {
  if (feature.kind === 'categorical') return oneOf(feature.categories);
  const { min, max } = feature.range ?? {};
  if (min === undefined) return max === undefined ? 'a number' : `a number of at most ${max}`;
  return max === undefined ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
}

/** Thousands of names would be no help, and telling them of each of thousands of cells takes longer than reading the file. */
const MOST_NAMED = 20;

const oneOf = (categories: readonly string[]): string =>
  categories.length <= MOST_NAMED
    ? `one of ${categories.join(', ')}`
    : `one of ${categories.slice(0, MOST_NAMED).join(', ')}, ... (${categories.length} in all)`;
