// Where the scores of each class lie: two histograms over [0, 1].
import { checkScores } from './scores.ts';

export interface ScoreDistribution {
  /** Of the bins, all equally wide, [bins + 1], from 0 to 1. */
  readonly edges: readonly number[];
  /** Rows by bin, [bins]: edges[i] <= score < edges[i + 1]; the last bin includes 1. */
  readonly negatives: readonly number[];
  readonly positives: readonly number[];
}

/** As numpy's histogram over (0, 1). `y` [N] 0 or 1, `p` [N] P(positive). Throws MetricError for rows that do not belong together. */
export function scoreDistribution(y: Uint8Array, p: Float64Array, bins = 20): ScoreDistribution {
  checkScores(y, p, null);
  const edges = Array.from({ length: bins + 1 }, (_, i) => i / bins);
  const negatives = new Array<number>(bins).fill(0);
  const positives = new Array<number>(bins).fill(0);
  y.forEach((label, row) => {
    const bin = binOf(edges, p[row] as number);
    const counts = label === 1 ? positives : negatives;
    counts[bin] = (counts[bin] as number) + 1;
  });
  return { edges, negatives, positives };
}

/** The product may round across an edge, by one bin at most. */
function binOf(edges: readonly number[], score: number): number {
  const bins = edges.length - 1;
  const guess = Math.min(Math.floor(score * bins), bins - 1);
  if (score < (edges[guess] as number)) return guess - 1;
  return guess + 1 < bins && score >= (edges[guess + 1] as number) ? guess + 1 : guess;
}
