// Models that ONNX Runtime runs and that are not of the house's form.
import { GraphBuilder, type ElementType } from '../../ml/onnx/graph-builder.ts';

/** One column in, the same column out under each of the names. */
export function foreignOnnx(type: ElementType, outputs: readonly string[]): Uint8Array {
  const graph = new GraphBuilder();
  const input = graph.input('features', type, ['N', 1]);
  for (const output of outputs) graph.output(input, output, type, ['N', 1]);
  return graph.build();
}
