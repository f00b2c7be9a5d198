// Multivariate drift by principal components: rows of the reference are scaled and reduced to the components that hold 65 % of their variance;
// how far rows of the window are from what those components give back tells whether columns hang together as they did. As NannyML 0.13.
import { symmetricEigen } from '../symmetric-eigen.ts';
import type { ColumnPair } from './design-rows.ts';
import type { DriftVerdict } from './drift-of.ts';
import { isEnough, MINIMUM_FITTED, type SideRows, verdictOf } from './multivariate-verdict.ts';

const VARIANCE_KEPT = 0.65;
const CHUNKS = 10;
const DEVIATIONS = 3;
/** Student's t with the nine degrees of freedom of ten chunks is beyond it with a probability of 0.2 %. */
const STANDARD_ERRORS = 4.3;

export interface PcaReconstruction {
  /** Mean Euclidean distance, in deviations of the reference; null for too few rows. */
  readonly reconstruction_error: {
    readonly reference_mean: number;
    /** Mean of ten chunks of the reference, less and more three deviations of theirs (ddof 0). */
    readonly low: number;
    readonly high: number;
    readonly current: number;
  } | null;
  readonly components: number;
  /** Share of the variance that they hold. */
  readonly explained_variance: number;
  /** Ours: outside the bounds, and beyond what chance in rows and fit does. */
  readonly verdict: DriftVerdict;
  readonly convention_verdict: {
    readonly convention: 'nannyml-0.13';
    readonly verdict: DriftVerdict;
  };
}

export function pcaReconstruction(
  columns: readonly ColumnPair[],
  rows: SideRows,
): PcaReconstruction {
  if (rows.reference < CHUNKS || rows.current === 0) return NOTHING;
  const numbers = columns.map(numbersOf);
  const reference = numbers.map((side) => side.reference);
  const current = numbers.map((side) => side.current);
  const fit = fitComponents(reference);
  if (fit === null) return NOTHING;
  const errors = { reference: errorsOf(fit, reference), current: errorsOf(fit, current) };
  const { low, high } = chunkBounds(errors.reference);
  const [ofReference, ofCurrent] = [meanOf(errors.reference), meanOf(errors.current)];
  const isOutside = ofCurrent < low || ofCurrent > high;
  const isBeyondChance = (): boolean =>
    Math.abs(ofCurrent - ofReference) > STANDARD_ERRORS * standardError(errors, reference, current);
  return {
    reconstruction_error: { reference_mean: ofReference, low, high, current: ofCurrent },
    components: fit.components.length,
    explained_variance: fit.explained,
    verdict: verdictOf(isEnough(rows, MINIMUM_FITTED), isOutside && isBeyondChance()),
    convention_verdict: { convention: 'nannyml-0.13', verdict: verdictOf(true, isOutside) },
  };
}

const NOTHING = Object.freeze<PcaReconstruction>({
  reconstruction_error: null,
  components: 0,
  explained_variance: 0,
  verdict: 'insufficient_data',
  convention_verdict: { convention: 'nannyml-0.13', verdict: 'insufficient_data' },
});

interface Sides {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** A category as the rows of the reference that have it, as NannyML encodes it; a missing one as the most frequent. */
function numbersOf(column: ColumnPair): Sides {
  if (column.kind === 'numeric') return column;
  const counts = new Float64Array(column.categories);
  for (const code of column.reference) {
    if (code >= 0) counts[code] = (counts[code] as number) + 1;
  }
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const countOf = (code: number): number => (code < 0 ? most : (counts[code] as number));
  return {
    reference: Float64Array.from(column.reference, countOf),
    current: Float64Array.from(column.current, countOf),
  };
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

interface Fit {
  /** Of each column; null for one that does not vary. */
  readonly scales: readonly (Scale | null)[];
  /** Of length 1, over the columns that vary. */
  readonly components: readonly Float64Array[];
  readonly explained: number;
}

/** null where no column varies. */
function fitComponents(columns: readonly Float64Array[]): Fit | null {
  const scales = columns.map(scaleOf);
  const scaled = scaledColumns(columns, scales);
  if (scaled.length === 0) return null;
  const rows = scaled[0]?.length ?? 0;
  const covariance = scaled.map((a) => Float64Array.from(scaled, (b) => product(a, b) / rows));
  const { values, vectors } = symmetricEigen(covariance);
  const whole = values.reduce((sum, value) => sum + value, 0);
  let [kept, held] = [0, 0];
  // As scikit-learn: the least number of components with more than this share.
  while (kept < values.length && held / whole <= VARIANCE_KEPT) held += values[kept++] as number;
  return { scales, components: vectors.slice(0, kept), explained: held / whole };
}

function scaleOf(column: Float64Array): Scale | null {
  const mean = meanOf(column.filter(Number.isFinite));
  const deviation = deviationOf(column.map((value) => (Number.isFinite(value) ? value : mean)));
  return deviation > Math.abs(mean) * 1e-12 ? { mean, deviation } : null;
}

/** Those that vary, in deviations from the mean; a missing number is the mean. */
const scaledColumns = (
  columns: readonly Float64Array[],
  scales: readonly (Scale | null)[],
): readonly Float64Array[] =>
  columns.flatMap((column, i) => {
    const scale = scales[i] ?? null;
    if (scale === null) return [];
    const { mean, deviation } = scale;
    return [column.map((value) => (Number.isFinite(value) ? (value - mean) / deviation : 0))];
  });

/** Of each row the distance from what the components give back of it. */
function errorsOf({ scales, components }: Fit, columns: readonly Float64Array[]): Float64Array {
  const scaled = scaledColumns(columns, scales);
  const rows = scaled[0]?.length ?? 0;
  const rest = new Float64Array(scaled.length);
  return Float64Array.from({ length: rows }, (_, row) => {
    scaled.forEach((column, i) => (rest[i] = column[row] as number));
    // Components are orthogonal: what one takes away is nothing to the next.
    for (const component of components) {
      const score = product(rest, component);
      component.forEach((weight, i) => (rest[i] = (rest[i] as number) - score * weight));
    }
    return Math.sqrt(product(rest, rest));
  });
}

/**
 * Of the difference of the two means: by chance in the rows of either, and in what was fitted to the reference, which the jackknife over its
 * chunks shows (Efron and Stein 1981).
 */
function standardError(
  errors: Sides,
  reference: readonly Float64Array[],
  current: readonly Float64Array[],
): number {
  const rows = errors.reference.length;
  const differences = chunksOf(rows).map(({ from, to }) => {
    const without = reference.map((column) => column.filter((_, row) => row < from || row >= to));
    const fit = fitComponents(without);
    if (fit === null) return 0;
    return meanOf(errorsOf(fit, current)) - meanOf(errorsOf(fit, without));
  });
  const ofFit = (CHUNKS - 1) * deviationOf(Float64Array.from(differences)) ** 2;
  const ofWindow = deviationOf(errors.current) ** 2 / errors.current.length;
  return Math.sqrt(ofFit + ofWindow);
}

function chunkBounds(errors: Float64Array): { readonly low: number; readonly high: number } {
  const means = Float64Array.from(chunksOf(errors.length), ({ from, to }) =>
    meanOf(errors.subarray(from, to)),
  );
  const [mean, reach] = [meanOf(means), DEVIATIONS * deviationOf(means)];
  return { low: Math.max(0, mean - reach), high: mean + reach };
}

/** Of equal size; the last takes what is left over. */
function chunksOf(rows: number): readonly { readonly from: number; readonly to: number }[] {
  const size = Math.floor(rows / CHUNKS);
  return Array.from({ length: CHUNKS }, (_, chunk) => ({
    from: chunk * size,
    to: chunk === CHUNKS - 1 ? rows : (chunk + 1) * size,
  }));
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Divided by the number of values. */
function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
