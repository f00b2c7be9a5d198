// The bins of a column as one tree: missing values leave at the root, the others are halved down to their bin.
import type { GraphBuilder } from '../../onnx/graph-builder.ts';
import { ensembleToOnnx } from '../../trees/ensemble-to-onnx.ts';
import type { TreeEnsemble } from '../../trees/tree-ensemble.ts';

export interface Bins {
  readonly column: number;
  /** As in BinSums, [bins]. */
  readonly uppers: Float32Array;
  /** [bins + 1, outputs], the last for missing values. */
  readonly values: Float32Array;
  readonly outputs: number;
}

/** `input` names float32 [N, columns], NaN where missing; returns the name of float32 [N, outputs]. */
export const binsToOnnx = (graph: GraphBuilder, input: string, bins: Bins): string =>
  ensembleToOnnx(graph, input, treeOf(bins));

/** The tree that answers what the bins do; a category is no less and no more than its code here. */
export function treeOf({ column, uppers, values, outputs }: Bins): TreeEnsemble {
  const columns: number[] = [];
  const thresholds: number[] = [];
  const links: number[] = [];
  const add = (at: number, threshold: number, link: number): number => {
    columns.push(at);
    thresholds.push(threshold);
    return links.push(link) - 1;
  };
  const leaf = (bin: number): number => add(-1, 0, bin * outputs);
  /** The bins from `first` to `last`. */
  const grow = (first: number, last: number): void => {
    if (first === last) {
      leaf(first);
      return;
    }
    const middle = (first + last) >>> 1;
    const node = add(column, uppers[middle] as number, 0);
    grow(first, middle);
    links[node] = columns.length;
    grow(middle + 1, last);
  };
  // Every number is at most Infinity, a missing value is not.
  const root = add(column, Infinity, 0);
  grow(0, uppers.length - 1);
  links[root] = leaf(uppers.length);
  return {
    outputs,
    base: new Float32Array(outputs),
    roots: Int32Array.of(0),
    targets: Int32Array.of(0),
    leafWidth: outputs,
    columns: Int32Array.from(columns),
    thresholds: Float32Array.from(thresholds),
    missingLeft: new Uint8Array(columns.length),
    subsets: new Int32Array(columns.length).fill(-1),
    links: Int32Array.from(links),
    values,
    categorySets: [],
  };
}
