// Leaves that share one table: a small subtree, found by the columns that the row satisfies above it and the way that each split in it goes.
import { type TreePaths } from './tree-paths.ts';

/** Beyond it (4,096 patterns) a table is larger than the work that it saves. */
const MOST_BITS = 12;

/** A table for a subtree may be this much larger than those of its parts: half the look-ups are worth it. */
const GROWTH = 4 / 3;

export interface LeafGroup {
  /** The root of the subtree; a leaf alone is one too. */
  readonly top: number;
  /** In preorder. */
  readonly splits: readonly number[];
  readonly leaves: readonly number[];
  /** Distinct columns on the way to all leaves, those on the way to the top first, by place. */
  readonly columns: readonly number[];
  /** Patterns are 2^bits: the columns above the top, and then the splits, set where they send the row to the left. */
  readonly bits: number;
}

/** Numbers in a group's table, one a column for each pattern. */
export const numbersOf = ({ columns, bits }: LeafGroup): number => columns.length * 2 ** bits;

export interface LeafGroups {
  /** In the order of the nodes. */
  readonly groups: readonly LeafGroup[];
  /** Leaves of too many columns for any table. */
  readonly others: readonly number[];
}

/** Leaves that are trees of their own contribute nothing and are in neither. */
export function groupLeaves(paths: TreePaths): LeafGroups {
  const { trees, parents, widths } = paths;
  const ends = endsOf(paths);
  const isGroup = groupTops(paths, ends);
  const groups: LeafGroup[] = [];
  const others: number[] = [];
  for (let node = 0; node < parents.length;) {
    const end = ends[node] as number;
    const isLeaf = trees.columns[node] === -1;
    if (isGroup[node] === 1) {
      groups.push(groupOf(paths, node, end));
      node = end;
      continue;
    }
    if (isLeaf && (widths[node] as number) > 0) others.push(node);
    node++;
  }
  return { groups, others };
}

/** The node after each node's subtree. */
function endsOf({ trees, parents }: TreePaths): Int32Array {
  const ends = new Int32Array(parents.length);
  for (let node = parents.length - 1; node >= 0; node--)
    ends[node] =
      trees.columns[node] === -1 ? node + 1 : (ends[trees.links[node] as number] as number);
  return ends;
}

/** 1 where a subtree is better off with one table than with those of its parts, or is a leaf that may have one. */
function groupTops(paths: TreePaths, ends: Int32Array): Uint8Array {
  const { trees, parents, widths } = paths;
  const isGroup = new Uint8Array(parents.length);
  const numbers = new Float64Array(parents.length);
  for (let node = parents.length - 1; node >= 0; node--) {
    const width = widths[node] as number;
    const isLeaf = trees.columns[node] === -1;
    const parts = isLeaf
      ? Infinity
      : (numbers[node + 1] as number) + (numbers[trees.links[node] as number] as number);
    const end = ends[node] as number;
    const bits = width + (end - node - 1) / 2;
    const own = bits === 0 || bits > MOST_BITS ? Infinity : numbersOf(groupOf(paths, node, end));
    const isBetter = own < Infinity && own <= GROWTH * parts;
    isGroup[node] = isBetter ? 1 : 0;
    numbers[node] = isBetter ? own : parts;
  }
  return isGroup;
}

function groupOf(
  { trees, parents, places, widths }: TreePaths,
  top: number,
  end: number,
): LeafGroup {
  const columns: number[] = new Array<number>(widths[top] as number);
  for (let node = top, up = parents[node] as number; up >= 0;) {
    columns[places[node] as number] = trees.columns[up] as number;
    node = up;
    up = parents[node] as number;
  }
  const splits: number[] = [];
  const leaves: number[] = [];
  for (let node = top; node < end; node++) {
    const column = trees.columns[node] as number;
    (column === -1 ? leaves : splits).push(node);
    if (column !== -1 && !columns.includes(column)) columns.push(column);
  }
  return { top, splits, leaves, columns, bits: (widths[top] as number) + splits.length };
}
