// Summaries of a sample of numbers.

/** null for no values. */
export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

export interface MeanAndSd {
  readonly mean: number;
  /** Standard deviation, divided by n - 1; 0 where n is 1. */
  readonly sd: number;
}

/** Of at least one value. */
export function meanAndSd(values: readonly number[]): MeanAndSd {
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return { mean: average, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** The smallest value that at least a share p of the values, 0 < p <= 1, do not exceed (nearest rank); null for no values. */
export function quantile(values: readonly number[], p: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.ceil(p * sorted.length) - 1] ?? null;
}

/** Pearson's product-moment correlation of two samples of one length; null where either does not vary. */
export function correlation(x: readonly number[], y: readonly number[]): number | null {
  const [meanX, meanY] = [mean(x), mean(y)];
  if (meanX === null || meanY === null || isConstant(x) || isConstant(y)) return null;
  let [xx, yy, xy] = [0, 0, 0];
  // Two passes: sums of deviations from the means lose no digits, sums of squares of the values would.
  for (let i = 0; i < x.length; i += 1) {
    const [dx, dy] = [(x[i] ?? 0) - meanX, (y[i] ?? 0) - meanY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return Math.min(1, Math.max(-1, xy / Math.sqrt(xx * yy)));
}

/** By the values themselves: rounding of the mean makes equal values deviate. */
const isConstant = (values: readonly number[]): boolean =>
  values.every((value) => value === values[0]);
