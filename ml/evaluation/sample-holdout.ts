// The held-out rows as a bundle carries them: raw, with their labels and the model's probabilities; of many, a seeded sample by class.
import type { HoldoutFile } from '../../src/model/model-bundle.ts';
import { Random } from '../../src/statistics/random.ts';
import { decodeRow } from '../data/decode-row.ts';
import type { Params } from '../params.ts';
import { stratifiedHoldout } from './folds.ts';
import type { LabelledRows } from '../search/fit-candidate.ts';
import { STREAMS } from '../search/streams.ts';

/** Enough for intervals narrower than any tolerance worth stating; some two megabytes of thirty features. */
const MAX_ROWS = 5000;

/** `probability` [rows] is the exported model's. */
export function sampleHoldout(
  { features, seed }: Pick<Params, 'features' | 'seed'>,
  { x, y }: LabelledRows,
  probability: Float64Array,
  maxRows = MAX_ROWS,
): HoldoutFile {
  const taken = takenRows(y, maxRows, seed);
  const columns = features.map(({ name }) => name);
  return {
    rows_held_out: x.rows,
    columns,
    rows: taken.map((row) => {
      const cells = x.data.subarray(row * x.columns, (row + 1) * x.columns);
      const raw = decodeRow(features, cells);
      return columns.map((name) => raw[name] ?? null);
    }),
    y: taken.map((row) => y[row] ?? 0),
    probability: taken.map((row) => probability[row] ?? Number.NaN),
  };
}

function takenRows(y: Uint8Array, maxRows: number, seed: number): readonly number[] {
  if (y.length <= maxRows) return [...y.keys()];
  // Rounding within each class may add one row.
  const share = (maxRows - 1) / y.length;
  return [...stratifiedHoldout(y, share, Random.of(seed, STREAMS.sample)).test];
}
