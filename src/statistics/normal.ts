// The standard normal distribution: upper tail and quantile.

/**
 * P(Z > z). The continued fraction of Abramowitz and Stegun 26.2.14 beyond 3, the series 26.2.11 below: absolute error under 1e-14.
 */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 3; Math.abs(term) > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = 0;
  for (let k = 100; k >= 1; k -= 1) fraction = k / (z + fraction);
  return density / (z + fraction);
}

/** The z with P(Z <= z) = p, 0 < p < 1, by bisection of the tail to full precision. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError('a quantile needs a probability between 0 and 1');
  let low = -40;
  let high = 40;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (1 - normalTail(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
