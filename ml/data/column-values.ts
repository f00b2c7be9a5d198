// What the rows of a valid file hold in one column, by class: for the validation report.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { Dataset } from './load-table.ts';
import type { CategoricalValues, NumericValues } from './validation-report.ts';

const BINS = 20;
/** The share of rows on each side that the bins do not reach: a few extremes would leave the others one bin. */
const TAIL = 0.005;
/** Rows that quantiles are taken from; of more, every k-th. */
const RANKED_ROWS = 200_000;

export interface ColumnContent {
  readonly missing: number;
  /** null where every value is missing. */
  readonly values: NumericValues | CategoricalValues | null;
  readonly constant: boolean;
}

export function columnContent(dataset: Dataset, column: number): ColumnContent {
  const feature = dataset.features[column] as FeatureSpec;
  return feature.kind === 'numeric'
    ? numbersOf(dataset, column)
    : categoriesOf(dataset, column, feature.categories);
}

function numbersOf({ x, y, rows, features }: Dataset, column: number): ColumnContent {
  const width = features.length;
  let missing = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let at = column; at < rows * width; at += width) {
    const value = x[at] as number;
    if (Number.isNaN(value)) missing += 1;
    else {
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (missing === rows) return { missing, values: null, constant: false };
  const positives = new Array<number>(BINS).fill(0);
  const negatives = new Array<number>(BINS).fill(0);
  const sorted = ranked(x, column, width, rows);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const [low, high] = [at(TAIL), at(1 - TAIL)];
  const perBin = BINS / (high - low || 1);
  for (let row = 0; row < rows; row++) {
    const value = x[row * width + column] as number;
    if (Number.isNaN(value)) continue;
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor((value - low) * perBin)));
    const counts = y[row] === 1 ? positives : negatives;
    counts[bin] = (counts[bin] as number) + 1;
  }
  const edges = Array.from({ length: BINS + 1 }, (_, i) => low + ((high - low) * i) / BINS);
  const mean = sum / (rows - missing);
  const middle = (sorted.length - 1) / 2;
  const median =
    ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return {
    missing,
    values: { kind: 'numeric', min, median, max, mean, edges, positives, negatives },
    constant: min === max,
  };
}

/** The values that are there, ascending. */
function ranked(x: Float32Array, column: number, width: number, rows: number): Float32Array {
  const step = Math.max(1, Math.ceil(rows / RANKED_ROWS));
  const values = new Float32Array(Math.ceil(rows / step));
  let count = 0;
  for (let row = 0; row < rows; row += step) {
    const value = x[row * width + column] as number;
    if (!Number.isNaN(value)) values[count++] = value;
  }
  return values.subarray(0, count).sort();
}

function categoriesOf(
  { x, y, rows, features }: Dataset,
  column: number,
  names: readonly string[],
): ColumnContent {
  let missing = 0;
  const counts = names.map((name) => ({ name, positives: 0, negatives: 0 }));
  for (let row = 0; row < rows; row++) {
    const code = x[row * features.length + column] as number;
    const count = Number.isNaN(code) ? undefined : counts[code];
    if (count === undefined) missing += 1;
    else if (y[row] === 1) count.positives += 1;
    else count.negatives += 1;
  }
  const met = counts.filter(({ positives, negatives }) => positives + negatives > 0);
  return {
    missing,
    values: missing === rows ? null : { kind: 'categorical', categories: counts },
    constant: met.length === 1,
  };
}
