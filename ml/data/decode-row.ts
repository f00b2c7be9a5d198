// A float32 row -> the raw row that encodes to it: what golden rows and examples show.
import type { FeatureSpec, RawRow, RawValue } from '../../src/features/feature-spec.ts';

/** Digits that any float32 needs at most (IEEE 754: 9 decimal digits tell all float32 values apart). */
const FLOAT32_DIGITS = 9;

export function decodeRow(features: readonly FeatureSpec[], cells: Float32Array): RawRow {
  return Object.fromEntries(
    features.map((feature, i) => [feature.name, decodeCell(feature, cells[i] ?? Number.NaN)]),
  );
}

function decodeCell(feature: FeatureSpec, cell: number): RawValue {
  if (Number.isNaN(cell)) return null;
  return feature.kind === 'categorical'
    ? (feature.categories[cell] ?? null)
    : shortestDecimal(cell);
}

/** The shortest decimal that rounds to this float32: 17.99 rather than 17.989999771118164. */
export function shortestDecimal(value: number): number {
  for (let digits = 1; digits < FLOAT32_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(FLOAT32_DIGITS));
}
