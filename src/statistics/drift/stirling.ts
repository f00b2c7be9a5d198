// What Stirling's formula leaves of ln n!, and what follows from it without cancellation: binomial probabilities and a ratio of gammas.
// Loader 2000, "Fast and accurate computation of binomial probabilities".

const SERIES_FROM = 16;

/** ln Gamma(x + 1) - ((x + 1/2) ln x - x + ln(2 pi) / 2), x > 0, by its asymptotic series: B(2k) / (2k (2k - 1) x^(2k - 1)). */
export function stirlingError(x: number): number {
  if (x >= SERIES_FROM) {
    const y = 1 / (x * x);
    const tail = 1 / 1680 - y * (1 / 1188 - y * (691 / 360360 - y / 156));
    return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * tail))) / x;
  }
  // ln Gamma(x + 1) = ln Gamma(x + 2) - ln(x + 1), in terms of the error.
  return stirlingError(x + 1) + (x + 0.5) * Math.log1p(1 / x) - 1;
}

/** x ln(x / mean) + mean - x, where `excess` = x - mean is known to full precision. */
function deviance(x: number, mean: number, excess: number): number {
  if (Math.abs(excess) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - excess;
  const v = excess / (x + mean);
  let sum = excess * v;
  let term = 2 * x * v;
  for (let k = 3; ; k += 2) {
    term *= v * v;
    const next = sum + term / k;
    if (next === sum) return sum;
    sum = next;
  }
}

/**
 * The probability of j successes of n, 0 < j < n, where n p = j + excess: the excess is asked for because j - n p would lose its digits.
 */
export function binomial(j: number, n: number, excess: number): number {
  const mean = j + excess;
  const rest = n - j;
  const exponent =
    stirlingError(n) -
    stirlingError(j) -
    stirlingError(rest) -
    deviance(j, mean, -excess) -
    deviance(rest, n - mean, excess);
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * j * rest));
}

/** Gamma(a + 1/2) / Gamma(a), a > 0. */
export function halfStepOfGamma(a: number): number {
  if (a < SERIES_FROM) return (halfStepOfGamma(a + 1) * a) / (a + 0.5);
  // ln Gamma(y) = ln Gamma(y + 1) - ln y, with Stirling's formula and its error.
  const exponent = a * Math.log1p(1 / (2 * a)) - 0.5 + stirlingError(a + 0.5) - stirlingError(a);
  return Math.sqrt(a) * Math.exp(exponent);
}
