// Rank to normal: a value becomes the normal quantile of its rank among the training rows, so that neither the size nor the shape of a
// column's distribution matters to a linear model. As QuantileTransformer(output_distribution="normal") of scikit-learn, with two
// differences: between grid points the normal score itself is interpolated, since a graph has no inverse normal distribution; and a
// lowest or highest value that many rows share gets the middle of its ranks as any other such value does, not the clipped end.
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { sortedValues } from './imputation.ts';
import { normalScore } from './normal-score.ts';

/** Grid points at most, as in scikit-learn. */
const QUANTILES = 1000;
/** The lowest and the highest rank, as in scikit-learn: scores end at +-5.2. */
const CLIP = 1e-7;

/** A rising, piecewise linear function, constant beyond its ends. The arrays are padded to a power of two for the search. */
export interface ScoreCurve {
  /** Rising strictly, then Infinity. */
  readonly knots: Float64Array;
  readonly scores: Float64Array;
  /** From each knot to the next; 0 after the last. */
  readonly slopes: Float64Array;
  readonly lowest: number;
  readonly highest: number;
}

/** Fits on the values of the training rows, at least one, none of them NaN or infinite. */
export function fitScoreCurve(values: Float32Array): ScoreCurve {
  const sorted = sortedValues(values);
  const points = Math.min(QUANTILES, sorted.length);
  const knots: number[] = [];
  const scores: number[] = [];
  let first = 0;
  while (first < points) {
    const knot = quantile(sorted, first, points);
    let last = first;
    while (last + 1 < points && quantile(sorted, last + 1, points) <= knot) last += 1;
    knots.push(knot);
    const rank = points === 1 ? 0.5 : (first + last) / 2 / (points - 1);
    scores.push(normalScore(Math.min(Math.max(rank, CLIP), 1 - CLIP)));
    first = last + 1;
  }
  const slopes = knots.map((knot, i) => {
    const [next, score] = [knots[i + 1], scores[i + 1]];
    if (next === undefined || score === undefined) return 0;
    return (score - (scores[i] as number)) / (next - knot);
  });
  const size = 2 ** Math.ceil(Math.log2(knots.length));
  return Object.freeze({
    knots: padded(knots, size, Infinity),
    scores: padded(scores, size, 0),
    slopes: padded(slopes, size, 0),
    lowest: knots[0] as number,
    highest: knots.at(-1) as number,
  });
}

function padded(values: ArrayLike<number>, size: number, fill: number): Float64Array {
  const all = new Float64Array(size).fill(fill);
  all.set(values);
  return all;
}

/** The i-th of `points` quantiles with equal steps of rank from the lowest to the highest value, linear between order statistics. */
function quantile(sorted: Float32Array, i: number, points: number): number {
  if (points === 1) return sorted[0] as number;
  const at = (i * (sorted.length - 1)) / (points - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (at - below);
}

/** The score of a finite value. */
export function scoreOf(curve: ScoreCurve, value: number): number {
  const { knots, scores, slopes, lowest, highest } = curve;
  const x = value < lowest ? lowest : value > highest ? highest : value;
  let at = 0;
  // The last knot at or below x.
  for (let step = knots.length >> 1; step >= 1; step >>= 1)
    at = x >= (knots[at + step] as number) ? at + step : at;
  return (scores[at] as number) + (x - (knots[at] as number)) * (slopes[at] as number);
}

/**
 * The same for double [N, C], a curve a column: a binary search of all cells at once, for 10 steps of 4 nodes at most. Comparing each
 * cell with each knot takes fewer nodes and 1,000 times the memory of the column.
 */
export function scoresInOnnx(
  curves: readonly ScoreCurve[],
  graph: GraphBuilder,
  input: string,
): string {
  const size = Math.max(...curves.map(({ knots }) => knots.length));
  const row = [1, curves.length];
  const table = (key: 'knots' | 'scores' | 'slopes', fill: number): string => {
    const values = new Float64Array(size * curves.length);
    curves.forEach((curve, i) => {
      values.set(padded(curve[key], size, fill), i * size);
    });
    return graph.double(values, [values.length]);
  };
  const ends = (key: 'lowest' | 'highest'): string =>
    graph.double(
      Float64Array.from(curves, (curve) => curve[key]),
      row,
    );
  const raised = bound(graph, input, 'Less', ends('lowest'));
  const bounded = bound(graph, raised, 'Greater', ends('highest'));
  const knots = table('knots', Infinity);
  let at = graph.int64(
    curves.map((_, i) => i * size),
    row,
  );
  for (let step = size >> 1; step >= 1; step >>= 1) {
    const further = graph.node('Add', [at, graph.int64([step], [1, 1])]);
    const reached = graph.node('GreaterOrEqual', [bounded, graph.node('Gather', [knots, further])]);
    at = graph.node('Where', [reached, further, at]);
  }
  const above = graph.node('Sub', [bounded, graph.node('Gather', [knots, at])]);
  const rise = graph.node('Mul', [above, graph.node('Gather', [table('slopes', 0), at])]);
  return graph.node('Add', [graph.node('Gather', [table('scores', 0), at]), rise]);
}

/** `limit` where `input` lies beyond it. */
const bound = (
  graph: GraphBuilder,
  input: string,
  beyond: 'Less' | 'Greater',
  limit: string,
): string => graph.node('Where', [graph.node(beyond, [input, limit]), limit, input]);
