// Whether the held-out part is like the training part, feature by feature: a time that has moved on, or a group unlike the others.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { populationStability, stabilityByChance } from '../../src/statistics/psi.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import type { Dataset } from './load-table.ts';
import type { HoldoutDrift } from './validation-report.ts';

/** Training rows that the deciles are taken from: more move an edge by nothing that a bin of a tenth notices. */
const RANKED_ROWS = 20_000;
const BINS = 10;
/** The usual reading of the index: below it nothing to look at. */
const MOVED = 0.1;
const CHANCE = 0.001;

export function holdoutDrift({ features, x }: Dataset, { train, test }: RowSplit): HoldoutDrift {
  const rows = { x, width: features.length };
  return {
    training_rows: train.length,
    held_out_rows: test.length,
    features: features.map((feature, column) => {
      const binOf = binning(feature, { ...rows, column }, train);
      const counts = [train, test].map((part) => countsOf(binOf, { ...rows, column }, part));
      const [expected = [], actual = []] = occupied(counts);
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

/** Categories by their codes, numbers by deciles of the training rows. */
function binning(feature: FeatureSpec, { x, width, column }: Cells, train: Int32Array): Binning {
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
  const edges = edgesOf(Float32Array.from(ranked).sort());
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
 * Deciles, equal ones once. A value that fills more than a tenth ends its bin where the next greater one begins: beside it the rest, such
 * as the few amounts among many zeros, would not be seen.
 */
function edgesOf(sorted: Float32Array): readonly number[] {
  if (sorted.length === 0) return [];
  const [least = 0, ...deciles] = Array.from({ length: BINS }, (_, i) =>
    quantile(sorted, i / BINS),
  );
  const edges = new Set(deciles);
  deciles.forEach((edge, i) => {
    if (edge !== (deciles[i - 1] ?? least)) return;
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

/** Without the bins that neither part has a row in. */
const occupied = (parts: readonly number[][]): readonly number[][] =>
  parts.map((counts) => counts.filter((_, bin) => parts.some((part) => (part[bin] ?? 0) > 0)));
