// The walk over all tables as a list of steps: for many rows at once each step says who still satisfies which columns, or which way a split goes.
import { numbersOf, type LeafGroup } from './leaf-groups.ts';
import { type TablePlan } from './table-plan.ts';
import { type TreePaths } from './tree-paths.ts';

/** A step reads the patterns of level - 1 and leaves in those of `level` the bits `set` added where the row passes, only the bits `kept` where not. */
export interface TableSteps {
  readonly count: number;
  /** 1 where the rows pass that the split sends to the right. */
  readonly right: Uint8Array;
  /** 1 where the split is by a set of categories. */
  readonly bySet: Uint8Array;
  readonly splits: Int32Array;
  readonly columns: Int32Array;
  readonly thresholds: Float32Array;
  readonly missingLeft: Uint8Array;
  /** From 1 on: nothing is known at level 0. */
  readonly levels: Int32Array;
  readonly set: Int32Array;
  readonly kept: Int32Array;
  /** Columns of the table that the step ends at; 0 where it leads on. */
  readonly widths: Int32Array;
  /** Where the table begins. */
  readonly tables: Int32Array;
  /** Where the table's columns begin in `tableColumns`. */
  readonly firsts: Int32Array;
  readonly tableColumns: Int32Array;
}

export function stepsOf(paths: TreePaths, plan: TablePlan): TableSteps {
  const writer = new StepWriter(paths, plan);
  const leads = leadsToTable(paths, plan);
  let start = 0;
  let next = 0;
  for (let node = 0; node < leads.length; node++) {
    const group = plan.groups[next];
    if (leads[node] === 1 && paths.parents[node] !== -1) writer.addEdge(node);
    if (group?.top !== node) continue;
    group.splits.forEach((split, place) => {
      writer.addSplit(group, split, place);
    });
    writer.endAt(group, start);
    start += numbersOf(group);
    next += 1;
  }
  return writer.steps;
}

/** 1 for the tops of groups and the nodes above them, [nodes]. */
function leadsToTable({ parents }: TreePaths, { groups }: TablePlan): Uint8Array {
  const leads = new Uint8Array(parents.length);
  for (const { top } of groups)
    for (let node = top; node !== -1 && leads[node] === 0; node = parents[node] as number)
      leads[node] = 1;
  return leads;
}

class StepWriter {
  readonly steps: TableSteps;
  readonly #paths: TreePaths;
  #step = -1;
  #column = 0;

  constructor(paths: TreePaths, plan: TablePlan) {
    this.#paths = paths;
    const leads = leadsToTable(paths, plan);
    const edges = leads.reduce(
      (sum, lead, node) => sum + (lead === 1 && paths.parents[node] !== -1 ? 1 : 0),
      0,
    );
    const splits = plan.groups.reduce((sum, group) => sum + group.splits.length, 0);
    const columns = plan.groups.reduce((sum, group) => sum + group.columns.length, 0);
    this.steps = emptySteps(edges + splits, columns);
  }

  /** Who takes the edge above a node keeps the columns satisfied so far, and a new one. */
  addEdge(node: number): void {
    const { parents, depths, places, widths } = this.#paths;
    const split = parents[node] as number;
    const bit = 1 << (places[node] as number);
    const isNew = places[node] === widths[split];
    this.#add(split, node === split + 1, depths[node] as number, isNew ? bit : 0, ~bit);
  }

  /** The way that the `place`-th split of a group goes. */
  addSplit({ top }: LeafGroup, split: number, place: number): void {
    const { depths, widths } = this.#paths;
    const bit = 1 << ((widths[top] as number) + place);
    this.#add(split, true, (depths[top] as number) + place + 1, bit, ~bit);
  }

  endAt({ columns }: LeafGroup, start: number): void {
    const { widths, tables, firsts, tableColumns } = this.steps;
    widths[this.#step] = columns.length;
    tables[this.#step] = start;
    firsts[this.#step] = this.#column;
    tableColumns.set(columns, this.#column);
    this.#column += columns.length;
  }

  #add(split: number, left: boolean, level: number, set: number, kept: number): void {
    const { columns, thresholds, missingLeft, subsets } = this.#paths.trees;
    const { steps } = this;
    const step = ++this.#step;
    steps.right[step] = left ? 0 : 1;
    steps.bySet[step] = subsets[split] === -1 ? 0 : 1;
    steps.splits[step] = split;
    steps.columns[step] = columns[split] as number;
    steps.thresholds[step] = thresholds[split] as number;
    steps.missingLeft[step] = missingLeft[split] as number;
    steps.levels[step] = level;
    steps.set[step] = set;
    steps.kept[step] = kept;
  }
}

function emptySteps(count: number, columns: number): TableSteps {
  return {
    count,
    right: new Uint8Array(count),
    bySet: new Uint8Array(count),
    splits: new Int32Array(count),
    columns: new Int32Array(count),
    thresholds: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    levels: new Int32Array(count),
    set: new Int32Array(count),
    kept: new Int32Array(count),
    widths: new Int32Array(count),
    tables: new Int32Array(count),
    firsts: new Int32Array(count),
    tableColumns: new Int32Array(columns),
  };
}
