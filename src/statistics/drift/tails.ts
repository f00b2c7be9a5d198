// Upper tails of the chi-square and of Student's distribution, to about 1e-13 of their size.
import { normalTail } from '../normal.ts';
import { halfStepOfGamma } from './stirling.ts';

/**
 * P(chi-square > x) with so many degrees of freedom, an integer >= 1: a Poisson sum for even ones, its half-integer counterpart for odd
 * ones (Abramowitz and Stegun 26.4.4 and 26.4.5); every term is positive. Costs degrees / 2 terms.
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const y = x / 2;
  const odd = degrees % 2 === 1;
  let sum = odd ? 2 * normalTail(Math.sqrt(x)) : 0;
  // In logarithms: exp(-y) alone may be less than any float.
  let term = odd ? -y + Math.log(y) / 2 - Math.log(Math.PI) / 2 + Math.LN2 : -y;
  for (let a = odd ? 1.5 : 1; a <= degrees / 2; a += 1) {
    sum += Math.exp(term);
    term += Math.log(y / a);
  }
  return Math.min(1, sum);
}

/** P(|T| > |t|), Student's t with so many degrees of freedom > 0: the incomplete beta function I(v / (v + t^2); v / 2, 1 / 2). */
export function studentTail(t: number, degrees: number): number {
  const square = t * t;
  const [a, b] = [degrees / 2, 0.5];
  const x = degrees / (degrees + square);
  const rest = square / (degrees + square);
  // x^a (1 - x)^b / B(a, b); ln x by log1p, because x is near 1 where degrees are many.
  const front =
    Math.exp(-a * Math.log1p(square / degrees)) * Math.sqrt(rest / Math.PI) * halfStepOfGamma(a);
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(x, a, b)) / a;
  return 1 - (front * betaFraction(rest, b, a)) / b;
}

/** The continued fraction of the incomplete beta function by Lentz's method: Numerical Recipes, third edition, 6.4. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const numerator of [even, odd]) {
      d = 1 / nonZero(1 + numerator * d);
      c = nonZero(1 + numerator / c);
      step = d * c;
      fraction *= step;
    }
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return fraction;
}

const nonZero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
