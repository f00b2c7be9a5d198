// What wrong answers cost at every threshold, for costs that the reader states.
export interface Mistakes {
  readonly threshold: number;
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
  readonly tp: number;
}

export interface Costs {
  /** Of one row that is called positive and is not. */
  readonly falsePositive: number;
  /** Of one that is positive and is not called so. */
  readonly falseNegative: number;
}

export interface CostPoint {
  readonly threshold: number;
  /** Mean of a row. */
  readonly cost: number;
}

export interface LeastCost {
  readonly cost: number;
  /** The first and the last threshold of the lowest stretch that costs no more. */
  readonly from: number;
  readonly to: number;
}

export const costAt = (
  { tn, fp, fn, tp }: Omit<Mistakes, 'threshold'>,
  { falsePositive, falseNegative }: Costs,
): number => (fp * falsePositive + fn * falseNegative) / Math.max(1, tn + fp + fn + tp);

export const costCurve = (thresholds: readonly Mistakes[], costs: Costs): readonly CostPoint[] =>
  thresholds.map((counts) => ({ threshold: counts.threshold, cost: costAt(counts, costs) }));

/** null for no points. */
export function leastCost(points: readonly CostPoint[]): LeastCost | null {
  const cost = Math.min(...points.map((point) => point.cost));
  const first = points.findIndex((point) => point.cost === cost);
  const [start] = points.slice(first, first + 1);
  if (start === undefined || first < 0) return null;
  const next = points.slice(first).findIndex((point) => point.cost > cost);
  const last = next < 0 ? points.at(-1) : points[first + next - 1];
  return { cost, from: start.threshold, to: last?.threshold ?? start.threshold };
}

/** A cost as it was typed; null for what is none. */
export function costOf(text: string): number | null {
  const value = text.trim() === '' ? NaN : Number(text.replace(',', '.'));
  return Number.isFinite(value) && value >= 0 ? value : null;
}
