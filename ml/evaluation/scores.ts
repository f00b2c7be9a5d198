// What evaluation looks at: labels, scores and weights of the same rows, checked once; and the function that gives scores.
import type { Float32Matrix } from '../numeric/matrix.ts';
import { MetricError } from './metrics.ts';

/** P(positive) of each raw row, float32 [N, F] -> [N]. */
export type Predict = (x: Float32Matrix) => Float64Array;

/** Throws MetricError where `y`, `p` and `weights` are not of one length, or hold what is no label, no probability or no weight. */
export function checkScores(y: Uint8Array, p: Float64Array, weights: Float64Array | null): void {
  if (y.length === 0) throw new MetricError('expected at least one row');
  if (p.length !== y.length || (weights !== null && weights.length !== y.length))
    throw new MetricError('expected labels, scores and weights of the same rows');
  if (!y.every((label) => label === 0 || label === 1))
    throw new MetricError('expected labels 0 and 1');
  if (!p.every((score) => score >= 0 && score <= 1))
    throw new MetricError('expected scores from 0 to 1');
  if (weights === null) return;
  if (!weights.every((weight) => weight >= 0 && weight < Infinity))
    throw new MetricError('expected weights that are finite and not negative');
  if (!weights.some((weight) => weight > 0))
    throw new MetricError('expected weights that are not all 0');
}

/** Scores as an exported model answers them: rounded to float32. */
export const float32Scores = (p: Float64Array): Float64Array =>
  Float64Array.from(p, (score) => Math.fround(score));
