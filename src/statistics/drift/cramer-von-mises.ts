// The limit of Cramer and von Mises' statistic: Csorgo and Faraway 1996, "The exact and asymptotic distributions of Cramer-von Mises
// statistics", equation 1.3.

/** Terms less than this end the series, as in scipy: what follows is far smaller. */
const LEAST_TERM = 1e-7;

/** P(W2 > x) in the limit of many values; x finite. */
export function limitTail(x: number): number {
  if (!Number.isFinite(x)) throw new RangeError('expected a finite statistic');
  if (x < 0.003) return 1;
  let sum = 0;
  let gammas = Math.sqrt(Math.PI);
  for (let k = 0; ; k += 1) {
    // Gamma(k + 1 / 2) / Gamma(k + 1), step by step.
    if (k > 0) gammas *= (k - 0.5) / k;
    const y = 4 * k + 1;
    const q = y ** 2 / (16 * x);
    const term =
      ((gammas / (Math.PI ** 1.5 * Math.sqrt(x))) * Math.sqrt(y) * scaledBessel(q)) /
      Math.exp(2 * q);
    sum += term;
    if (term < LEAST_TERM) return Math.max(0, 1 - sum);
  }
}

const STEP = 1 / 16;

/**
 * e^q K(q) of the modified Bessel function of the second kind and order 1/4: the integral over t >= 0 of exp(-q (cosh t - 1)) cosh(t / 4) by
 * the trapezoidal rule, which for such integrands is right to the last digits once the step is small.
 */
function scaledBessel(q: number): number {
  let sum = 0.5;
  for (let i = 1; ; i += 1) {
    const t = i * STEP;
    const value = Math.exp(-2 * q * Math.sinh(t / 2) ** 2) * Math.cosh(t / 4);
    sum += value;
    if (value < 1e-18 * sum) return sum * STEP;
  }
}
