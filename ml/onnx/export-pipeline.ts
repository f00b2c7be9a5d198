// The whole model as one ONNX file: `features` float32 [N, F] -> `label` int64 [N] and `probability` float32 [N, 1].
import { GraphBuilder } from './graph-builder.ts';

/** A fitted pipeline: imputation, derived features, scaling, learner. */
export interface ExportablePipeline {
  /** Appends its nodes; `input` names the raw rows float32 [N, F]; returns the name of a float32 [N, 1] probability. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/**
 * The bytes of the model. The label is 1 where probability >= threshold, both float32: a probability is float32 in every answer, so
 * whoever compares the answered numbers gets the same label.
 */
export function exportPipeline(
  pipeline: ExportablePipeline,
  featureCount: number,
  threshold: number,
): Uint8Array {
  const graph = new GraphBuilder();
  const features = graph.input('features', 'float', ['N', featureCount]);
  const probability = pipeline.toOnnx(graph, features);
  const positive = graph.node('GreaterOrEqual', [
    probability,
    graph.float(Float32Array.of(threshold), [1]),
  ]);
  const label = graph.node('Squeeze', [
    graph.node('Cast', [positive], { to: { int: 7 } }),
    graph.int64([1], [1]),
  ]);
  // Rank 1 and rank 2, in this order: the shape of outputs that mlflow's pyfunc turns into a DataFrame without failing.
  graph.output(label, 'label', 'int64', ['N']);
  graph.output(probability, 'probability', 'float', ['N', 1]);
  return graph.build();
}
