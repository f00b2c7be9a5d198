// What a model answers on average as one raw feature takes one value after another: partial dependence (Friedman 2001).
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { quantile } from '../../src/statistics/summary.ts';
import type { Random } from '../../src/statistics/random.ts';
import { shortestDecimal } from '../../src/features/as-seen.ts';
import { columnOf, matrixOf, takeRows, type Float32Matrix } from '../numeric/matrix.ts';
import type { Predict } from './scores.ts';

export interface DependencePoint {
  /** A number, a category, or null where the feature is missing. */
  readonly value: number | string | null;
  /** Mean of the rows' predictions. */
  readonly mean: number;
  /** The 10th and the 90th percentile of the rows' predictions, nearest rank. */
  readonly low: number;
  readonly high: number;
}

export interface PartialDependence {
  readonly feature: string;
  readonly kind: FeatureSpec['kind'];
  /** Numbers rising, categories in code order; the missing value last, if the feature may be missing. */
  readonly points: readonly DependencePoint[];
}

const MOST_ROWS = 500;
const MOST_VALUES = 20;
/** The grid of a number ends at these quantiles, as scikit-learn's partial_dependence does: beyond them a few rows stretch the axis. */
const [FIRST, LAST] = [0.05, 0.95];

/**
 * As scikit-learn's partial_dependence with method 'brute': for each value of the grid the feature is set to it in all rows of a seeded
 * sample of at most 500, and the predictions averaged. The grid of a number is all its values where there are at most 20, or else the
 * distinct ones of 20 quantiles (nearest rank, so that counts stay counts); of categories all of them. `x` holds raw rows, float32 [N, F], N > 0.
 * Costs about 21 * F predictions of 500 rows.
 */
export function partialDependence(
  predict: Predict,
  features: readonly FeatureSpec[],
  x: Float32Matrix,
  random: Random,
): readonly PartialDependence[] {
  const sample = takeRows(x, sampleRows(x.rows, MOST_ROWS, random));
  return features.map((feature, column) => ({
    feature: feature.name,
    kind: feature.kind,
    points: gridOf(feature, columnOf(x, column)).map((cell) =>
      pointAt(predict, sample, feature, column, cell),
    ),
  }));
}

/** `most` of `rows` row numbers, rising; all where there are fewer. */
export function sampleRows(rows: number, most: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= most) return all;
  random.shuffle(all);
  return all.slice(0, most).sort();
}

/** Cells as a raw row holds them: numbers, codes, NaN for missing. */
function gridOf(feature: FeatureSpec, column: Float32Array): readonly number[] {
  const present = column.filter((value) => !Number.isNaN(value)).sort();
  const missing = feature.nullable || present.length < column.length ? [NaN] : [];
  if (feature.kind === 'categorical') return [...feature.categories.keys(), ...missing];
  const distinct = [...new Set(present)];
  if (distinct.length <= MOST_VALUES) return [...distinct, ...missing];
  const quantiles = Array.from({ length: MOST_VALUES }, (_, i) => {
    const share = FIRST + (i / (MOST_VALUES - 1)) * (LAST - FIRST);
    return present[Math.ceil(share * present.length) - 1] as number;
  });
  return [...new Set(quantiles), ...missing];
}

function pointAt(
  predict: Predict,
  sample: Float32Matrix,
  feature: FeatureSpec,
  column: number,
  cell: number,
): DependencePoint {
  const data = sample.data.slice();
  for (let at = column; at < data.length; at += sample.columns) data[at] = cell;
  const answers = [...predict(matrixOf(data, sample.columns))];
  return {
    value: valueOf(feature, cell),
    mean: answers.reduce((sum, answer) => sum + answer, 0) / answers.length,
    low: quantile(answers, 0.1) ?? NaN,
    high: quantile(answers, 0.9) ?? NaN,
  };
}

function valueOf(feature: FeatureSpec, cell: number): number | string | null {
  if (Number.isNaN(cell)) return null;
  return feature.kind === 'categorical'
    ? (feature.categories[cell] ?? null)
    : shortestDecimal(cell);
}
