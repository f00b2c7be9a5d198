// The declared features, completed by what the training rows showed: what a bundle's features.json carries.
import type {
  CategoricalFeature,
  FeatureSpec,
  ModelFeature,
  NumericFeature,
} from '../../src/features/feature-spec.ts';
import type { Float32Matrix } from '../numeric/matrix.ts';
import { shortestDecimal } from '../../src/features/as-seen.ts';

/** A training part that says nothing about a feature. */
export class EmptyFeatureError extends Error {
  override readonly name = 'EmptyFeatureError';
}

/** Throws EmptyFeatureError where every value of a feature is missing. */
export function toModelFeatures(
  features: readonly FeatureSpec[],
  x: Float32Matrix,
): readonly ModelFeature[] {
  return features.map((feature, i) => {
    const values = presentValues(x, i);
    if (values.length === 0) {
      throw new EmptyFeatureError(
        `feature "${feature.name}": every value of the training part is missing`,
      );
    }
    return feature.kind === 'numeric' ? withRange(feature, values) : withMode(feature, values);
  });
}

function withRange(feature: NumericFeature, values: Float32Array): ModelFeature {
  const sorted = values.toSorted();
  const at = (index: number): number => shortestDecimal(sorted[index] ?? Number.NaN);
  const middle = (sorted.length - 1) / 2;
  const median = Math.fround((at(Math.floor(middle)) + at(Math.ceil(middle))) / 2);
  return {
    ...feature,
    training: { min: at(0), max: at(sorted.length - 1), median: shortestDecimal(median) },
  };
}

/** The most frequent category; of equally frequent ones the first declared. */
function withMode(feature: CategoricalFeature, values: Float32Array): ModelFeature {
  const counts = feature.categories.map(
    (_, code) => values.filter((value) => value === code).length,
  );
  const mode = feature.categories[counts.indexOf(Math.max(...counts))] ?? '';
  return { ...feature, training: { mode } };
}

const presentValues = ({ data, rows, columns }: Float32Matrix, column: number): Float32Array =>
  Float32Array.from(
    { length: rows },
    (_, row) => data[row * columns + column] ?? Number.NaN,
  ).filter((value) => !Number.isNaN(value));
