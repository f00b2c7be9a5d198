// Whether the held-out part is like the training part, feature by feature: a time that has moved on, or a group unlike the others.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { populationStability, stabilityByChance } from '../../src/statistics/psi.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import type { Dataset } from './load-table.ts';
import type { HoldoutDrift } from './validation-report.ts';

/** Training rows that the deciles are taken from: more move an edge by nothing that a bin of a tenth notices. */
const RANKED_ROWS = 20_000;
const MOST_BINS = 10;
/** Numbers are cut into no more bins than hold so many rows of the smaller part each. */
const ROWS_OF_A_BIN = 10;
/**
 * Bins in which the smaller part has fewer by the shares of both are counted as one: the distribution of the index by chance takes a few
 * rows in each. Without it every third sample of a feature with hundreds of categories would seem to have moved.
 */
const FEWEST_ROWS = 8;
/** The usual reading of the index: below it nothing to look at. */
const MOVED = 0.1;
const CHANCE = 0.001;

export function holdoutDrift({ features, x }: Dataset, { train, test }: RowSplit): HoldoutDrift {
  const rows = { x, width: features.length };
  const smaller = Math.min(train.length, test.length);
  const mostBins = Math.max(2, Math.min(MOST_BINS, Math.floor(smaller / ROWS_OF_A_BIN)));
  return {
    training_rows: train.length,
    held_out_rows: test.length,
    features: features.map((feature, column) => {
      const binOf = binning(feature, { ...rows, column }, train, mostBins);
      const counts = [train, test].map((part) => countsOf(binOf, { ...rows, column }, part));
      const [expected = [], actual = []] = pooled(counts);
      const psi = populationStability(expected, actual);
      const chance = stabilityByChance(expected.length, train.length, test.length, CHANCE);
      const verdict = psi >= MOVED && psi > chance ? 'moved' : 'same';
      return { name: feature.name, psi, chance, verdict };
    }),
  };
}

interface Cells {
  readonly x: Float32Array;
  readonly width: number;
  readonly column: number;
}

interface Binning {
  /** The last bin is that of missing values. */
  readonly bins: number;
  readonly of: (value: number) => number;
}

/** Categories by their codes, numbers by quantiles of the training rows. */
function binning(
  feature: FeatureSpec,
  { x, width, column }: Cells,
  train: Int32Array,
  mostBins: number,
): Binning {
  if (feature.kind === 'categorical') {
    const { length } = feature.categories;
    return { bins: length + 1, of: (code) => (Number.isNaN(code) ? length : code) };
  }
  const step = Math.max(1, Math.floor(train.length / RANKED_ROWS));
  const ranked: number[] = [];
  for (let i = 0; i < train.length; i += step) {
    const value = x[(train[i] as number) * width + column] as number;
    if (!Number.isNaN(value)) ranked.push(value);
  }
  const edges = edgesOf(Float32Array.from(ranked).sort(), mostBins);
  return {
    bins: edges.length + 2,
    of: (value) => {
      if (Number.isNaN(value)) return edges.length + 1;
      let bin = 0;
      while (bin < edges.length && value >= (edges[bin] as number)) bin += 1;
      return bin;
    },
  };
}

/**
 * Quantiles that make bins of as many rows, equal ones once. A value that fills more than a bin ends its bin where the next greater one
 * begins: beside it the rest, such as the few amounts among many zeros, would not be seen.
 */
function edgesOf(sorted: Float32Array, bins: number): readonly number[] {
  if (sorted.length === 0) return [];
  const [least = 0, ...quantiles] = Array.from({ length: bins }, (_, i) =>
    quantile(sorted, i / bins),
  );
  const edges = new Set(quantiles);
  quantiles.forEach((edge, i) => {
    if (edge !== (quantiles[i - 1] ?? least)) return;
    const next = sorted.find((value) => value > edge);
    if (next !== undefined) edges.add(next);
  });
  return [...edges].sort((a, b) => a - b);
}

/** Linear between two values, as numpy's default. */
function quantile(sorted: Float32Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at % 1) * (above - below);
}

function countsOf({ bins, of }: Binning, { x, width, column }: Cells, rows: Int32Array): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const row of rows) {
    const bin = of(x[row * width + column] as number);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/** The smallest bins as one that has rows enough, the others as they are. */
function pooled(parts: readonly number[][]): readonly number[][] {
  const [first = [], second = []] = parts;
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
  const [n, m] = [sum(first), sum(second)];
  const sizes = first.map((count, bin) => count + (second[bin] as number));
  const fewest = (FEWEST_ROWS * (n + m)) / Math.min(n, m);
  const ascending = [...sizes.keys()].sort((a, b) => (sizes[a] as number) - (sizes[b] as number));
  let rest = 0;
  const kept = ascending.filter((bin) => {
    const size = sizes[bin] as number;
    if (size >= fewest && (rest === 0 || rest >= fewest)) return true;
    rest += size;
    return false;
  });
  return parts.map((counts) => {
    const alone = kept.map((bin) => counts[bin] as number);
    return rest === 0 ? alone : [...alone, sum(counts) - sum(alone)];
  });
}
