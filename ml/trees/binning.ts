// Columns as bins of one byte: what every tree is grown on. Numbers are cut at float32 thresholds, so that `x <= threshold` in the exported
// graph sends each row where its bin went in training; categories have bins of their own.
import type { DesignColumn } from '../learners/learner.ts';
import type { Matrix } from '../numeric/matrix.ts';
import { equalCountUppers } from './equal-count.ts';
import { sortFloats } from './sort-floats.ts';

/** The bin of missing values in every column; values have bins 0 ... bins - 1, at most 255 of them. */
export const MISSING_BIN = 255;
export const MAX_BINS = 255;
/** Cuts are chosen on so many rows at most: more move them by less than a row in a thousand. */
const SAMPLE_ROWS = 200_000;
/** Columns whose values are gathered together: those of a row lie in one or two cache lines. */
const GATHERED_COLUMNS = 16;

/** What the bins of one column stand for. */
export interface BinnedColumn {
  readonly name: string;
  /** Bins of values, 1 ... 255; missing values have MISSING_BIN beside them. */
  readonly bins: number;
  /** Whether any row lacks a value. */
  readonly hasMissing: boolean;
  /** Numbers: the upper end of each bin, ascending float32, the last Infinity: bin b holds uppers[b - 1] < x <= uppers[b]; else null. */
  readonly uppers: Float32Array | null;
  /** Categories: the codes in each bin, [bins]; else null. */
  readonly codes: readonly Int32Array[] | null;
}

/** How `columns` of x (float32 values) are cut into at most `maxBins` bins, 2 <= maxBins <= 255; the same for the same rows. */
export function fitBins(
  x: Matrix,
  columns: readonly DesignColumn[],
  maxBins = MAX_BINS,
): readonly BinnedColumn[] {
  const rows = sampleRows(x.rows);
  const fitted: BinnedColumn[] = [];
  for (let first = 0; first < columns.length; first += GATHERED_COLUMNS)
    gather(x, first, rows).forEach((values, i) => {
      fitted.push(fitColumn(columns[first + i] as DesignColumn, values, rows.length, maxBins));
    });
  const missing = missingBeyond(x, rows.length, fitted);
  return Object.freeze(
    fitted.map((column, i) => Object.freeze({ ...column, hasMissing: missing[i] === 1 })),
  );
}

/** All rows, or one out of each of SAMPLE_ROWS equal stretches, at a place in it that does not repeat from stretch to stretch. */
function sampleRows(rows: number): Int32Array {
  if (rows <= SAMPLE_ROWS) return Int32Array.from({ length: rows }, (_, row) => row);
  return Int32Array.from({ length: SAMPLE_ROWS }, (_, i) => {
    const place = (Math.imul(i + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
    return Math.floor(((i + place) * rows) / SAMPLE_ROWS);
  });
}

/** The values of the next few columns that are there, row after row: values of a row share a cache line. */
function gather(x: Matrix, first: number, rows: Int32Array): readonly Float32Array[] {
  const last = Math.min(x.columns, first + GATHERED_COLUMNS);
  const values = Array.from({ length: last - first }, () => new Float32Array(rows.length));
  const counts = new Int32Array(last - first);
  for (const row of rows)
    for (let i = 0; i < values.length; i++) {
      const value = x.data[row * x.columns + first + i] as number;
      if (Number.isNaN(value)) continue;
      const count = counts[i] as number;
      (values[i] as Float32Array)[count] = value;
      counts[i] = count + 1;
    }
  return values.map((column, i) => column.subarray(0, counts[i]));
}

function fitColumn(
  { name, categories }: DesignColumn,
  values: Float32Array,
  rows: number,
  maxBins: number,
): BinnedColumn {
  const hasMissing = values.length < rows;
  if (categories !== null) {
    const codes = codesOfBins(values, categories, maxBins);
    return { name, bins: codes.length, hasMissing, uppers: null, codes };
  }
  const uppers = equalCountUppers(sortFloats(values), maxBins);
  return { name, bins: uppers.length, hasMissing, uppers, codes: null };
}

/** 1 for each column with a missing value in any row; only where the sample had none are the other rows read. */
function missingBeyond(
  { data, rows, columns }: Matrix,
  sampled: number,
  fitted: readonly { readonly hasMissing: boolean }[],
): Uint8Array {
  const missing = Uint8Array.from(fitted, ({ hasMissing }) => (hasMissing ? 1 : 0));
  if (sampled === rows) return missing;
  for (let row = 0, i = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, i++)
      if (Number.isNaN(data[i])) missing[column] = 1;
  return missing;
}

/** One bin a code while they last; beyond that the most frequent codes keep theirs and all others share the last bin. */
function codesOfBins(
  seen: Float32Array,
  categories: number,
  maxBins: number,
): readonly Int32Array[] {
  const codes = Array.from({ length: Math.max(1, categories) }, (_, code) => code);
  if (categories <= maxBins) return codes.map((code) => Int32Array.of(code));
  const counts = new Int32Array(categories);
  for (const code of seen) counts[code] = (counts[code] as number) + 1;
  codes.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const own = codes.slice(0, maxBins - 1).sort((a, b) => a - b);
  const rest = Int32Array.from(codes.slice(maxBins - 1)).sort();
  return [...own.map((code) => Int32Array.of(code)), rest];
}
