// How far a row lies from the middle of a sample, in deviations along the directions in which its columns vary together: Mahalanobis 1936, the
// covariance shrunk as Ledoit and Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices".
import { chiSquareTail } from './drift/tails.ts';

/** Of rows [columns]; a missing number (NaN) lies in the middle. */
export interface Mahalanobis {
  readonly squared: (row: ArrayLike<number>) => number;
  /** What each column adds to the squared distance: adds up to it; that of a column that makes up for others may be negative. */
  readonly parts: (row: ArrayLike<number>) => Float64Array;
  /** Columns that vary: degrees of freedom of the squared distance of normal rows. */
  readonly degrees: number;
  /** Share of the covariance that is the mean variance in every direction. */
  readonly shrinkage: number;
}

/** Folds of the reference, each measured by the others. */
const FOLDS = 5;

/** Of at least one row. Columns that do not vary count for nothing. A distance costs degrees^2 / 2 multiplications. */
export function fitMahalanobis(columns: readonly Float64Array[]): Mahalanobis {
  const scales = columns.map(scaleOf);
  const places = [...scales.keys()].filter((i) => scales[i]?.deviation !== 0);
  const means = Float64Array.from(places, (i) => scales[i]?.mean ?? 0);
  const deviations = Float64Array.from(places, (i) => scales[i]?.deviation ?? 1);
  const scaled = (k: number, value: number): number =>
    Number.isNaN(value) ? 0 : (value - (means[k] as number)) / (deviations[k] as number);
  const { factor, shrinkage } = shrunkFactor(
    places.map((i, k) => (columns[i] as Float64Array).map((value) => scaled(k, value))),
  );
  const half = new Float64Array(places.length);
  return {
    degrees: places.length,
    shrinkage,
    squared: (row) => {
      let sum = 0;
      for (let k = 0; k < places.length; k += 1) {
        const line = factor[k] as Float64Array;
        let rest = scaled(k, row[places[k] as number] as number);
        for (let j = 0; j < k; j += 1) rest -= (line[j] as number) * (half[j] as number);
        half[k] = rest / (line[k] as number);
        sum += (half[k] as number) ** 2;
      }
      return sum;
    },
    parts: (row) => {
      const z = Float64Array.from(places, (i, k) => scaled(k, row[i] as number));
      const weights = solve(factor, z);
      const parts = new Float64Array(columns.length);
      places.forEach((i, k) => (parts[i] = (z[k] as number) * (weights[k] as number)));
      return parts;
    },
  };
}

/**
 * The squared distance beyond which a row is an outlier: what normal rows exceed with the probability `tail`, and no less than any row of
 * the reference lies from the others, because columns are seldom normal.
 */
export function outlierBound(columns: readonly Float64Array[], tail: number): number {
  const rows = columns[0]?.length ?? 0;
  const { degrees } = fitMahalanobis(columns);
  let bound = chiSquareQuantile(1 - tail, degrees);
  for (let fold = 0; fold < Math.min(FOLDS, rows - 1); fold += 1) {
    const { squared } = fitMahalanobis(
      columns.map((column) => column.filter((_, row) => row % FOLDS !== fold)),
    );
    for (let row = fold; row < rows; row += FOLDS) {
      bound = Math.max(bound, squared(columns.map((column) => column[row] as number)));
    }
  }
  return bound;
}

/** The x with P(chi-square <= x) = p, by bisection. */
export function chiSquareQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError('a quantile needs a probability between 0 and 1');
  if (degrees === 0) return 0;
  let [low, high] = [0, degrees + 1];
  while (chiSquareTail(high, degrees) > 1 - p) high *= 2;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (chiSquareTail(middle, degrees) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

interface Scale {
  readonly mean: number;
  /** 0 where the column does not vary. */
  readonly deviation: number;
}

function scaleOf(column: Float64Array): Scale {
  const known = column.filter(Number.isFinite);
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / known.length);
  return { mean, deviation: deviation > Math.abs(mean) * 1e-12 ? deviation : 0 };
}

/** Of columns with mean 0 the Cholesky factor of their shrunk covariance. */
function shrunkFactor(columns: readonly Float64Array[]): {
  readonly factor: readonly Float64Array[];
  readonly shrinkage: number;
} {
  const size = columns.length;
  const covariance = columns.map((a) => Float64Array.from(columns, (b) => meanProduct(a, b)));
  const target = covariance.reduce((sum, row, i) => sum + (row[i] as number), 0) / size;
  const shrinkage = shrinkageOf(columns, covariance, target);
  const shrunk = covariance.map((row, i) =>
    row.map((x, j) => (1 - shrinkage) * x + (i === j ? shrinkage * target : 0)),
  );
  return { factor: cholesky(shrunk), shrinkage };
}

/** Ledoit and Wolf 2004, section 3.3: the error of the covariance over its distance from the target, each as a mean square. */
function shrinkageOf(
  columns: readonly Float64Array[],
  covariance: readonly Float64Array[],
  target: number,
): number {
  const rows = columns[0]?.length ?? 0;
  let [fourths, squares, distance] = [0, 0, 0];
  for (let row = 0; row < rows; row += 1) {
    const length = columns.reduce((sum, column) => sum + (column[row] as number) ** 2, 0);
    fourths += length ** 2;
  }
  covariance.forEach((line, i) => {
    line.forEach((x, j) => {
      squares += x * x;
      distance += (x - (i === j ? target : 0)) ** 2;
    });
  });
  const error = (fourths / rows - squares) / rows;
  // Never 0: columns that are sums of others would leave a direction without any variance.
  return Math.max(1e-6, distance === 0 ? 1 : Math.min(1, error / distance));
}

function meanProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < a.length; row += 1) sum += (a[row] as number) * (b[row] as number);
  return sum / a.length;
}

/** The lower triangle L of L L' = matrix, which is positive definite. */
function cholesky(matrix: readonly Float64Array[]): readonly Float64Array[] {
  const factor: Float64Array[] = [];
  matrix.forEach((line, i) => {
    const row = new Float64Array(matrix.length);
    factor.push(row);
    for (let j = 0; j <= i; j += 1) {
      const other = factor[j] as Float64Array;
      let rest = line[j] as number;
      for (let k = 0; k < j; k += 1) rest -= (row[k] as number) * (other[k] as number);
      row[j] = i === j ? Math.sqrt(rest) : rest / (other[j] as number);
    }
  });
  return factor;
}

/** x of L L' x = z. */
function solve(factor: readonly Float64Array[], z: Float64Array): Float64Array {
  const x = Float64Array.from(z);
  factor.forEach((row, i) => {
    let rest = x[i] as number;
    for (let k = 0; k < i; k += 1) rest -= (row[k] as number) * (x[k] as number);
    x[i] = rest / (row[i] as number);
  });
  for (let i = x.length - 1; i >= 0; i -= 1) {
    let rest = x[i] as number;
    for (let k = i + 1; k < x.length; k += 1) {
      rest -= ((factor[k] as Float64Array)[i] as number) * (x[k] as number);
    }
    x[i] = rest / ((factor[i] as Float64Array)[i] as number);
  }
  return x;
}
