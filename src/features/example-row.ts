// A row that any client can send at once: the training medians and modes, 0 where training is unknown. Used by the OpenAPI example and the greeting.
import type { ServedFeature, RawRow } from './feature-spec.ts';

export function exampleRow(features: readonly ServedFeature[]): RawRow {
  return Object.fromEntries(
    features.map((feature) => [
      feature.name,
      feature.kind === 'numeric' ? (feature.training?.median ?? 0) : feature.training.mode,
    ]),
  );
}
