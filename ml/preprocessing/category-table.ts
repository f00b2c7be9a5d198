// Categorical columns read through a table with one entry a declared category: their codes, less those that training never saw, or
// what target encoding found for them. A cell that is no declared code, NaN among them, reads the entry for missing.
import { columnOf, type Float32Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import {
  gatherColumns,
  TO_INT64,
  type DesignSpace,
  type Part,
  type PartColumn,
  type Precision,
} from './design.ts';
import type { CategoricalColumn } from './options.ts';

export interface TableColumn extends PartColumn {
  /** By code, [declared categories]. */
  readonly table: Float64Array;
  readonly missing: number;
}

/** The code that a cell holds, -1 where it holds none of the `count` declared ones. */
export const codeOf = (cell: number, count: number): number =>
  cell >= 0 && cell < count && Number.isInteger(cell) ? cell : -1;

/** The declared codes that a column holds, ascending. */
export function seenCodes(column: Float32Array, count: number): readonly number[] {
  const seen = new Uint8Array(count);
  for (const cell of column) {
    const code = codeOf(cell, count);
    if (code >= 0) seen[code] = 1;
  }
  return Array.from(seen.keys()).filter((code) => seen[code] === 1);
}

/** Codes as they are, with `missing` for the categories that training never saw as for a missing one. */
export function fitCodes(
  columns: readonly CategoricalColumn[],
  x: Float32Matrix,
  rank: number,
  missing: number,
): Part {
  const coded = columns.map(({ name, index, categories: { length } }): TableColumn => {
    const table = new Float64Array(length).fill(missing);
    for (const code of seenCodes(columnOf(x, index), length)) table[code] = code;
    return { name, categories: length, source: index, table, missing };
  });
  return Object.freeze({
    ...tablePart(coded, rank, 'float'),
    keeps: (rows: Float32Matrix, from: number, to: number) =>
      coded.every((column) => keeps(column, rows, from, to)),
  });
}

/** Every table at the precision of the design, without -0, which Where of ONNX Runtime may turn into 0. */
function settled(columns: readonly TableColumn[], precision: Precision): readonly TableColumn[] {
  const settle = (value: number): number =>
    (precision === 'float' ? Math.fround(value) : value) + 0;
  return columns.map((column) => ({
    ...column,
    table: column.table.map(settle),
    missing: settle(column.missing),
  }));
}

export function tablePart(
  fitted: readonly TableColumn[],
  rank: number,
  precision: Precision,
): Part {
  const columns = settled(fitted, precision);
  return Object.freeze({
    rank,
    columns,
    writeInto(x: Float32Matrix, from: number, end: number, { data, width, places }: DesignSpace) {
      columns.forEach((column, i) => {
        const place = places[i] as number;
        for (let row = from; row < end; row++)
          data[row * width + place] = read(
            column,
            x.data[row * x.columns + column.source] as number,
          );
      });
    },
    toOnnx: (graph: GraphBuilder, input: string) => readInOnnx(columns, precision, graph, input),
  });
}

function read({ table, missing }: TableColumn, cell: number): number {
  const code = codeOf(cell, table.length);
  return code < 0 ? missing : (table[code] as number);
}

function keeps(column: TableColumn, x: Float32Matrix, from: number, to: number): boolean {
  for (let row = from; row < to; row++) {
    const cell = x.data[row * x.columns + column.source] as number;
    if (!Object.is(read(column, cell), cell)) return false;
  }
  return true;
}

/** All columns at once: one table after the other, each read at its own offset. */
function readInOnnx(
  columns: readonly TableColumn[],
  precision: Precision,
  graph: GraphBuilder,
  input: string,
): string {
  const row = [1, columns.length];
  const sizes = columns.map(({ table }) => table.length);
  const offsets: number[] = [];
  sizes.reduce((offset, size) => {
    offsets.push(offset);
    return offset + size;
  }, 0);
  const codes = gatherColumns(
    graph,
    input,
    columns.map(({ source }) => source),
  );
  const zero = graph.float(Float32Array.of(0), [1, 1]);
  const known = graph.node('And', [
    graph.node('And', [
      graph.node('GreaterOrEqual', [codes, zero]),
      graph.node('Less', [codes, graph.float(Float32Array.from(sizes), row)]),
    ]),
    graph.node('Equal', [codes, graph.node('Floor', [codes])]),
  ]);
  const at = graph.node('Cast', [graph.node('Where', [known, codes, zero])], TO_INT64);
  const entries = Float64Array.from(columns.flatMap(({ table }) => [...table]));
  const missing = Float64Array.from(columns, (column) => column.missing);
  const tensor = (values: Float64Array, dims: readonly number[]): string =>
    precision === 'double'
      ? graph.double(values, dims)
      : graph.float(Float32Array.from(values), dims);
  const found = graph.node('Gather', [
    tensor(entries, [entries.length]),
    graph.node('Add', [at, graph.int64(offsets, row)]),
  ]);
  return graph.node('Where', [known, found, tensor(missing, row)]);
}
