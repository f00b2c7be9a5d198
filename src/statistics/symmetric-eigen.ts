// Eigenvalues and eigenvectors of a symmetric matrix by cyclic rotations: Jacobi 1846, Golub and Van Loan, "Matrix computations", 8.5.

export interface SymmetricEigen {
  /** Falling. */
  readonly values: readonly number[];
  /** Of length 1, in the order of the values; the greatest entry of each is positive. */
  readonly vectors: readonly Float64Array[];
}

const MOST_SWEEPS = 60;

/** Costs some ten n^3; the matrix is left as it is. */
export function symmetricEigen(matrix: readonly Float64Array[]): SymmetricEigen {
  const size = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = a.map((_, i) => Float64Array.from({ length: size }, (__, j) => Number(i === j)));
  const scale = a.reduce((sum, row) => sum + row.reduce((part, x) => part + x * x, 0), 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > 1e-30 * scale; sweep += 1) {
    for (let p = 0; p < size; p += 1) for (let q = p + 1; q < size; q += 1) rotate(a, v, p, q);
  }
  const order = a.map((_, i) => i).sort((i, j) => at(a, j, j) - at(a, i, i) || i - j);
  return {
    values: order.map((i) => at(a, i, i)),
    vectors: order.map((i) => upright(Float64Array.from(v, (row) => row[i] as number))),
  };
}

const at = (matrix: readonly Float64Array[], i: number, j: number): number =>
  (matrix[i] as Float64Array)[j] as number;

function offDiagonal(a: readonly Float64Array[]): number {
  let sum = 0;
  a.forEach((row, i) => {
    row.forEach((x, j) => (sum += i === j ? 0 : x * x));
  });
  return sum;
}

/** Makes entry (p, q) zero. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number): void {
  const entry = at(a, p, q);
  if (entry === 0) return;
  const theta = (at(a, q, q) - at(a, p, p)) / (2 * entry);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (const row of [...a, ...v]) {
    const [x, y] = [row[p] as number, row[q] as number];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  }
  const [rowP, rowQ] = [a[p] as Float64Array, a[q] as Float64Array];
  for (let k = 0; k < a.length; k += 1) {
    const [x, y] = [rowP[k] as number, rowQ[k] as number];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
}

/** A vector and its negative are the same direction: one of them. */
function upright(vector: Float64Array): Float64Array {
  const greatest = vector.reduce((a, b) => (Math.abs(b) > Math.abs(a) + 1e-12 ? b : a), 0);
  return greatest < 0 ? vector.map((x) => -x) : vector;
}
