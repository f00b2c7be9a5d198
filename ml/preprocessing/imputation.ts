// Missing values: NaN, and infinities, which a derived feature makes by dividing by zero and float32 by overflow.
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { sortFloats } from '../trees/sort-floats.ts';

export const isMissing = (value: number): boolean => !Number.isFinite(value);

/** The values that are there, ascending; a new array. */
export function sortedValues(column: Float32Array): Float32Array {
  const values = new Float32Array(column.length);
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] as number;
    if (!isMissing(value)) values[count++] = value;
  }
  return sortFloats(values.subarray(0, count));
}

/**
 * The median of the values that are there, the mean of the two middle ones where they are even in number, rounded to float32. A column
 * without any value gets 0: nothing was learnt from it, so any constant serves.
 */
export function medianOf(column: Float32Array): number {
  const values = sortedValues(column);
  if (values.length === 0) return 0;
  const middle = values.length >> 1;
  const upper = values[middle] as number;
  const lower = values.length % 2 === 1 ? upper : (values[middle - 1] as number);
  return Math.fround((lower + upper) / 2);
}

/** Where float32 [N, C] is missing; returns the name of a bool tensor. */
export const isMissingInOnnx = (graph: GraphBuilder, input: string): string =>
  graph.node('Or', [graph.node('IsNaN', [input]), graph.node('IsInf', [input])]);

/** Appends the replacement of missing values of float32 [N, C] by `fill` (one float32 for each column); returns the tensor's name. */
export const imputeInOnnx = (graph: GraphBuilder, input: string, fill: Float32Array): string =>
  graph.node('Where', [isMissingInOnnx(graph, input), graph.float(fill, [1, fill.length]), input]);
