// The whole model as one ONNX file. `features` float32 [N, F] goes in; what comes out depends on the task:
// binary -> `label` int64 [N] and `probability` float32 [N, 1]; multiclass -> `label` and `probability` [N, classes];
// regression -> `prediction` float32 [N, 1].
import type { Task } from '../learners/learner.ts';
import { GraphBuilder } from './graph-builder.ts';

/** A fitted pipeline: imputation, derived features, scaling, learner. */
export interface ExportablePipeline {
  readonly task: Task;
  /** Appends its nodes; `input` names the raw rows float32 [N, F]; returns the name of its float32 outputs [N, 1] or [N, classes]. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

const INT64 = { int: 7 };

/**
 * The bytes of the model. Binary: the label is 1 where probability >= threshold, both float32: a probability is float32 in every answer,
 * so whoever compares the answered numbers gets the same label. Multiclass: the label is the most probable class, the first of equals.
 */
export function exportPipeline(
  pipeline: ExportablePipeline,
  featureCount: number,
  threshold: number,
): Uint8Array {
  const graph = new GraphBuilder();
  const answers = pipeline.toOnnx(graph, graph.input('features', 'float', ['N', featureCount]));
  const { task } = pipeline;
  if (task.kind === 'regression') {
    graph.output(answers, 'prediction', 'float', ['N', 1]);
    return graph.build();
  }
  const label =
    task.kind === 'binary'
      ? labelAt(graph, answers, threshold)
      : graph.node('ArgMax', [answers], { axis: { int: 1 }, keepdims: { int: 0 } });
  // Rank 1 and rank 2, in this order: the shape of outputs that mlflow's pyfunc turns into a DataFrame without failing.
  graph.output(label, 'label', 'int64', ['N']);
  graph.output(answers, 'probability', 'float', ['N', task.kind === 'binary' ? 1 : task.classes]);
  return graph.build();
}

function labelAt(graph: GraphBuilder, probability: string, threshold: number): string {
  const cut = graph.float(Float32Array.of(threshold), [1]);
  const positive = graph.node('GreaterOrEqual', [probability, cut]);
  return graph.node('Squeeze', [
    graph.node('Cast', [positive], { to: INT64 }),
    graph.int64([1], [1]),
  ]);
}
