// Which leaves share a table, and which of the tables a budget buys.
import { randomTrees } from '../../test/support/random-trees.ts';
import type { SplitTrees } from './additive-model.ts';
import { groupLeaves, numbersOf } from './leaf-groups.ts';
import { planTables, TABLE_BYTES } from './table-plan.ts';
import { pathsOf } from './tree-paths.ts';

/** One full tree in preorder whose splits have these columns. */
function fullTree(depth: number, columnOf: (split: number) => number): SplitTrees {
  const columns: number[] = [];
  const links: number[] = [];
  let splits = 0;
  let leaves = 0;
  const grow = (left: number): number => {
    const node = columns.length;
    columns.push(left === 0 ? -1 : columnOf(splits++));
    links.push(left === 0 ? leaves++ : -1);
    if (left === 0) return node;
    grow(left - 1);
    links[node] = grow(left - 1);
    return node;
  };
  grow(depth);
  return {
    roots: Int32Array.of(0),
    columns: Int32Array.from(columns),
    thresholds: new Float32Array(columns.length),
    missingLeft: new Uint8Array(columns.length),
    subsets: new Int32Array(columns.length).fill(-1),
    links: Int32Array.from(links),
    values: new Float32Array(leaves),
    categorySets: [],
  };
}

const leavesOf = (trees: SplitTrees): number[] =>
  [...trees.columns.keys()].filter((node) => trees.columns[node] === -1);

describe('groupLeaves', () => {
  it('gives every leaf a place in one group', () => {
    const { trees } = randomTrees({ seed: 4, trees: 5, depth: 9, columns: 8 });
    const { groups, others } = groupLeaves(pathsOf(trees));
    const grouped = groups.flatMap(({ leaves }) => leaves);
    expect([...grouped, ...others].sort((a, b) => a - b)).toEqual(leavesOf(trees));
  });

  it('puts four leaves of a full tree together where all splits are of different columns', () => {
    const { groups } = groupLeaves(pathsOf(fullTree(6, (split) => split)));
    expect(
      groups.map(({ leaves, bits, columns }) => [leaves.length, bits, columns.length]),
    ).toEqual(Array.from({ length: 16 }, () => [4, 7, 7]));
  });

  it('leaves out leaves of more columns than a table has', () => {
    const paths = pathsOf(fullTree(13, (split) => split));
    const { groups, others } = groupLeaves(paths);
    expect(groups).toEqual([]);
    expect(others).toHaveLength(2 ** 13);
  });
});

describe('planTables', () => {
  it('keeps within its budget and buys small tables first', () => {
    const { trees } = randomTrees({ seed: 5, trees: 9, depth: 9, columns: 9, early: 4 });
    const paths = pathsOf(trees);
    const all = planTables(paths, TABLE_BYTES);
    const some = planTables(paths, 20_000);
    const bits = some.groups.map((group) => group.bits);
    const dear = all.groups.filter((group) => !some.groups.some(({ top }) => top === group.top));
    expect(some.numbers).toBe(some.groups.reduce((sum, group) => sum + numbersOf(group), 0));
    expect(some.numbers).toBeLessThanOrEqual(2500);
    expect(dear.length).toBeGreaterThan(0);
    expect(Math.min(...dear.map((group) => group.bits))).toBeGreaterThanOrEqual(Math.max(...bits));
  });

  it('has room for 200 full trees of depth 6 with 30 columns', () => {
    const { trees } = randomTrees({ seed: 6, trees: 200, depth: 6, columns: 30, early: 0 });
    const { leadsToRest, groups } = planTables(pathsOf(trees), TABLE_BYTES);
    expect(leadsToRest.some((lead) => lead === 1)).toBe(false);
    expect(groups.reduce((sum, { leaves }) => sum + leaves.length, 0)).toBe(12_800);
  });
});
