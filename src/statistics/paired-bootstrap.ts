// The paired bootstrap: how far the mean of a per-row difference may be from what these rows show. Efron and Tibshirani, "An Introduction
// to the Bootstrap", 1993, chapter 13: percentile interval over resamples of the rows. Pure.
import type { Random } from './random.ts';

export interface MeanDifference {
  /** Mean over the rows themselves. */
  readonly difference: number;
  /** Ends of the percentile interval at the asked confidence. */
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  readonly random: Random;
  readonly resamples: number;
  readonly confidence?: number;
}

/** Resamples between two chances for others to run: of 5,000 rows, some two milliseconds. */
const RESAMPLES_PER_TURN = 20;

/**
 * `differences` [rows]: of each row, the loss of one model minus that of the other. Costs rows x resamples; gives way to other work in
 * between, because a server compares models while it answers. Throws RangeError for no rows.
 */
export async function pairedBootstrap(
  differences: Float64Array,
  { random, resamples, confidence = 0.95 }: BootstrapOptions,
): Promise<MeanDifference> {
  if (differences.length === 0) throw new RangeError('a bootstrap needs rows');
  const means = new Float64Array(resamples);
  for (let i = 0; i < resamples; i += 1) {
    means[i] = resampledMean(differences, random);
    if (i % RESAMPLES_PER_TURN === 0) await new Promise(setImmediate);
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return {
    difference: differences.reduce((sum, value) => sum + value, 0) / differences.length,
    low: quantile(means, tail),
    high: quantile(means, 1 - tail),
  };
}

function resampledMean(values: Float64Array, random: Random): number {
  const rows = values.length;
  let sum = 0;
  for (let i = 0; i < rows; i += 1) sum += values[random.nextInt(rows)] ?? Number.NaN;
  return sum / rows;
}

/** Linear between order statistics, as numpy.quantile does by default. `sorted` rises. */
function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (place - below) * (high - low);
}
