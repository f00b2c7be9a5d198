// Where numbers are cut into bins that hold about as many rows each.
import { thresholdBetween } from './threshold.ts';

/**
 * The upper ends of at most `maxBins` bins of `sorted` (ascending, no NaN), the last Infinity: bin b holds uppers[b - 1] < x <= uppers[b].
 * Few distinct values have a bin each. Of many, those as heavy as a mean bin have their own, and the others fill bins greedily up to
 * the mean of what is left (as LightGBM, Ke et al. 2017).
 */
export function equalCountUppers(sorted: Float32Array, maxBins: number): Float32Array {
  const { values, counts } = distinct(sorted);
  const ends = values.length <= maxBins ? counts.keys() : greedyEnds(counts, maxBins);
  const uppers: number[] = [];
  for (const end of ends)
    if (end + 1 < values.length)
      uppers.push(thresholdBetween(values[end] as number, values[end + 1] as number));
  uppers.push(Infinity);
  return Float32Array.from(uppers);
}

function distinct(sorted: Float32Array): { values: Float32Array; counts: Int32Array } {
  const values = new Float32Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let last = -1;
  for (const value of sorted) {
    // -0 equals 0 here as in every comparison with a threshold.
    if (last < 0 || values[last] !== value) values[++last] = value;
    counts[last] = (counts[last] as number) + 1;
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/** The last distinct value of each bin but the last bin. */
function greedyEnds(counts: Int32Array, maxBins: number): readonly number[] {
  const mean = counts.reduce((sum, count) => sum + count, 0) / maxBins;
  let rows = 0;
  let bins = maxBins;
  for (const count of counts)
    if (count >= mean) bins--;
    else rows += count;
  const heavy = (value: number): boolean => (counts[value] as number) >= mean;
  const ends: number[] = [];
  let held = 0;
  let size = rows / bins;
  for (let value = 0; value + 1 < counts.length && ends.length + 1 < maxBins; value++) {
    held += counts[value] as number;
    if (!heavy(value)) rows -= counts[value] as number;
    const full = heavy(value) || held >= size || (heavy(value + 1) && held >= size / 2);
    if (!full) continue;
    ends.push(value);
    held = 0;
    if (!heavy(value)) size = rows / Math.max(1, --bins);
  }
  return ends;
}
