// Fairness of a model on held-out rows, by columns that it did not see.
import type { ColumnFairness } from '../../src/model/report-details.ts';
import { groupRates, type GroupedRow } from '../../src/statistics/fairness.ts';
import type { ProtectedColumn } from '../data/protected-columns.ts';

/** `rows` are the positions of the held-out rows in the data; `y` and `p` are theirs. A row is called positive where p >= threshold. */
export const fairnessOf = (
  columns: readonly ProtectedColumn[],
  rows: Int32Array,
  y: Uint8Array,
  p: Float64Array,
  threshold: number,
): readonly ColumnFairness[] =>
  columns.map(({ column, groups, codes }) => ({
    column,
    ...groupRates(
      Array.from(rows, (row, i): GroupedRow => ({
        group: groups[codes[row] ?? -1] ?? null,
        y: y[i] === 1 ? 1 : 0,
        positive: (p[i] as number) >= threshold,
      })),
    ),
  }));
