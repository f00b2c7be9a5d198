// A feature without what training saw of it: values outside are warned of by the block, not declined one by one.
import type { FeatureSpec, ServedFeature } from '../../features/feature-spec.ts';

export function untrained(feature: ServedFeature): FeatureSpec | ServedFeature {
  return feature.kind === 'numeric' ? { ...feature, training: null } : feature;
}
