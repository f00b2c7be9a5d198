// Gauss-Legendre quadrature on [0, 1]: exact for polynomials, by Newton's method on the Legendre polynomial.

export interface Quadrature {
  /** Within (0, 1). */
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

const ITERATIONS = 100;

/** Exact for polynomials of degree 2 * count - 1. */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      const [value, derivative] = legendre(count, x);
      slope = derivative;
      const next = x - value / derivative;
      if (next === x || Math.abs(next - x) < Number.EPSILON / 2) break;
      x = next;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}

/** The Legendre polynomial of a degree and its derivative, by Bonnet's recursion. */
function legendre(degree: number, x: number): readonly [number, number] {
  let before = 1;
  let value = x;
  for (let n = 2; n <= degree; n++)
    [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
  return [value, (degree * (x * value - before)) / (x * x - 1)];
}
