// Missing values: NaN, and infinities, which a derived feature makes by dividing by zero and float32 by overflow.
import type { GraphBuilder } from '../onnx/graph-builder.ts';

export const isMissing = (value: number): boolean => !Number.isFinite(value);

/**
 * The median of the values that are there, the mean of the two middle ones where they are even in number, rounded to float32. A column
 * without any value gets 0: nothing was learnt from it, so any constant serves.
 */
export function medianOf(column: Float32Array): number {
  const values = column.filter((value) => !isMissing(value)).sort();
  if (values.length === 0) return 0;
  const middle = values.length >> 1;
  const upper = values[middle] as number;
  const lower = values.length % 2 === 1 ? upper : (values[middle - 1] as number);
  return Math.fround((lower + upper) / 2);
}

/** Appends the replacement of missing values of float32 [N, C] by `fill` (one float32 for each column); returns the tensor's name. */
export function imputeInOnnx(graph: GraphBuilder, input: string, fill: Float32Array): string {
  const missing = graph.node('Or', [graph.node('IsNaN', [input]), graph.node('IsInf', [input])]);
  return graph.node('Where', [missing, graph.float(fill, [1, fill.length]), input]);
}
