// The made-up set of the benchmarks: any number of rows x 28 numbers with 10 % and 20 % missing in two, the same bits in any language.
// Integer hashes and IEEE double + - * / only, in the order written: the golden figures hold the SHA-256 of what comes out.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { matrixOf, type Float32Matrix } from '../../ml/numeric/matrix.ts';

export interface Synth28 {
  /** Float32 [rows, 28], NaN where missing. */
  readonly x: Float32Matrix;
  readonly y: Uint8Array;
}

export const SYNTH28_COLUMNS = 28;
export const SYNTH28_TRAIN = Object.freeze({ first: 0, rows: 1_000_000 });
export const SYNTH28_TEST = Object.freeze({ first: 1_000_000, rows: 200_000 });

export const synth28Features = (): readonly FeatureSpec[] =>
  Array.from({ length: SYNTH28_COLUMNS }, (_, column) => ({
    kind: 'numeric',
    name: `f${column}`,
    nullable: true,
  }));

// Named here: looking a global up costs a hundred times the arithmetic inside Jest's sandbox.
const { abs, floor, imul, max, min, round } = Math;
const MISSING = NaN;

const SEED = 20240607;
const GOLDEN_RATIO = 0x9e3779b1;
const SQRT_3 = 1.7320508075688772;
/** Cells are multiples of 1 / DECIMALS. */
const DECIMALS = 10_000;
/** Streams of uniform numbers: four for each normal, one for each missing column. */
const NOISE = 60;
const GAPS = [
  { column: 5, stream: 200, share: 0.1 },
  { column: 21, stream: 201, share: 0.2 },
] as const;

/** MurmurHash3's finaliser. */
function mix32(input: number): number {
  let x = input;
  x = imul(x ^ (x >>> 16), 0x85ebca6b);
  x = imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

const startOf = (row: number): number => mix32((row + imul(SEED, GOLDEN_RATIO)) >>> 0);

/** In (0, 1). */
const uniform = (start: number, stream: number): number =>
  (mix32(start ^ ((imul(stream, 0x85ebca6b) + 0x165667b1) >>> 0)) + 0.5) / 4294967296;

/** Four uniform numbers, shifted and scaled to mean 0 and variance 1. */
const normal = (start: number, k: number): number =>
  (uniform(start, 4 * k) +
    uniform(start, 4 * k + 1) +
    (uniform(start, 4 * k + 2) + uniform(start, 4 * k + 3)) -
    2) *
  SQRT_3;

function fillRaw(start: number, r: Float64Array): void {
  for (let k = 0; k < 16; k++) r[k] = normal(start, k);
  for (let k = 12; k < 16; k++) r[k] = at(r, k) + 0.5 * at(r, k - 12);
  for (let k = 16; k < 20; k++) {
    const w = normal(start, k);
    r[k] = abs(w) * w;
  }
  for (let k = 20; k < 24; k++) {
    const t = uniform(start, 4 * k);
    r[k] = t / (1.05 - t);
  }
  for (let k = 24; k < 26; k++) r[k] = floor(uniform(start, 4 * k) * 10);
  r[26] = at(r, 0) * at(r, 1) + 0.5 * normal(start, 26);
  r[27] = max(at(r, 2), at(r, 3)) + 0.5 * normal(start, 27);
}

const at = (r: Float64Array, k: number): number => r[k] as number;

function labelOf(start: number, r: Float64Array): number {
  let s = 0.6 * at(r, 0);
  s -= 0.5 * at(r, 4);
  s += 0.4 * at(r, 12);
  s += 0.9 * (at(r, 0) * at(r, 1));
  s -= 0.7 * abs(at(r, 2));
  s += 0.8 * max(at(r, 3), at(r, 6));
  s += (at(r, 7) > 0.5 ? 0.8 : -0.4) * at(r, 8);
  s += 0.25 * at(r, 16);
  s += 0.3 * min(at(r, 20), 4);
  s += at(r, 24) >= 7 ? 1 : 0;
  s -= at(r, 25) < 3 && at(r, 9) > 0 ? 0.7 : 0;
  s -= 0.35 * (at(r, 5) * at(r, 10));
  return s + 1.5 * normal(start, NOISE) > 0.55 ? 1 : 0;
}

/** Rows `first` ... `first + rows - 1`, written straight into float32; 1,000,000 take about a second. */
export function synth28({ first, rows }: { first: number; rows: number }): Synth28 {
  const data = new Float32Array(rows * SYNTH28_COLUMNS);
  const y = new Uint8Array(rows);
  const raw = new Float64Array(SYNTH28_COLUMNS);
  for (let row = 0; row < rows; row++) {
    const start = startOf(first + row);
    fillRaw(start, raw);
    y[row] = labelOf(start, raw);
    const offset = row * SYNTH28_COLUMNS;
    for (let k = 0; k < SYNTH28_COLUMNS; k++)
      data[offset + k] = floor(at(raw, k) * DECIMALS + 0.5) / DECIMALS;
    for (const { column, stream, share } of GAPS)
      if (uniform(start, stream) < share) data[offset + column] = MISSING;
  }
  return { x: matrixOf(data, SYNTH28_COLUMNS), y };
}

/** The double of four decimals that a float32 cell was rounded from: the text of a CSV file holds it. */
export const synth28Double = (cell: number): number => round(cell * DECIMALS) / DECIMALS;
