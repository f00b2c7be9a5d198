// reference.json: compact distributions of what training saw, which drift is measured against later.
import type { ModelFeature, RawRow } from '../../src/features/feature-spec.ts';
import type { FeatureReference, ReferenceFile } from '../../src/model/model-bundle.ts';

const MAX_BINS = 50;
const SCORE_BINS = 20;

/** `probabilities` are the final model's scores of the same rows. */
export function referenceOf(
  features: readonly ModelFeature[],
  rows: readonly RawRow[],
  probabilities: ArrayLike<number>,
): ReferenceFile {
  const counts = new Array<number>(SCORE_BINS).fill(0);
  for (let i = 0; i < probabilities.length; i++) {
    const bin = Math.min(SCORE_BINS - 1, Math.floor((probabilities[i] ?? 0) * SCORE_BINS));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const edges = Array.from({ length: SCORE_BINS + 1 }, (_, i) => i / SCORE_BINS);
  return {
    rows: rows.length,
    features: features.map((feature) =>
      feature.kind === 'numeric'
        ? numericReference(feature.name, rows)
        : categoricalReference(feature.name, feature.categories, rows),
    ),
    score: { edges, counts },
  };
}

function numericReference(name: string, rows: readonly RawRow[]): FeatureReference {
  const values = Float64Array.from(
    rows.map((row) => row[name]).filter((value) => typeof value === 'number'),
  ).sort();
  const edges = innerEdges(values);
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of values) {
    while (bin < edges.length && value > (edges[bin] ?? 0)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const quantiles =
    values.length === 0 ? [] : Array.from({ length: 101 }, (_, i) => quantile(values, i / 100));
  return { name, kind: 'numeric', missing: rows.length - values.length, edges, counts, quantiles };
}

/** Distinct quantiles below the maximum, so that no bin is empty: at most 49 bounds make 50 bins. */
function innerEdges(sorted: Float64Array): number[] {
  const maximum = sorted.at(-1);
  const bounds = Array.from({ length: MAX_BINS - 1 }, (_, i) => atRank(sorted, (i + 1) / MAX_BINS));
  return [...new Set(bounds)].filter((bound) => maximum !== undefined && bound < maximum);
}

/** The smallest value that at least a share `p` of the values do not exceed. */
const atRank = (sorted: Float64Array, p: number): number =>
  sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? 0;

/** Linear interpolation between order statistics (Hyndman and Fan's type 7, NumPy's default). */
function quantile(sorted: Float64Array, p: number): number {
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? 0;
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}

function categoricalReference(
  name: string,
  categories: readonly string[],
  rows: readonly RawRow[],
): FeatureReference {
  const positions = new Map(categories.map((category, i) => [category, i]));
  const counts = new Array<number>(categories.length).fill(0);
  let missing = 0;
  for (const row of rows) {
    const value = row[name] ?? null;
    const position = value === null ? undefined : positions.get(String(value));
    if (position === undefined) missing += 1;
    else counts[position] = (counts[position] ?? 0) + 1;
  }
  return { name, kind: 'categorical', missing, counts };
}
