// One text cell of a data file -> the float32 that serving would encode: NaN where missing, the code of a category.
import type { CategoricalFeature, FeatureSpec, NumericFeature } from '../../src/features/feature-spec.ts';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;

/** The encoded cell, or what was expected of it. */
export function parseCell(feature: FeatureSpec, text: string): number | { readonly message: string } {
  if (text.trim() === '') {
    return feature.nullable ? Number.NaN : { message: `expected ${expectation(feature)}, got nothing` };
  }
  return feature.kind === 'numeric' ? parseNumber(feature, text.trim()) : parseCategory(feature, text);
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
    return { message: `expected ${expectation(feature)}, got a ${value < min ? 'smaller' : 'larger'} one` };
  }
  return Math.fround(value);
}

function parseCategory(feature: CategoricalFeature, text: string): number | { readonly message: string } {
  const code = feature.categories.indexOf(text);
  return code >= 0 ? code : { message: `expected ${expectation(feature)}, got another value` };
}

function expectation(feature: FeatureSpec): string {
  if (feature.kind === 'categorical') return `one of ${feature.categories.join(', ')}`;
  const { min, max } = feature.range ?? {};
  if (min === undefined) return max === undefined ? 'a number' : `a number of at most ${max}`;
  return max === undefined ? `a number of at least ${min}` : `a number from ${min} to ${max}`;
}
