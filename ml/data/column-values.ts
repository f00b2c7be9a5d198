// What the rows of a valid file hold in one column, by class: for the validation report.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { Dataset } from './load-table.ts';
import type { CategoricalValues, NumericValues } from './validation-report.ts';

const BINS = 20;
/** The share of rows on each side that the bins do not reach: a few extremes would leave the others one bin. */
const TAIL = 0.005;
/** Values that the median and the ends of the bins are taken from; of more, every k-th. */
export const RANKED_VALUES = 200_000;
/** Of a column; of more, the smallest are summed up. */
export const MOST_CATEGORIES = 200;

export interface ColumnContent {
  readonly missing: number;
  /** null where every value is missing. */
  readonly values: NumericValues | CategoricalValues | null;
  readonly constant: boolean;
}

export function columnContent(dataset: Dataset, column: number): ColumnContent {
  const { features, x, y } = dataset;
  const feature = features[column] as FeatureSpec;
  return feature.kind === 'numeric'
    ? numbersOf({ values: x, from: column, step: features.length }, y)
    : categoriesOf(dataset, column, feature.categories);
}

/** null where no column says how much a row counts. */
export function weightsContent({ weights, y }: Dataset): ColumnContent | null {
  return weights === null ? null : numbersOf({ values: weights, from: 0, step: 1 }, y);
}

/** Row i has the value at `from` + i `step`; NaN where it has none. */
interface Cells {
  readonly values: Float32Array | Float64Array;
  readonly from: number;
  readonly step: number;
}

function numbersOf(cells: Cells, y: Uint8Array): ColumnContent {
  const { values, from, step } = cells;
  const rows = y.length;
  let missing = 0;
  let sum = 0;
  let min = Infinity;
  let max = -Infinity;
  for (let at = from; at < values.length; at += step) {
    const value = values[at] as number;
    if (Number.isNaN(value)) missing += 1;
    else {
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (missing === rows) return { missing, values: null, constant: false };
  const sorted = ranked(cells, rows - missing);
  const middle = (sorted.length - 1) / 2;
  return {
    missing,
    values: {
      kind: 'numeric',
      min,
      median: ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2,
      max,
      mean: sum / (rows - missing),
      ...histogram(cells, y, edgesOf(sorted, min, max)),
    },
    constant: min === max,
  };
}

/** The values that are there, or as many of them as are ranked, ascending. */
function ranked({ values, from, step }: Cells, count: number): Float32Array {
  const stride = Math.ceil(count / RANKED_VALUES);
  const found = new Float32Array(Math.ceil(count / stride));
  let met = 0;
  for (let at = from; at < values.length; at += step) {
    const value = values[at] as number;
    if (Number.isNaN(value)) continue;
    if (met % stride === 0) found[met / stride] = value;
    met += 1;
  }
  return found.sort();
}

/**
 * Bins of one width. Whole numbers get bins of as many of them each, the middle one in the middle: else a code would stand beside its
 * mark on the axis, and counts would rise and fall with the whole numbers that a bin happens to hold.
 */
function edgesOf(sorted: Float32Array, min: number, max: number): readonly number[] {
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const whole = sorted.every((value) => Number.isInteger(value));
  const [low, high] = whole && max - min < BINS ? [min, max] : [at(TAIL), at(1 - TAIL)];
  if (!whole) return Array.from({ length: BINS + 1 }, (_, i) => low + ((high - low) * i) / BINS);
  const width = Math.ceil((high - low + 1) / BINS);
  const bins = Math.ceil((high - low + 1) / width);
  return Array.from({ length: bins + 1 }, (_, i) => low - 0.5 + i * width);
}

function histogram(
  { values, from, step }: Cells,
  y: Uint8Array,
  edges: readonly number[],
): Pick<NumericValues, 'edges' | 'positives' | 'negatives'> {
  const bins = edges.length - 1;
  const low = edges[0] as number;
  const perBin = bins / ((edges[bins] as number) - low || 1);
  const positives = new Array<number>(bins).fill(0);
  const negatives = new Array<number>(bins).fill(0);
  for (let row = 0; row < y.length; row++) {
    const value = values[from + row * step] as number;
    if (Number.isNaN(value)) continue;
    const bin = Math.max(0, Math.min(bins - 1, Math.floor((value - low) * perBin)));
    const counts = y[row] === 1 ? positives : negatives;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return { edges, positives, negatives };
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
    values: missing === rows ? null : { kind: 'categorical', categories: summedUp(counts) },
    constant: met.length === 1,
  };
}

/** The largest, in the order of the declaration, and all others as one. */
function summedUp(all: CategoricalValues['categories']): CategoricalValues['categories'] {
  if (all.length <= MOST_CATEGORIES) return all;
  const size = ({ positives, negatives }: (typeof all)[number]): number => positives + negatives;
  const largest = new Set(all.toSorted((a, b) => size(b) - size(a)).slice(0, MOST_CATEGORIES));
  const others = all.filter((each) => !largest.has(each));
  return [
    ...all.filter((each) => largest.has(each)),
    {
      name: `${others.length} others`,
      positives: others.reduce((sum, { positives }) => sum + positives, 0),
      negatives: others.reduce((sum, { negatives }) => sum + negatives, 0),
    },
  ];
}
