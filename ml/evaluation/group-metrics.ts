// How well a model does on parts of the rows: by category of a feature, or by quartile of a number.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { shortestDecimal } from '../../src/features/as-seen.ts';
import { confusionMatrix, logLoss, precision, recall, rocAuc } from './metrics.ts';
import { checkScores, float32Scores } from './scores.ts';

export interface GroupMetrics {
  /** The category, the range, 'missing' or 'other'. */
  readonly label: string;
  /** other: categories of too few rows, taken together. */
  readonly kind: 'category' | 'range' | 'missing' | 'other';
  readonly rows: number;
  readonly positives: number;
  /** null where the group has too few rows for any figure to mean something. */
  readonly metrics: {
    /** null where all its rows are of one class. */
    readonly roc_auc: number | null;
    readonly log_loss: number;
    /** 0 where nothing is called positive. */
    readonly precision: number;
    /** null where nothing is positive. */
    readonly recall: number | null;
    /** Mean of P(positive), to hold against the share of positives. */
    readonly mean_probability: number;
  } | null;
}

export interface GroupedScores {
  /** 0 or 1, [N]. */
  readonly y: Uint8Array;
  /** P(positive), [N]. */
  readonly p: Float64Array;
  readonly threshold: number;
}

/** Rows below which a group says more about chance than about the model. */
const FEWEST_ROWS = 30;

interface Group {
  readonly label: string;
  readonly kind: GroupMetrics['kind'];
  readonly rows: number[];
}

/**
 * `column` holds the feature's raw cells, float32 [N]: numbers or codes, NaN where missing. Groups without rows are left out; categories of
 * fewer than `fewest` rows become one group, and what is still that small has no metrics. A quartile that equal values leave empty falls
 * to the one before. Metrics are those of metrics.ts, at the threshold as float32. Throws MetricError for rows that do not belong together.
 */
export function groupMetrics(
  feature: FeatureSpec,
  column: Float32Array,
  scores: GroupedScores,
  fewest = FEWEST_ROWS,
): readonly GroupMetrics[] {
  checkScores(scores.y, scores.p, null);
  const groups =
    feature.kind === 'categorical'
      ? poolSmall(byCategory(feature.categories, column), fewest)
      : byQuartile(column);
  const missing = rowsWhere(column, (cell) => Number.isNaN(cell));
  return [...groups, { label: 'missing', kind: 'missing' as const, rows: missing }]
    .filter(({ rows }) => rows.length > 0)
    .map((group) => measure(group, scores, fewest));
}

function rowsWhere(column: Float32Array, holds: (cell: number) => boolean): number[] {
  const rows: number[] = [];
  column.forEach((cell, row) => {
    if (holds(cell)) rows.push(row);
  });
  return rows;
}

function byCategory(categories: readonly string[], column: Float32Array): readonly Group[] {
  const groups = categories.map((label): Group => ({ label, kind: 'category', rows: [] }));
  column.forEach((code, row) => groups[code]?.rows.push(row));
  return groups;
}

function poolSmall(groups: readonly Group[], fewest: number): readonly Group[] {
  const small = groups.filter(({ rows }) => rows.length > 0 && rows.length < fewest);
  if (small.length < 2) return groups;
  const rows = small.flatMap((group) => group.rows).sort((a, b) => a - b);
  return [
    ...groups.filter((group) => !small.includes(group)),
    { label: 'other', kind: 'other', rows },
  ];
}

/** Ranges above one quartile (nearest rank) up to and with the next. */
function byQuartile(column: Float32Array): readonly Group[] {
  const sorted = column.filter((cell) => !Number.isNaN(cell)).sort();
  const highest = sorted.at(-1);
  if (highest === undefined) return [];
  const quartiles = [0.25, 0.5, 0.75].map(
    (share) => sorted[Math.ceil(share * sorted.length) - 1] as number,
  );
  const ends = [...new Set([...quartiles, highest])];
  return ends.map((end, i) => {
    const above = ends[i - 1] ?? -Infinity;
    return {
      label: rangeLabel(above, end, end === highest),
      kind: 'range',
      rows: rowsWhere(column, (cell) => cell > above && cell <= end),
    };
  });
}

function rangeLabel(above: number, end: number, last: boolean): string {
  const [from, to] = [shortestDecimal(above), shortestDecimal(end)];
  if (above === -Infinity) return last ? 'all' : `up to ${to}`;
  return last ? `above ${from}` : `above ${from} up to ${to}`;
}

function measure(
  { label, kind, rows }: Group,
  { y, p, threshold }: GroupedScores,
  fewest: number,
): GroupMetrics {
  const labels = Uint8Array.from(rows, (row) => y[row] as number);
  const scores = Float64Array.from(rows, (row) => p[row] as number);
  const positives = labels.reduce((sum, each) => sum + each, 0);
  const group = { label, kind, rows: rows.length, positives };
  if (rows.length < fewest) return { ...group, metrics: null };
  const matrix = confusionMatrix(labels, float32Scores(scores), Math.fround(threshold));
  const oneClass = positives === 0 || positives === rows.length;
  return {
    ...group,
    metrics: {
      roc_auc: oneClass ? null : rocAuc(labels, scores),
      log_loss: logLoss(labels, scores),
      precision: precision(matrix),
      recall: positives === 0 ? null : recall(matrix),
      mean_probability: scores.reduce((sum, score) => sum + score, 0) / rows.length,
    },
  };
}
