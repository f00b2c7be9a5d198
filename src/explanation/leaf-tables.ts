// The tables of all groups of leaves, filled one by one so that others can have a turn between.
import { numbersOf, type LeafGroup } from './leaf-groups.ts';
import { fillLeafTable } from './leaf-table.ts';
import { type LeafWeights } from './leaf-weights.ts';
import { type TablePlan } from './table-plan.ts';
import { type TreePaths } from './tree-paths.ts';

/** Numbers and rows between two turns: some milliseconds. */
const WORK_A_TURN = 2 ** 17;

/** Fills the tables of a plan one after the other, [patterns, columns] each; yields where others may have a turn. */
export function* fillTables(
  paths: TreePaths,
  plan: TablePlan,
  weights: LeafWeights,
  scale: number,
): Generator<undefined, Float64Array, undefined> {
  const tables = new Float64Array(plan.numbers);
  let work = 0;
  let at = 0;
  for (const group of plan.groups) {
    const numbers = numbersOf(group);
    const table = tables.subarray(at, at + numbers);
    for (const leaf of group.leaves) {
      addLeaf(paths, group, leaf, tableOf(paths, leaf, weights, scale), table);
      work += numbers + weights.rows * (paths.depths[leaf] as number);
    }
    at += numbers;
    if (work < WORK_A_TURN) continue;
    work = 0;
    yield;
  }
  return tables;
}

function tableOf(
  { trees, widths }: TreePaths,
  leaf: number,
  weights: LeafWeights,
  scale: number,
): Float64Array {
  const width = widths[leaf] as number;
  const passing = new Float64Array(1 << width);
  weights.weigh(leaf, passing);
  const table = new Float64Array(width << width);
  const value = trees.values[trees.links[leaf] as number] as number;
  fillLeafTable(width, scale * value, passing, table);
  return table;
}

/** Adds a leaf's table to its group's: each pattern of the group is one of the leaf's. */
function addLeaf(
  paths: TreePaths,
  group: LeafGroup,
  leaf: number,
  table: Float64Array,
  out: Float64Array,
): void {
  const width = paths.widths[leaf] as number;
  const columns = group.columns.length;
  const targets = targetsOf(paths, group, leaf);
  const edges = edgesBelow(paths, group, leaf);
  const above = (1 << (paths.widths[group.top] as number)) - 1;
  for (let pattern = 0; pattern < 1 << group.bits; pattern++) {
    let mask = pattern & above;
    for (const { direction, whenLeft, set, kept } of edges)
      mask = ((pattern & direction) !== 0) === whenLeft ? mask | set : mask & kept;
    for (let place = 0; place < width; place++) {
      const at = pattern * columns + (targets[place] as number);
      out[at] = (out[at] as number) + (table[mask * width + place] as number);
    }
  }
}

/** Of each of the leaf's columns, by place, its place in the group. */
function targetsOf(
  { trees, parents, places }: TreePaths,
  group: LeafGroup,
  leaf: number,
): number[] {
  const targets: number[] = [];
  for (let node = leaf, up = parents[node] as number; up >= 0;) {
    targets[places[node] as number] = group.columns.indexOf(trees.columns[up] as number);
    node = up;
    up = parents[node] as number;
  }
  return targets;
}

interface Edge {
  /** The group's bit of the split above. */
  readonly direction: number;
  readonly whenLeft: boolean;
  /** What becomes of the leaf's columns where the row takes the edge, and where not. */
  readonly set: number;
  readonly kept: number;
}

/** From the top of the group down to a leaf. */
function edgesBelow(
  { parents, places, widths }: TreePaths,
  group: LeafGroup,
  leaf: number,
): Edge[] {
  const edges: Edge[] = [];
  for (let node = leaf; node !== group.top; node = parents[node] as number) {
    const up = parents[node] as number;
    const bit = 1 << (places[node] as number);
    const isNew = places[node] === widths[up];
    const direction = 1 << ((widths[group.top] as number) + group.splits.indexOf(up));
    edges.push({ direction, whenLeft: node === up + 1, set: isNew ? bit : 0, kept: ~bit });
  }
  return edges.reverse();
}
