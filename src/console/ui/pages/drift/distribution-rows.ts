// The distribution of a column as bars: one for each bin or category, with the share of the rows on either side.
import type { Distribution } from './drift-data.ts';

export interface Bar {
  readonly name: string;
  readonly reference: number;
  readonly current: number;
  /** Of the rows with a value; null where there are none. */
  readonly referenceShare: number | null;
  readonly currentShare: number | null;
}

export interface BarNames {
  readonly number: (value: number) => string;
  readonly below: (edge: string) => string;
  readonly above: (edge: string) => string;
  readonly between: (low: string, high: string) => string;
  readonly unseen: (distinct: number) => string;
}

/** Bins with what lies outside of them at the ends, where anything does; categories with the unseen ones last. */
export function barsOf(distribution: Distribution, names: BarNames): readonly Bar[] {
  const { n_reference, n_current } = distribution;
  return [...binBars(distribution, names), ...categoryBars(distribution, names)].map((bar) => ({
    ...bar,
    referenceShare: n_reference === 0 ? null : bar.reference / n_reference,
    currentShare: n_current === 0 ? null : bar.current / n_current,
  }));
}

type Counts = Pick<Bar, 'name' | 'reference' | 'current'>;

function binBars({ bins }: Distribution, names: BarNames): readonly Counts[] {
  if (bins === null || bins.edges.length === 0) return [];
  const { edges, counts, below, above } = bins;
  const texts = edges.map(names.number);
  const inside = counts.reference.map((reference, i) => ({
    name: names.between(texts[i] ?? '', texts[i + 1] ?? ''),
    reference,
    current: counts.current[i] ?? 0,
  }));
  return [
    ...present({ name: names.below(texts[0] ?? ''), ...below }),
    ...inside,
    ...present({ name: names.above(texts.at(-1) ?? ''), ...above }),
  ];
}

function categoryBars({ categories, unseen }: Distribution, names: BarNames): readonly Counts[] {
  if (categories === null) return [];
  const { distinct = 0, reference = 0, current = 0 } = unseen ?? {};
  return [...categories, ...present({ name: names.unseen(distinct), reference, current })];
}

const present = (counts: Counts): readonly Counts[] =>
  counts.reference + counts.current === 0 ? [] : [counts];
