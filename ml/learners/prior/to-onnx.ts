// One answer for every row as ONNX nodes: only the number of rows is taken from the input, so that missing values cannot spoil it.
import type { GraphBuilder } from '../../onnx/graph-builder.ts';

/** `input` names [N, columns]; returns the name of float32 [N, outputs]. */
export function constantToOnnx(graph: GraphBuilder, input: string, answer: Float32Array): string {
  const rows = graph.node('Gather', [graph.node('Shape', [input]), graph.int64([0], [1])]);
  const shape = graph.node('Concat', [rows, graph.int64([answer.length], [1])], {
    axis: { int: 0 },
  });
  return graph.node('Expand', [graph.float(answer, [1, answer.length]), shape]);
}
