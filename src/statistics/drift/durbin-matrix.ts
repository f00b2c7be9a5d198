// Kolmogorov's distribution exactly, by powers of Durbin's matrix: for few values, or a statistic that is small for many.

/** Products are scaled by this before they leave what a float can hold. */
const LARGE = 2 ** 128;

interface Scaled {
  readonly matrix: Float64Array;
  /** The matrix stands for itself times LARGE to this power. */
  readonly scale: number;
}

/**
 * P(D <= d) for n values: the middle of the n-th power of a matrix of 2 ceil(n d) - 1 rows, times n! / n^n (Durbin 1968; Marsaglia, Tsang
 * and Wang 2003). Costs rows^3 log n: for d near 1 / n.
 */
export function durbinMatrix(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const middle = (k - 1) * size + k - 1;
  const { matrix, scale } = power({ matrix: transitions(k, k - n * d), scale: 0 }, n, size, middle);
  let probability = matrix[middle] as number;
  let exponent = scale;
  for (let i = 1; i <= n; i += 1) {
    probability *= i / n;
    if (probability > 0 && probability < 1 / LARGE) {
      probability *= LARGE;
      exponent -= 1;
    }
  }
  return Math.min(1, probability * LARGE ** exponent);
}

function transitions(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const matrix = new Float64Array(size * size);
  const inverse = new Float64Array(size + 1);
  inverse[0] = 1;
  for (let j = 1; j <= size; j += 1) inverse[j] = (inverse[j - 1] as number) / j;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= Math.min(size - 1, row + 1); column += 1) {
      matrix[row * size + column] = inverse[row - column + 1] as number;
    }
  }
  for (let j = 1; j < size; j += 1) {
    const edge = (1 - h ** j) * (inverse[j] as number);
    matrix[(j - 1) * size] = edge;
    matrix[(size - 1) * size + size - j] = edge;
  }
  const corner = 1 + Math.max(2 * h - 1, 0) ** size - 2 * h ** size;
  matrix[(size - 1) * size] = corner * (inverse[size] as number);
  return matrix;
}

function power(base: Scaled, exponent: number, size: number, middle: number): Scaled {
  if (exponent === 1) return base;
  const half = power(base, Math.floor(exponent / 2), size, middle);
  const square = product(half, half, size, middle);
  return exponent % 2 === 0 ? square : product(square, base, size, middle);
}

function product(a: Scaled, b: Scaled, size: number, middle: number): Scaled {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < size; k += 1) {
      const factor = a.matrix[i * size + k] as number;
      for (let j = 0; j < size; j += 1) {
        const at = i * size + j;
        matrix[at] = (matrix[at] as number) + factor * (b.matrix[k * size + j] as number);
      }
    }
  }
  const scale = a.scale + b.scale;
  if ((matrix[middle] as number) <= LARGE) return { matrix, scale };
  return { matrix: matrix.map((value) => value / LARGE), scale: scale + 1 };
}
