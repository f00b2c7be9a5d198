// Which of the predictions that are told the reader wants to see.
import type { RecentPrediction } from './live-data.ts';

export interface RecentFilter {
  /** '' is any. */
  readonly label: string;
  readonly version: string;
  readonly aboveThreshold: boolean;
  /** In the caller's key or the prediction's id. */
  readonly text: string;
}

export const NO_FILTER: RecentFilter = { label: '', version: '', aboveThreshold: false, text: '' };

export function filtered<T extends RecentPrediction>(
  rows: readonly T[],
  { label, version, aboveThreshold, text }: RecentFilter,
): readonly T[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (label === '' || row.label === label) &&
      (version === '' || row.model.version === version) &&
      (!aboveThreshold || row.probability >= row.threshold) &&
      (wanted === '' ||
        row.id.includes(wanted) ||
        (row.key?.toLowerCase().includes(wanted) ?? false)),
  );
}

/** Newest first, each once. */
export function joined<T extends RecentPrediction>(
  newer: readonly T[],
  older: readonly T[],
): readonly T[] {
  const known = new Set(newer.map(({ id }) => id));
  return [...newer, ...older.filter(({ id }) => !known.has(id))];
}
