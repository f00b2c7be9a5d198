// A calibration as ONNX nodes, in double, rounded once at the end.
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Calibration } from './calibration.ts';
import { HIGHEST, LOWEST } from './class-totals.ts';
import type { IsotonicCurve } from './isotonic.ts';
import { SCORE_MARGIN, type PlattCurve } from './platt.ts';

const FLOAT = { int: 1 };
const DOUBLE = { int: 11 };

/** `probability` names float32 [N, 1]; returns the name of float32 [N, 1], which is `probability` itself where the calibration is none. */
export function calibrationToOnnx(
  graph: GraphBuilder,
  probability: string,
  calibration: Calibration,
): string {
  if (calibration.kind === 'none') return probability;
  const score = graph.node('Cast', [probability], { to: DOUBLE });
  const calibrated =
    calibration.kind === 'platt'
      ? plattNodes(graph, score, calibration)
      : isotonicNodes(graph, score, calibration);
  return graph.node('Cast', [calibrated], { to: FLOAT });
}

const scalar = (graph: GraphBuilder, value: number): string =>
  graph.double(Float64Array.of(value), []);

function plattNodes(graph: GraphBuilder, score: string, { slope, intercept }: PlattCurve): string {
  const clip = (input: string, low: number, high: number): string =>
    graph.node('Clip', [input, scalar(graph, low), scalar(graph, high)]);
  const p = clip(score, SCORE_MARGIN, 1 - SCORE_MARGIN);
  const odds = graph.node('Div', [p, graph.node('Sub', [scalar(graph, 1), p])]);
  const scaled = graph.node('Mul', [graph.node('Log', [odds]), scalar(graph, slope)]);
  const shifted = graph.node('Add', [scaled, scalar(graph, intercept)]);
  return clip(graph.node('Sigmoid', [shifted]), LOWEST, HIGHEST);
}

/**
 * The first value plus, for each piece, its slope times how far the score has come in it: min(max(score - start, 0), width). One row of
 * [N, pieces] in double is at most 800 bytes, and five nodes do it whatever the number of knots.
 */
function isotonicNodes(
  graph: GraphBuilder,
  score: string,
  { scores, values }: IsotonicCurve,
): string {
  const pieces = scores.length - 1;
  const first = scalar(graph, values[0] as number);
  if (pieces === 0) return graph.node('Add', [graph.node('Mul', [score, scalar(graph, 0)]), first]);
  const starts = Float64Array.from(scores.slice(0, -1));
  const widths = starts.map((start, i) => (scores[i + 1] as number) - start);
  const slopes = widths.map(
    (width, i) => ((values[i + 1] as number) - (values[i] as number)) / width,
  );
  const past = graph.node('Sub', [score, graph.double(starts, [1, pieces])]);
  const begun = graph.node('Max', [past, scalar(graph, 0)]);
  const within = graph.node('Min', [begun, graph.double(widths, [1, pieces])]);
  const rise = graph.node('MatMul', [within, graph.double(slopes, [pieces, 1])]);
  return graph.node('Add', [rise, first]);
}
