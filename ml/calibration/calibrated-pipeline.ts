// A pipeline with a calibration curve behind it, in training and in the graph alike.
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Float32Matrix } from '../numeric/matrix.ts';
import type { Pipeline } from '../pipeline.ts';
import { applyInto, type Calibration } from './calibration.ts';
import { calibrationToOnnx } from './to-onnx.ts';

/** For binary pipelines; the pipeline itself where there is nothing to correct. */
export function calibrated(pipeline: Pipeline, calibration: Calibration): Pipeline {
  if (calibration.kind === 'none') return pipeline;
  return Object.freeze({
    ...pipeline,
    predictInto(rows: Float32Matrix, out: Float64Array) {
      pipeline.predictInto(rows, out);
      applyInto(calibration, out);
    },
    toOnnx: (graph: GraphBuilder, input: string) =>
      calibrationToOnnx(graph, pipeline.toOnnx(graph, input), calibration),
  });
}
