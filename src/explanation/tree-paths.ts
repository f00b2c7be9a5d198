// The paths of all trees: which columns lie on the way to a node, each numbered by its first split there.
import type { SplitTrees } from './additive-model.ts';
import { goesLeft } from './split.ts';

/** Everything by node. The edge above a node carries the column of its parent's split. */
export interface TreePaths {
  readonly trees: SplitTrees;
  /** -1 of roots. */
  readonly parents: Int32Array;
  /** Edges on the way from the root. */
  readonly depths: Int32Array;
  /** Distinct columns on these edges. */
  readonly widths: Int32Array;
  /** Of the edge above: the place of its column among the distinct ones; it is a new one where that is the width of the parent. -1 of roots. */
  readonly places: Int32Array;
  readonly deepest: number;
  readonly widest: number;
}

export function pathsOf(trees: SplitTrees): TreePaths {
  const { columns, links } = trees;
  const parents = new Int32Array(columns.length).fill(-1);
  const depths = new Int32Array(columns.length);
  const widths = new Int32Array(columns.length);
  const places = new Int32Array(columns.length).fill(-1);
  let deepest = 0;
  let widest = 0;
  for (let node = 0; node < columns.length; node++) {
    if (columns[node] !== -1) {
      parents[node + 1] = node;
      parents[links[node] as number] = node;
    }
    const parent = parents[node] as number;
    if (parent === -1) continue;
    const known = placeAbove(columns, parents, places, parent);
    const width = widths[parent] as number;
    places[node] = known === -1 ? width : known;
    widths[node] = known === -1 ? width + 1 : width;
    depths[node] = (depths[parent] as number) + 1;
    deepest = Math.max(deepest, depths[node] as number);
    widest = Math.max(widest, widths[node] as number);
  }
  return { trees, parents, depths, widths, places, deepest, widest };
}

/** The place of a split's column on the way to that split, -1 where it is new. */
function placeAbove(
  columns: Int32Array,
  parents: Int32Array,
  places: Int32Array,
  split: number,
): number {
  for (let node = split, parent = parents[node] as number; parent >= 0;) {
    if (columns[parent] === columns[split]) return places[node] as number;
    node = parent;
    parent = parents[node] as number;
  }
  return -1;
}

/** The columns, by bit, all of whose splits on the way to a leaf send the row at `at` of `design` towards it. Of leaves of at most 31 columns. */
export function satisfiedColumns(
  { trees, parents, widths, places }: TreePaths,
  leaf: number,
  design: Float32Array,
  at: number,
): number {
  let mask = (1 << (widths[leaf] as number)) - 1;
  for (let node = leaf, up = parents[node] as number; up >= 0;) {
    const left = goesLeft(trees, up, design[at + (trees.columns[up] as number)] as number);
    if (left !== (node === up + 1)) mask &= ~(1 << (places[node] as number));
    node = up;
    up = parents[node] as number;
  }
  return mask;
}
