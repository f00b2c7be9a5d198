// How much evidence there is of each class, and how far from 0 and 1 it lets a probability go.

export class CalibrationError extends Error {
  override readonly name = 'CalibrationError';
}

/** The most extreme probabilities that are given out: as float32 they are still neither 0 nor 1. */
export const LOWEST = 1e-7;
export const HIGHEST = 1 - 1e-7;

export interface Targets {
  /** What stands for a negative row. */
  readonly negative: number;
  /** What stands for a positive row. */
  readonly positive: number;
}

/**
 * Platt 1999: the targets (N+ + 1) / (N+ + 2) and 1 / (N- + 2) instead of 1 and 0, the means of a posterior under a uniform prior.
 * Weighted rows count as often as they weigh against the mean weight, so that the scale of the weights does not matter.
 */
export function smoothedTargets(y: Uint8Array, weights: Float64Array | null): Targets {
  let [positives, total] = [0, 0];
  y.forEach((label, row) => {
    const weight = weights === null ? 1 : (weights[row] as number);
    total += weight;
    if (label === 1) positives += weight;
  });
  const perWeight = y.length / total;
  return {
    negative: 1 / ((total - positives) * perWeight + 2),
    positive: 1 - 1 / (positives * perWeight + 2),
  };
}
