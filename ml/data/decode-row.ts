// A float32 row -> the raw row that encodes to it: what golden rows and examples show.
import { shortestDecimal } from '../../src/features/as-seen.ts';
import type { FeatureSpec, RawRow, RawValue } from '../../src/features/feature-spec.ts';

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
