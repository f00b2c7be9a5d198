// What a plain distance does not see, and how few rows are outliers by chance; scikit-learn's figures are in test/reference.
import { chiSquareQuantile, fitMahalanobis, outlierBound } from './mahalanobis.ts';
import { Random } from './random.ts';

const uniform = (random: Random): number => random.next() / 2 ** 32;
const bell = (random: Random): number =>
  2 * (uniform(random) + uniform(random) + uniform(random) - 1.5);

/** Two columns that nearly agree, and one of its own. */
function rowsOf(rows: number, seed: number): readonly Float64Array[] {
  const random = Random.of(seed);
  const first = Float64Array.from({ length: rows }, () => bell(random));
  return [
    first,
    first.map((value) => 100 + 10 * (value + 0.1 * bell(random))),
    first.map(() => bell(random) ** 3),
  ];
}

describe('the Mahalanobis distance', () => {
  it('sees a row whose numbers are each common and never come together, and says which', () => {
    const columns = rowsOf(400, 1);
    const { squared, parts } = fitMahalanobis(columns);
    const bound = outlierBound(columns, 1e-3);
    expect(squared([1.5, 115, 0])).toBeLessThan(bound);
    const apart = squared([1.5, 85, 0]);
    expect(apart).toBeGreaterThan(bound);
    const [a = 0, b = 0, c = 0] = parts([1.5, 85, 0]);
    expect(Math.min(a, b)).toBeGreaterThan(10 * Math.abs(c));
    expect(a + b + c).toBeCloseTo(apart, 9);
  });

  it('flags next to no row of heavy tails, where the bound of normal rows alone would flag many', () => {
    const columns = rowsOf(500, 2);
    const fresh = rowsOf(2000, 3);
    const { squared, degrees } = fitMahalanobis(columns);
    const share = (bound: number): number =>
      fresh[0]?.filter((_, row) => squared(fresh.map((c) => c[row] as number)) > bound).length ?? 0;
    expect(share(outlierBound(columns, 1e-4))).toBeLessThanOrEqual(12);
    expect(share(chiSquareQuantile(1 - 1e-4, degrees))).toBeGreaterThan(15);
  });

  it('takes a missing number as the middle, and columns that do not vary or repeat others', () => {
    const [first = new Float64Array()] = rowsOf(50, 4);
    const { squared, degrees } = fitMahalanobis([first, first, first.map(() => 7)]);
    expect(degrees).toBe(2);
    const mean = first.reduce((sum, value) => sum + value, 0) / 50;
    expect(squared([Number.NaN, mean, 9])).toBeCloseTo(0, 12);
    expect(squared([3, 3, 7])).toBeGreaterThan(5);
    const signs = Float64Array.of(1, -1, 1, -1);
    expect(fitMahalanobis([signs, signs]).squared([1, -1])).toBeGreaterThan(1000);
    expect(fitMahalanobis([signs, signs]).squared([1, 1])).toBeCloseTo(1, 5);
  });

  it('has the quantiles of chi-square of scipy, to 1e-9', () => {
    expect(chiSquareQuantile(0.95, 9)).toBeCloseTo(16.918977604620448, 9);
    expect(chiSquareQuantile(0.999, 30)).toBeCloseTo(59.70306430442993, 9);
  });
});
