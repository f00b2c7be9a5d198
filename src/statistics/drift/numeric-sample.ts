// A sample of numbers as its sorted distinct values with their counts: what every measure of drift on numbers reads, and all that any needs.

export interface NumericSample {
  readonly rows: number;
  /** Distinct, rising, finite. */
  readonly values: Float64Array;
  /** Of each value; they add up to `rows`. */
  readonly counts: Uint32Array;
}

/** Of finite values; NaN (missing) and the infinities are dropped, as Evidently does. Costs one sort. */
export function numericSample(column: ArrayLike<number>): NumericSample {
  const sorted = finite(Float64Array.from(column).sort());
  const values = new Float64Array(sorted.length);
  const counts = new Uint32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i += 1) {
    const value = sorted[i] as number;
    if (i === 0 || value !== values[last]) {
      last += 1;
      // -0 is 0.
      values[last] = value + 0;
    }
    counts[last] = (counts[last] as number) + 1;
  }
  const distinct = last + 1;
  return {
    rows: sorted.length,
    values: values.slice(0, distinct),
    counts: counts.slice(0, distinct),
  };
}

/** What is not finite sorts to the ends. */
function finite(sorted: Float64Array): Float64Array {
  const first = sorted.findIndex(Number.isFinite);
  const last = sorted.findLastIndex(Number.isFinite);
  return first < 0 ? sorted.subarray(0, 0) : sorted.subarray(first, last + 1);
}

export interface Moments {
  readonly mean: number;
  /** Divided by the rows, as numpy's default. */
  readonly sd: number;
  /** Third central moment over sd^3; 0 where sd is 0. */
  readonly skewness: number;
}

/** Of at least one row, in two passes: squares of the values themselves would lose digits. */
export function momentsOf({ rows, values, counts }: NumericSample): Moments {
  let [sum, squares, cubes] = [0, 0, 0];
  for (let i = 0; i < values.length; i += 1) sum += (values[i] as number) * (counts[i] as number);
  const mean = sum / rows;
  for (let i = 0; i < values.length; i += 1) {
    const deviation = (values[i] as number) - mean;
    const square = deviation * deviation * (counts[i] as number);
    squares += square;
    cubes += square * deviation;
  }
  const sd = Math.sqrt(squares / rows);
  return { mean, sd, skewness: sd === 0 ? 0 : cubes / rows / sd ** 3 };
}

/** Between order statistics, linear, as numpy.quantile does by default; of at least one row. */
export function quantilesOf(
  { rows, values, counts }: NumericSample,
  shares: readonly number[],
): readonly number[] {
  const upTo = new Float64Array(counts.length);
  let sum = 0;
  for (let i = 0; i < counts.length; i += 1) upTo[i] = sum += counts[i] as number;
  const at = (rank: number): number => values[firstAbove(upTo, rank)] as number;
  return shares.map((share) => {
    const place = share * (rows - 1);
    const below = Math.floor(place);
    const low = at(below);
    return low + (place - below) * (at(Math.min(below + 1, rows - 1)) - low);
  });
}

/** The first position of a rising list whose value is greater. */
function firstAbove(rising: ArrayLike<number>, value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The least and the greatest value of either; both have rows. */
export function rangeOf(a: NumericSample, b: NumericSample): readonly [number, number] {
  const low = Math.min(a.values[0] as number, b.values[0] as number);
  return [low, Math.max(a.values.at(-1) as number, b.values.at(-1) as number)];
}

/** Two samples on the distinct values of either, rising. */
export interface PooledSamples {
  readonly values: Float64Array;
  readonly reference: Uint32Array;
  readonly current: Uint32Array;
}

export function pooled(reference: NumericSample, current: NumericSample): PooledSamples {
  const [a, b] = [reference.values, current.values];
  const values = new Float64Array(a.length + b.length);
  const ofReference = new Uint32Array(values.length);
  const ofCurrent = new Uint32Array(values.length);
  let [i, j, size] = [0, 0, 0];
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) <= (b[j] as number));
    const value = (fromA ? a[i] : b[j]) as number;
    values[size] = value;
    if (a[i] === value) ofReference[size] = reference.counts[i++] as number;
    if (b[j] === value) ofCurrent[size] = current.counts[j++] as number;
    size += 1;
  }
  return {
    values: values.subarray(0, size),
    reference: ofReference.subarray(0, size),
    current: ofCurrent.subarray(0, size),
  };
}
