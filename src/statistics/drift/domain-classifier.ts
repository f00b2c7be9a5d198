// Multivariate drift by a classifier that tells rows of the window from rows of the reference: its ROC AUC on rows that it did not learn from.
// Lopez-Paz and Oquab 2017, "Revisiting classifier two-sample tests"; the other thresholds are those of NannyML 0.13.
import { type BinnedColumn, fitBoostedTrees } from '../boosted-trees.ts';
import { rocAucInterval } from '../delong.ts';
import type { Random } from '../random.ts';
import type { ColumnPair } from './design-rows.ts';
import type { DriftVerdict } from './drift-of.ts';
import { isEnough, type SideRows, verdictOf } from './multivariate-verdict.ts';

/** An interval that lies wholly above this is drift: below, rows can be told apart, and hardly. */
export const DRIFT_AUC = 0.55;
const NANNYML_THRESHOLDS = { low: 0.45, high: 0.65 };
const FOLDS = 5;
const TOP_FEATURES = 10;
const BINS = 32;

export interface DomainClassifier {
  /** Out of fold; 0.5: the rows cannot be told apart. DeLong's interval of 95 %. null for too few rows to learn from. */
  readonly roc_auc: { readonly value: number; readonly low: number; readonly high: number } | null;
  readonly rows: SideRows;
  readonly folds: number;
  /** Ours: drift where the interval lies above `threshold`, and both sides have rows enough. */
  readonly verdict: DriftVerdict;
  readonly threshold: number;
  readonly convention_verdict: {
    readonly convention: 'nannyml-0.13';
    readonly low: number;
    readonly high: number;
    readonly verdict: DriftVerdict;
  };
  /** Columns by their share of what the trees gained, the greatest first. */
  readonly top_features: readonly { readonly name: string; readonly share: number }[];
}

export function domainClassifier(
  columns: readonly ColumnPair[],
  rows: SideRows,
  random: Random,
): DomainClassifier {
  const canLearn = Math.min(rows.reference, rows.current) >= 2 * FOLDS;
  const { auc, gains } = canLearn
    ? outOfFold(columns, rows, random)
    : { auc: null, gains: new Float64Array(columns.length) };
  const isOutside =
    auc !== null && (auc.value < NANNYML_THRESHOLDS.low || auc.value > NANNYML_THRESHOLDS.high);
  return {
    roc_auc: auc,
    rows,
    folds: FOLDS,
    verdict: verdictOf(isEnough(rows), auc !== null && auc.low > DRIFT_AUC),
    threshold: DRIFT_AUC,
    convention_verdict: {
      convention: 'nannyml-0.13',
      ...NANNYML_THRESHOLDS,
      verdict: verdictOf(auc !== null, isOutside),
    },
    top_features: topFeatures(columns, gains),
  };
}

function outOfFold(
  columns: readonly ColumnPair[],
  { reference, current }: SideRows,
  random: Random,
): { readonly auc: NonNullable<DomainClassifier['roc_auc']>; readonly gains: Float64Array } {
  const labels = new Uint8Array(reference + current).fill(1, reference);
  const binned = columns.map(binnedColumn);
  const folds = stratifiedFolds(reference, current, random);
  const scores = new Float64Array(labels.length);
  const gains = new Float64Array(columns.length);
  const places = Uint32Array.from(labels.keys());
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const learned = fitBoostedTrees(
      binned,
      labels,
      places.filter((row) => folds[row] !== fold),
    );
    const held = places.filter((row) => folds[row] === fold);
    learned.score(binned, held).forEach((score, i) => (scores[held[i] as number] = score));
    learned.gains.forEach((gain, i) => (gains[i] = (gains[i] as number) + gain));
  }
  const { auc, low, high } = rocAucInterval(labels, scores);
  return { auc: { value: auc, low, high }, gains };
}

/** The same share of each side in every fold: scores of different folds are then on one scale. */
function stratifiedFolds(reference: number, current: number, random: Random): Uint8Array {
  const foldsOf = (rows: number, stream: number): Int32Array => {
    const folds = Int32Array.from({ length: rows }, (_, row) => row % FOLDS);
    random.stream(stream).shuffle(folds);
    return folds;
  };
  return Uint8Array.from([...foldsOf(reference, 0), ...foldsOf(current, 1)]);
}

/** Bin 0 holds the missing ones. */
function binnedColumn(column: ColumnPair): BinnedColumn {
  return column.kind === 'numeric'
    ? binnedNumbers(joined(column.reference, column.current))
    : binnedCategories([...column.reference, ...column.current], column.categories);
}

const joined = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

function binnedNumbers(values: Float64Array): BinnedColumn {
  const sorted = values.filter(Number.isFinite).sort();
  const edges = new Set<number>();
  for (let k = 1; k < BINS && sorted.length > 0; k += 1) {
    edges.add(sorted[Math.floor((k * sorted.length) / BINS)] as number);
  }
  const bounds = Float64Array.from(edges);
  const binOf = (value: number): number => (Number.isFinite(value) ? 1 + atMost(bounds, value) : 0);
  return { codes: Uint8Array.from(values, binOf), bins: bounds.length + 2, ordered: true };
}

/** How many of the rising bounds the value reaches. */
function atMost(bounds: Float64Array, value: number): number {
  let [low, high] = [0, bounds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most frequent ones have a bin each, all others one together. */
function binnedCategories(codes: readonly number[], categories: number): BinnedColumn {
  const counts = new Uint32Array(categories);
  for (const code of codes) if (code >= 0) counts[code] = (counts[code] as number) + 1;
  const frequent = [...counts.keys()]
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    .slice(0, BINS);
  const bins = new Map(frequent.map((code, place) => [code, place + 1]));
  const binOf = (code: number): number => (code < 0 ? 0 : (bins.get(code) ?? frequent.length + 1));
  return { codes: Uint8Array.from(codes, binOf), bins: frequent.length + 2, ordered: false };
}

function topFeatures(
  columns: readonly ColumnPair[],
  gains: Float64Array,
): DomainClassifier['top_features'] {
  const whole = gains.reduce((sum, gain) => sum + gain, 0);
  return columns
    .map(({ name }, i) => ({ name, share: (gains[i] as number) / (whole || 1) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, TOP_FEATURES);
}
