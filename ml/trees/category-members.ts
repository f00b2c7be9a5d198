// Categorical splits for a graph that only knows x <= threshold: each (column, subset of codes) becomes a column of its own, 0 for members.
import { outputOf, type GraphBuilder } from '../onnx/graph-builder.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

/** A member's value; others have 1, and missing values stay NaN, so that each split keeps its own direction for them. */
const MEMBER = 0;
const STRANGER = 1;
/** The threshold of every categorical split. */
export const MEMBERSHIP = 0.5;

/** Where the splits of an ensemble look once the membership columns stand before its own. */
export interface MemberColumns {
  /** The column that each node reads, -1 for leaves, [nodes]. */
  readonly columns: Int32Array;
  /** What each split compares with, [nodes]. */
  readonly thresholds: Float32Array;
  /** The categorical columns, each with the places of its subsets in `categorySets`, in the order of the new columns. */
  readonly tables: ReadonlyMap<number, readonly number[]>;
}

/** Equal subsets of a column share a membership column. */
export function memberColumns(ensemble: TreeEnsemble): MemberColumns {
  const { columns, thresholds, subsets } = ensemble;
  const tables = new Map<number, number[]>();
  const places = new Map<string, number>();
  const keys = ensemble.categorySets.map(keyOf);
  const keyAt = (node: number): string =>
    `${columns[node] as number}:${keys[subsets[node] as number] as string}`;
  const splits = Int32Array.from(columns.keys()).filter(
    (node) => columns[node] !== -1 && subsets[node] !== -1,
  );
  for (const node of splits) {
    if (places.has(keyAt(node))) continue;
    places.set(keyAt(node), 0);
    const column = columns[node] as number;
    const table = tables.get(column) ?? [];
    table.push(subsets[node] as number);
    tables.set(column, table);
  }
  let place = 0;
  for (const [column, table] of tables)
    for (const subset of table) places.set(`${column}:${keys[subset] as string}`, place++);
  const moved = columns.map((column) => (column === -1 ? -1 : column + place));
  const cuts = thresholds.slice();
  for (const node of splits) {
    moved[node] = places.get(keyAt(node)) as number;
    cuts[node] = MEMBERSHIP;
  }
  return { columns: moved, thresholds: cuts, tables };
}

/** The words of a set without the zeros behind its last member. */
function keyOf(words: Uint32Array): string {
  let length = words.length;
  while (length > 0 && words[length - 1] === 0) length--;
  return words.subarray(0, length).join();
}

/** Appends the look-ups; `input` names float32 [N, columns]; returns the name of float32 [N, membership columns + columns]. */
export function appendMembers(
  graph: GraphBuilder,
  input: string,
  { categorySets }: TreeEnsemble,
  { tables }: MemberColumns,
): string {
  if (tables.size === 0) return input;
  const sets = [...tables.values()].map((subsets) =>
    subsets.map((subset) => categorySets[subset] as Uint32Array),
  );
  const codes = sets.map((table) => 32 * Math.max(...table.map(({ length }) => length)));
  const indices = appendTableRows(graph, input, [...tables.keys()], codes);
  const members = sets.map((table, i) => {
    const rows = (codes[i] as number) + 2;
    const values = graph.float(membershipTable(table, rows), [rows, table.length]);
    return graph.node('Gather', [values, outputOf(indices, i)], { axis: { int: 0 } });
  });
  const joined = graph.node('Concat', members, { axis: { int: 2 } });
  const flat = graph.node('Squeeze', [joined, graph.int64([1], [1])]);
  return graph.node('Concat', [flat, input], { axis: { int: 1 } });
}

/** Its rows are the codes, then one for any other code and one for missing values; [rows, sets]. */
function membershipTable(sets: readonly Uint32Array[], rows: number): Float32Array {
  const table = new Float32Array(rows * sets.length).fill(STRANGER);
  sets.forEach((words, at) => {
    for (let code = 0; code < 32 * words.length; code++)
      if ((((words[code >> 5] as number) >>> (code & 31)) & 1) === 1)
        table[code * sets.length + at] = MEMBER;
  });
  return table.fill(NaN, (rows - 1) * sets.length);
}

/**
 * The row of each categorical column's table, all columns at once, as an operator costs a microsecond whatever it does: outputs of one Split,
 * int64 [N, 1] each. `codes`: how many codes each table knows.
 */
function appendTableRows(
  graph: GraphBuilder,
  input: string,
  columns: readonly number[],
  codes: readonly number[],
): string {
  const count = columns.length;
  const axis = { axis: { int: 1 } };
  const values = graph.node('Gather', [input, graph.int64(columns, [count])], axis);
  const beyond = graph.float(Float32Array.from(codes), [count]);
  const missing = graph.float(
    Float32Array.from(codes, (known) => known + 1),
    [count],
  );
  const inside = graph.node('And', [
    graph.node('GreaterOrEqual', [values, graph.float(Float32Array.of(0), [1])]),
    graph.node('Less', [values, beyond]),
  ]);
  const known = graph.node('Where', [inside, values, beyond]);
  const rows = graph.node('Where', [graph.node('IsNaN', [values]), missing, known]);
  const integers = graph.node('Cast', [rows], { to: { int: 7 } });
  return graph.node('Split', [integers], axis, { outputs: count });
}
