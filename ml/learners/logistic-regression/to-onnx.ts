// The logistic regression as ONNX nodes, in double up to the probability.
import type { GraphBuilder } from '../../onnx/graph-builder.ts';

const FLOAT = { int: 1 };

/** `input` names double [N, columns]; returns the name of float32 [N, 1]. */
export function logisticRegressionToOnnx(
  graph: GraphBuilder,
  input: string,
  coefficients: Float64Array,
  intercept: number,
): string {
  const products = graph.node('MatMul', [
    input,
    graph.double(coefficients, [coefficients.length, 1]),
  ]);
  const scores = graph.node('Add', [products, graph.double(Float64Array.of(intercept), [1])]);
  return graph.node('Cast', [graph.node('Sigmoid', [scores])], { to: FLOAT });
}
