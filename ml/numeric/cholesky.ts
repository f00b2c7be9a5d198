// Solving symmetric positive definite systems: Cholesky's factorisation, and the two triangular solves that use it.

/**
 * Overwrites the lower triangle of `a` [n, n] row-major with its Cholesky factor L, A = L L'; the upper one is neither read nor written.
 * Returns false, with `a` spoilt, where a pivot (the square of a diagonal element of L) is not above `least`: with 0, where A is not positive
 * definite in float64. n^3 / 6 multiplications.
 */
export function factorCholesky(a: Float64Array, n: number, least = 0): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j < i; j++) {
      const sum = (a[row + j] as number) - dot(a, row, a, j * n, j);
      a[row + j] = sum / (a[j * n + j] as number);
    }
    const pivot = (a[row + i] as number) - dot(a, row, a, row, i);
    if (!(pivot > least && pivot < Infinity)) return false;
    a[row + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Overwrites `b` [n] with the solution x of L L' x = b, L the lower triangle of `factor` [n, n]. n^2 multiplications. */
export function solveFactored(factor: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++)
    b[i] = ((b[i] as number) - dot(factor, i * n, b, 0, i)) / (factor[i * n + i] as number);
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const x = (b[i] as number) / (factor[row + i] as number);
    b[i] = x;
    for (let k = 0; k < i; k++) b[k] = (b[k] as number) - x * (factor[row + k] as number);
  }
}

/**
 * Solves A x = b in place: `a` [n, n] row-major (its lower triangle is read and overwritten by the factor), `b` [n] overwritten by x.
 * Returns false, with `a` spoilt, where A is not positive definite in float64.
 */
export function solveCholesky(a: Float64Array, b: Float64Array): boolean {
  if (!factorCholesky(a, b.length)) return false;
  solveFactored(a, b);
  return true;
}

/** The sum of a[p + k] b[q + k] over k < length; four sums at once, because each addition waits for the last one of its sum. */
function dot(a: Float64Array, p: number, b: Float64Array, q: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += (a[p + k] as number) * (b[q + k] as number);
    s1 += (a[p + k + 1] as number) * (b[q + k + 1] as number);
    s2 += (a[p + k + 2] as number) * (b[q + k + 2] as number);
    s3 += (a[p + k + 3] as number) * (b[q + k + 3] as number);
  }
  for (; k < length; k++) s0 += (a[p + k] as number) * (b[q + k] as number);
  return s0 + s1 + (s2 + s3);
}
