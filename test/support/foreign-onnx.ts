// Models that ONNX Runtime runs and that are not of the house's form.
import { GraphBuilder, type ElementType } from '../../ml/onnx/graph-builder.ts';

/** One column in, the same column out under each of the names. */
export function foreignOnnx(type: ElementType, outputs: readonly string[]): Uint8Array {
  const graph = new GraphBuilder();
  const input = graph.input('features', type, ['N', 1]);
  for (const output of outputs) graph.output(input, output, type, ['N', 1]);
  return graph.build();
}

/** One column in, the column plus a number out. */
export function addingOnnx(summand: number): Uint8Array {
  const graph = new GraphBuilder();
  const input = graph.input('features', 'float', ['N', 1]);
  const sum = graph.node('Add', [input, graph.float(Float32Array.of(summand), [1])]);
  graph.output(sum, 'score', 'float', ['N', 1]);
  return graph.build();
}
