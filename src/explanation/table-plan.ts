// Which leaves get a table within a budget of memory, and which are computed row by row.
import { groupLeaves, numbersOf, type LeafGroup } from './leaf-groups.ts';
import { type TreePaths } from './tree-paths.ts';

/** Enough for 200 full trees of depth 6, with room for half as many more. */
export const TABLE_BYTES = 48 * 2 ** 20;

export interface TablePlan {
  /** Those that have a table, in the order of the nodes. */
  readonly groups: readonly LeafGroup[];
  /** Numbers in all tables. */
  readonly numbers: number;
  /** 1 where a leaf below (or the node itself) has none, [nodes]. */
  readonly leadsToRest: Uint8Array;
}

/** Tables of few patterns first: they save most for their memory. */
export function planTables(paths: TreePaths, bytes: number): TablePlan {
  const { groups, others } = groupLeaves(paths);
  const most = groups.reduce((max, { bits }) => Math.max(max, bits), 0);
  const tabled = new Set<LeafGroup>();
  let left = Math.floor(bytes / Float64Array.BYTES_PER_ELEMENT);
  let numbers = 0;
  for (let bits = 1; bits <= most; bits++)
    for (const group of groups) {
      if (group.bits !== bits || numbersOf(group) > left) continue;
      tabled.add(group);
      left -= numbersOf(group);
      numbers += numbersOf(group);
    }
  const rest = groups.filter((group) => !tabled.has(group)).flatMap(({ leaves }) => leaves);
  const leadsToRest = new Uint8Array(paths.parents.length);
  for (const leaf of [...rest, ...others]) markPath(paths, leaf, leadsToRest);
  return { groups: groups.filter((group) => tabled.has(group)), numbers, leadsToRest };
}

function markPath({ parents }: TreePaths, leaf: number, flags: Uint8Array): void {
  for (let node = leaf; node !== -1 && flags[node] === 0; node = parents[node] as number)
    flags[node] = 1;
}
