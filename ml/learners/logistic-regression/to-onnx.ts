// The logistic regression as ONNX nodes, in double up to the probability.
import type { GraphBuilder } from '../../onnx/graph-builder.ts';

const FLOAT = { int: 1 };
const ALONG_OUTPUTS = { axis: { int: 1 } };

/** `input` names double [N, columns]; `coefficients` [outputs, columns], `intercepts` [outputs]; returns the name of float32 [N, outputs]. */
export function logisticRegressionToOnnx(
  graph: GraphBuilder,
  input: string,
  coefficients: Float64Array,
  intercepts: Float64Array,
): string {
  const outputs = intercepts.length;
  const columns = coefficients.length / outputs;
  const transposed = Float64Array.from(
    coefficients,
    (_, at) => coefficients[(at % outputs) * columns + Math.floor(at / outputs)] as number,
  );
  const products = graph.node('MatMul', [input, graph.double(transposed, [columns, outputs])]);
  const scores = graph.node('Add', [products, graph.double(intercepts, [outputs])]);
  // The operator takes the row's largest score off before exp, as the definition of ONNX Runtime's and of others does.
  const probabilities =
    outputs === 1
      ? graph.node('Sigmoid', [scores])
      : graph.node('Softmax', [scores], ALONG_OUTPUTS);
  return graph.node('Cast', [probabilities], { to: FLOAT });
}
