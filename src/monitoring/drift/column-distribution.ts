// How one column is distributed, the reference beside the window: counts in the same bins or categories, and quantiles.
import type { CategorySample } from '../../statistics/drift/categories.ts';
import { quantilesOf, type NumericSample } from '../../statistics/drift/numeric-sample.ts';

const BINS = 30;
/** The outermost values would stretch the bins until everything stands in one of them. */
const BINNED_FROM = 0.005;
const BINNED_TO = 0.995;
const SHARES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

export const BINNING_RULE =
  `${BINS} bins of equal width from the ${BINNED_FROM * 100} % to the ${BINNED_TO * 100} % quantile of the reference, or of the window where the ` +
  'reference has no value; one where both are equal. Each without its upper edge, the last with it. What lies outside is counted in `below` and `above`.';

export interface Pair<T> {
  readonly reference: T;
  readonly current: T;
}

export interface Bins {
  readonly rule: string;
  /** One more than there are bins; none where no side has a value. */
  readonly edges: readonly number[];
  readonly counts: Pair<readonly number[]>;
  readonly below: Pair<number>;
  readonly above: Pair<number>;
}

export type QuantilePair = Pair<number | null> & { readonly share: number };
export type CategoryPair = Pair<number> & { readonly name: string };

/** The column on both sides; `missing`: rows without a value. */
export type ColumnSides = { readonly missing: Pair<number> } & (
  | ({ readonly kind: 'numeric' } & Pair<NumericSample>)
  | ({
      readonly kind: 'categorical';
      /** As declared, in their order. */
      readonly categories: readonly string[];
    } & Pair<CategorySample>)
);

export interface ColumnDistribution {
  readonly kind: 'numeric' | 'categorical';
  readonly n_reference: number;
  readonly n_current: number;
  /** Shares of the rows; null for no rows. */
  readonly missing: Pair<number | null>;
  /** null for categories, like the quantiles. */
  readonly bins: Bins | null;
  readonly quantiles: readonly QuantilePair[] | null;
  /** null for numbers, like the unseen ones. */
  readonly categories: readonly CategoryPair[] | null;
  /** Of categories that nobody declared, which are not named: they came from outside. */
  readonly unseen: (Pair<number> & { readonly distinct: number }) | null;
}

export function columnDistribution(sides: ColumnSides): ColumnDistribution {
  const { kind, missing, reference, current } = sides;
  const counted = {
    kind,
    n_reference: reference.rows,
    n_current: current.rows,
    missing: {
      reference: shareOf(missing.reference, reference.rows),
      current: shareOf(missing.current, current.rows),
    },
  };
  return sides.kind === 'numeric'
    ? { ...counted, ...ofNumbers(sides), categories: null, unseen: null }
    : { ...counted, bins: null, quantiles: null, ...ofCategories(sides, sides.categories) };
}

const shareOf = (missing: number, present: number): number | null =>
  missing + present === 0 ? null : missing / (missing + present);

function ofNumbers({
  reference,
  current,
}: Pair<NumericSample>): Pick<ColumnDistribution, 'bins' | 'quantiles'> {
  const edges = edgesOf(reference.rows > 0 ? reference : current);
  const [before, now] = [binned(reference, edges), binned(current, edges)];
  const [quantilesBefore, quantilesNow] = [knownQuantiles(reference), knownQuantiles(current)];
  return {
    bins: {
      rule: BINNING_RULE,
      edges,
      counts: { reference: before.counts, current: now.counts },
      below: { reference: before.below, current: now.below },
      above: { reference: before.above, current: now.above },
    },
    quantiles: SHARES.map((share, i) => ({
      share,
      reference: quantilesBefore?.[i] ?? null,
      current: quantilesNow?.[i] ?? null,
    })),
  };
}

const knownQuantiles = (sample: NumericSample): readonly number[] | null =>
  sample.rows === 0 ? null : quantilesOf(sample, SHARES);

function edgesOf(sample: NumericSample): readonly number[] {
  if (sample.rows === 0) return [];
  const [low, high] = quantilesOf(sample, [BINNED_FROM, BINNED_TO]) as [number, number];
  if (low === high) return [low, high];
  return Array.from({ length: BINS + 1 }, (_, i) =>
    i === BINS ? high : low + ((high - low) * i) / BINS,
  );
}

interface Binned {
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

function binned({ values, counts }: NumericSample, edges: readonly number[]): Binned {
  const bins = new Array<number>(Math.max(0, edges.length - 1)).fill(0);
  let [below, above, bin] = [0, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const [value, count] = [values[i] as number, counts[i] as number];
    if (value < (edges[0] as number)) below += count;
    else if (value > (edges.at(-1) as number)) above += count;
    else {
      while (bin < bins.length - 1 && value >= (edges[bin + 1] as number)) bin += 1;
      bins[bin] = (bins[bin] as number) + count;
    }
  }
  return { counts: bins, below, above };
}

function ofCategories(
  { reference, current }: Pair<CategorySample>,
  declared: readonly string[],
): Pick<ColumnDistribution, 'categories' | 'unseen'> {
  const categories = declared.map((name) => ({
    name,
    reference: reference.counts.get(name) ?? 0,
    current: current.counts.get(name) ?? 0,
  }));
  const names = new Set(declared);
  const unseen = [...current.counts.keys()].filter((name) => !names.has(name));
  const sum = (side: 'reference' | 'current'): number =>
    categories.reduce((total, category) => total + category[side], 0);
  return {
    categories,
    unseen: {
      reference: reference.rows - sum('reference'),
      current: current.rows - sum('current'),
      distinct: unseen.length,
    },
  };
}
