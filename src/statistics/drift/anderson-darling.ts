// Anderson and Darling's test of two samples, as scipy.stats.anderson_ksamp with midranks: Scholz and Stephens 1987, "K-sample
// Anderson-Darling tests".
import type { NumericSample } from './numeric-sample.ts';
import { forEachTie } from './ties.ts';

/** Levels of Scholz and Stephens 1987, table 2, and the critical values of two samples. */
const LEVELS = [0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001];
const CRITICAL = [0.325, 1.226, 1.961, 2.718, 3.752, 4.592, 6.546];

/**
 * Anderson and Darling's test of two samples with midranks (Scholz and Stephens 1987), standardised; the p-value from the table by a
 * quadratic in its logarithm, never above 0.25 nor below 0.001. null where every value is the same.
 */
export function andersonDarling(reference: NumericSample, current: NumericSample): number | null {
  const standardised = andersonStatistic(reference, current);
  if (standardised === null) return null;
  if (standardised < (CRITICAL[0] as number)) return 0.25;
  if (standardised > (CRITICAL.at(-1) as number)) return 0.001;
  return Math.exp(quadraticThrough(CRITICAL, LEVELS.map(Math.log))(standardised));
}

function andersonStatistic(reference: NumericSample, current: NumericSample): number | null {
  const [n, m] = [reference.rows, current.rows];
  const rows = n + m;
  let [a2, distinct, seen, seenReference] = [0, 0, 0, 0];
  forEachTie(reference, current, ({ inReference, size }) => {
    distinct += 1;
    const middle = seen + size / 2;
    // The gap of the current sample is that of the reference with the other sign.
    const gap = rows * (seenReference + inReference / 2) - middle * n;
    const weight = middle * (rows - middle) - (rows * size) / 4;
    if (weight > 0) a2 += ((size / rows) * gap ** 2 * (1 / n + 1 / m)) / weight;
    seen += size;
    seenReference += inReference;
  });
  if (distinct < 2) return null;
  return ((a2 * (rows - 1)) / rows - 1) / Math.sqrt(andersonVariance(n, m));
}

/** Scholz and Stephens 1987, equation 4, for k = 2. */
function andersonVariance(n: number, m: number): number {
  const rows = n + m;
  const inverse = 1 / n + 1 / m;
  let [h, g] = [0, 0];
  for (let i = rows - 1; i >= 2; i -= 1) {
    h += 1 / i;
    g += h / (rows - i + 1);
  }
  h += 1;
  const a = 4 * g - 6 + (10 - 6 * g) * inverse;
  const b = 4 * (2 * g - 4) + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
  const c = 4 * (6 * h + 2 * g - 2) + 2 * (4 * h - 4 * g + 6) + (2 * h - 6) * inverse + 4 * h;
  const d = 4 * (2 * h + 6) - 8 * h;
  return (((a * rows + b) * rows + c) * rows + d) / ((rows - 1) * (rows - 2) * (rows - 3));
}

/** Least squares, by polynomials orthogonal on the points: 1, x - mean, and its square less what the two say of it. */
function quadraticThrough(x: readonly number[], y: readonly number[]): (at: number) => number {
  const dot = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
  const centre = x.reduce((sum, value) => sum + value, 0) / x.length;
  const linear = x.map((value) => value - centre);
  const lean =
    dot(
      linear,
      linear.map((v) => v * v),
    ) / dot(linear, linear);
  const level = dot(linear, linear) / x.length;
  const square = (v: number): number => v * v - lean * v - level;
  const bowed = linear.map(square);
  const [b0, b1, b2] = [
    y.reduce((sum, value) => sum + value, 0) / x.length,
    dot(linear, y) / dot(linear, linear),
    dot(bowed, y) / dot(bowed, bowed),
  ];
  return (at) => b0 + b1 * (at - centre) + b2 * square(at - centre);
}
