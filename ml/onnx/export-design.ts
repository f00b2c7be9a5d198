// The part of a pipeline before its learner as an ONNX file of its own: `features` float32 [N, F] goes in, `design` [N, D] comes out, float for
// trees, double for linear models. What explanations run before they divide a margin among the columns.
import type { AdditivePipeline } from '../pipeline.ts';
import { GraphBuilder } from './graph-builder.ts';

export function exportDesign(pipeline: AdditivePipeline, featureCount: number): Uint8Array {
  const { form, sources } = pipeline;
  const graph = new GraphBuilder();
  const design = pipeline.toOnnx(graph, graph.input('features', 'float', ['N', featureCount]));
  const type = form.kind === 'linear' ? 'double' : 'float';
  graph.output(design, 'design', type, ['N', sources.length]);
  return graph.build();
}
