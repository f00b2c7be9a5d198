// A row that any client can send at once: the training medians and modes. Used by the OpenAPI example and the greeting.
import type { ModelFeature, RawRow } from './feature-spec.ts';

export function exampleRow(features: readonly ModelFeature[]): RawRow {
  return Object.fromEntries(
    features.map((feature) => [
      feature.name,
      feature.kind === 'numeric' ? feature.training.median : feature.training.mode,
    ]),
  );
}
