// Bins for measures on counts: Sturges' and Doane's rules as numpy has them, deciles of the reference, and one bin for each value.
import { momentsOf, type NumericSample, quantilesOf } from './numeric-sample.ts';

/** Counts of the two samples in the same bins. */
export interface BinnedPair {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

/**
 * Edges by Sturges' rule for a sample of so many rows: bins of the width range / (log2(rows) + 1), stretched so that a whole number of them
 * fills the range. The quotient is rounded up as numpy's floats have it.
 */
export const sturgesEdges = (low: number, high: number, rows: number): readonly number[] =>
  evenEdges(low, high, (high - low) / (Math.log2(rows) + 1));

/** Doane's rule: Sturges' with more bins for a skewed sample. numpy.histogram_bin_edges(x, 'doane'). */
export function doaneEdges(sample: NumericSample): readonly number[] {
  const { rows, values } = sample;
  const low = values[0] as number;
  const high = values.at(-1) as number;
  if (rows <= 2 || low === high) return evenEdges(low, high, 0);
  const spread = Math.sqrt((6 * (rows - 2)) / ((rows + 1) * (rows + 3)));
  const skewed = Math.log2(1 + Math.abs(momentsOf(sample).skewness) / spread);
  return evenEdges(low, high, (high - low) / (1 + Math.log2(rows) + skewed));
}

/** One bin of width 1 around a single value, one bin where the rule has no width. */
function evenEdges(low: number, high: number, width: number): readonly number[] {
  if (low === high) return [low - 0.5, high + 0.5];
  const range = high - low;
  const bins = width > 0 ? Math.ceil(range / width) : 1;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : i * (range / bins) + low));
}

/** Of bins [e(i), e(i+1)), the last one closed; values outside are in none. numpy.histogram. */
export function histogram(
  { values, counts }: NumericSample,
  edges: readonly number[],
): readonly number[] {
  const last = edges.length - 2;
  const bins = new Array<number>(last + 1).fill(0);
  const high = edges[last + 1] as number;
  let bin = 0;
  // Values rise: so do their bins.
  for (let i = firstAtLeast(values, edges[0] as number); i < values.length; i += 1) {
    const value = values[i] as number;
    if (value > high) break;
    while (bin < last && value >= (edges[bin + 1] as number)) bin += 1;
    bins[bin] = (bins[bin] as number) + (counts[i] as number);
  }
  return bins;
}

function firstAtLeast(rising: Float64Array, low: number): number {
  const first = rising.findIndex((value) => value >= low);
  return first < 0 ? rising.length : first;
}

/** Inner edges at the deciles of the reference, equal ones once; the outer bins are open, bins closed on the left (Phoenix, Scouter). */
export function decileBins(reference: NumericSample, current: NumericSample): BinnedPair {
  const shares = Array.from({ length: 9 }, (_, i) => (i + 1) / 10);
  const [low, high] = [reference.values[0] as number, reference.values.at(-1) as number];
  // A decile at an end of the range parts nothing from the rest.
  const inner = [...new Set(quantilesOf(reference, shares))].filter((e) => e > low && e < high);
  const edges = [-Infinity, ...(inner.length === 0 ? [high] : inner), Infinity];
  return { reference: histogram(reference, edges), current: histogram(current, edges) };
}
