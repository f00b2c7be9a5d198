// Solutions of systems whose answer is known by construction.
import { solveCholesky } from './cholesky.ts';
import { Random } from '../../src/statistics/random.ts';

describe('solveCholesky', () => {
  it('solves a positive definite system', () => {
    const n = 12;
    const random = Random.of(4);
    const b = Float64Array.from({ length: n * n }, () => random.next() / 2 ** 32 - 0.5);
    const x = Float64Array.from({ length: n }, (_, i) => i - 3);
    // B B' + I is positive definite.
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let sum = i === j ? 1 : 0;
      for (let k = 0; k < n; k++) sum += (b[i * n + k] as number) * (b[j * n + k] as number);
      return sum;
    });
    const right = Float64Array.from({ length: n }, (_, i) =>
      x.reduce((sum, value, j) => sum + value * (a[i * n + j] as number), 0),
    );
    expect(solveCholesky(a, right)).toBe(true);
    right.forEach((value, i) => {
      expect(value).toBeCloseTo(x[i] as number, 12);
    });
  });

  it('says that a matrix is not positive definite', () => {
    expect(solveCholesky(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBe(false);
    expect(solveCholesky(Float64Array.of(NaN), Float64Array.of(1))).toBe(false);
  });
});
