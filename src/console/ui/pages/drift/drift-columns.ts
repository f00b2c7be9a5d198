// The columns of an evaluation as rows of a table: how far each is from its threshold, what it was before, and their order.
import type { Drift, Past, Verdict } from './drift-data.ts';

export interface ColumnRow {
  readonly name: string;
  readonly method: string;
  readonly score: number | null;
  readonly threshold: number;
  /** The score is a p-value, so less of it is more drift. */
  readonly isPValue: boolean;
  /** Of a test of both samples, whatever the method. */
  readonly pValue: number | null;
  readonly excess: number | null;
  readonly verdict: Verdict;
  readonly conventionVerdict: Verdict;
  readonly nReference: number;
  readonly nCurrent: number;
  /** null for the score and the label, like the verdict on it. */
  readonly missingChange: number | null;
  readonly missingVerdict: Verdict | null;
  readonly weight: number;
  /** Of past evaluations of the same version by the same method, oldest first. */
  readonly past: readonly PastScore[];
}

export interface PastScore {
  readonly excess: number | null;
  readonly verdict: Verdict;
}

export interface ColumnRows {
  readonly features: readonly ColumnRow[];
  readonly predictions: readonly ColumnRow[];
}

/** Evaluations behind a sparkline. */
const MOST_PAST = 40;

/** p-values too small for a number are as far as one can be. */
const LEAST_P = 1e-300;

/** How far a score is from its threshold: 0 no drift at all, 1 at the threshold, more beyond. Of p-values the ratio of their logarithms. */
export function excessOf(
  score: number | null,
  threshold: number,
  isPValue: boolean,
): number | null {
  if (score === null || threshold <= 0) return null;
  if (!isPValue) return Math.max(0, score) / threshold;
  return Math.max(0, Math.log(Math.max(score, LEAST_P)) / Math.log(threshold));
}

/** The place of an excess on a scale from 0 to 1 with the threshold in the middle; all beyond twice the threshold is 1. */
export const placeOf = (excess: number): number => Math.min(1, excess / 2);

export function columnRows(drift: Drift, history: readonly Past[]): ColumnRows {
  const past = history.filter(
    ({ model }) => model.name === drift.model.name && model.version === drift.model.version,
  );
  const pastOf = (column: Drift['predictions'][number]): readonly PastScore[] =>
    past
      .slice(0, MOST_PAST)
      .flatMap(({ columns }) => columns.filter((before) => isSameMeasure(before, column)))
      .map(({ score, verdict }) => ({
        excess: excessOf(score, column.threshold, isPValue(column)),
        verdict,
      }))
      .reverse();
  return {
    features: drift.features.map((feature) => ({
      ...rowOf(feature, pastOf(feature)),
      missingChange: changeOf(feature.missing),
      missingVerdict: feature.missing.verdict,
    })),
    predictions: drift.predictions.map((column) => rowOf(column, pastOf(column))),
  };
}

/** Without a score now it is not known whether those before were p-values, so none is comparable. */
const isSameMeasure = (
  before: Past['columns'][number],
  { name, method, score }: Drift['predictions'][number],
): boolean => score !== null && before.name === name && before.method === method;

const isPValue = ({ p_value }: { readonly p_value?: number }): boolean => p_value !== undefined;

const rowOf = (column: Drift['predictions'][number], past: readonly PastScore[]): ColumnRow => ({
  name: column.name,
  method: column.method,
  score: column.score,
  threshold: column.threshold,
  isPValue: isPValue(column),
  pValue: column.significance?.p_value ?? null,
  excess: excessOf(column.score, column.threshold, isPValue(column)),
  verdict: column.verdict,
  conventionVerdict: column.convention_verdict,
  nReference: column.n_reference,
  nCurrent: column.n_current,
  missingChange: null,
  missingVerdict: null,
  weight: column.weight,
  past,
});

const changeOf = ({ reference, current }: Drift['features'][number]['missing']): number | null =>
  reference === null || current === null ? null : current - reference;

export const isDrifted = ({ verdict, missingVerdict }: ColumnRow): boolean =>
  verdict === 'drift' || missingVerdict === 'drift';

export const SORT_KEYS = ['name', 'score', 'verdict', 'rows', 'missing', 'weight'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** In the address as `score` or `-score`; the minus is for descending. */
export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

export const DEFAULT_SORT = '-score';

export function sortingOf(text: string): Sorting {
  const descending = text.startsWith('-');
  const key = SORT_KEYS.find((each) => each === (descending ? text.slice(1) : text));
  return key === undefined ? { key: 'score', descending: true } : { key, descending };
}

/** Figures are first looked at from the greatest on, names from A. */
export function nextSort({ key, descending }: Sorting, chosen: SortKey): string {
  const turns = key === chosen ? !descending : chosen !== 'name';
  return turns ? `-${chosen}` : chosen;
}

const RANKS: Readonly<Record<Verdict, number>> = { drift: 2, no_drift: 1, insufficient_data: 0 };

/** What is not known comes last, whichever the direction; equals stay in the order of the model. */
export function sorted(
  rows: readonly ColumnRow[],
  { key, descending }: Sorting,
): readonly ColumnRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (key === 'name') return sign * a.name.localeCompare(b.name);
    const [left, right] = [figureOf(a, key), figureOf(b, key)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

function figureOf(row: ColumnRow, key: Exclude<SortKey, 'name'>): number | null {
  switch (key) {
    case 'score':
      return row.excess;
    case 'verdict':
      return RANKS[row.verdict] + RANKS[row.missingVerdict ?? 'insufficient_data'] / 10;
    case 'rows':
      return row.nCurrent;
    case 'missing':
      return row.missingChange === null ? null : Math.abs(row.missingChange);
    case 'weight':
      return row.weight;
  }
}
