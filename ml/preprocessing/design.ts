// The design matrix as a sequence of parts, each of which writes some of its columns and appends the nodes that do the same.
import type { DesignColumn } from '../learners/learner.ts';
import { matrixOf, type Float32Matrix, type Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** A fitted, immutable map of rows to a design matrix. */
export interface Encoding {
  /** What stands in each column of the design matrix. */
  readonly columns: readonly DesignColumn[];
  /** Columns of the rows that each column of the design is made of, ascending. */
  readonly sources: readonly (readonly number[])[];
  /** Where nothing is to be changed, `x` itself: learners never write into a design. */
  transform(x: Float32Matrix): Matrix;
  /** Appends the same to a graph: `input` names float32 [N, columns of x]; returns the name of the design matrix. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/** double for linear models, float for trees: the element type of a design in the graph, Float64Array or Float32Array here. */
export type Precision = 'float' | 'double';

export interface PartColumn extends DesignColumn {
  /** The column of the rows that it is made of. */
  readonly source: number;
}

/** Where a part writes: its column i is column places[i] of `data` [rows, width]. */
export interface DesignSpace {
  readonly data: Float32Array | Float64Array;
  readonly width: number;
  readonly places: readonly number[];
}

export interface Part {
  readonly columns: readonly PartColumn[];
  /** Parts of a lower rank stand further left; within a rank columns stand in the order of their sources. */
  readonly rank: number;
  /** Writes the rows `from` to `to` - 1 of its columns. */
  writeInto(x: Float32Matrix, from: number, to: number, space: DesignSpace): void;
  /** Whether it would write those rows just as they stand in x; absent: it never does. */
  keeps?(x: Float32Matrix, from: number, to: number): boolean;
  /** Appends its nodes; returns the name of [N, columns], of the precision of the design. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

export interface Assembly extends Encoding {
  /** Where each column of the i-th part stands in the design. */
  readonly places: readonly (readonly number[])[];
}

/** Rows of a block: few enough that all parts find them in the cache. */
const BLOCK = 1024;

export const ALONG_COLUMNS = { axis: { int: 1 } };
export const TO_FLOAT = { to: { int: 1 } };
export const TO_INT64 = { to: { int: 7 } };
export const TO_DOUBLE = { to: { int: 11 } };
export const TO = { float: TO_FLOAT, double: TO_DOUBLE } as const;

/** The columns at `indices` of `input`. */
export const gatherColumns = (
  graph: GraphBuilder,
  input: string,
  indices: readonly number[],
): string => graph.node('Gather', [input, graph.int64(indices, [indices.length])], ALONG_COLUMNS);

/** `sources` is the number of columns of the rows. Parts without columns are left out of the graph. */
export function assemble(parts: readonly Part[], precision: Precision, sources: number): Assembly {
  const placed = parts.flatMap(({ columns, rank }, part) =>
    columns.map((column, at) => ({ column, rank, part, at })),
  );
  const order = placed
    .map((_, i) => i)
    .sort((a, b) => {
      const [left, right] = [placed[a], placed[b]] as [(typeof placed)[0], (typeof placed)[0]];
      return left.rank - right.rank || left.column.source - right.column.source || a - b;
    });
  const width = order.length;
  const places = parts.map(({ columns }): number[] => new Array<number>(columns.length).fill(0));
  order.forEach((i, place) => {
    const { part, at } = placed[i] as (typeof placed)[0];
    (places[part] as number[])[at] = place;
  });
  const columns = order.map((i) => (placed[i] as (typeof placed)[0]).column);
  const inPlace =
    precision === 'float' &&
    width === sources &&
    columns.every(({ source }, place) => source === place);
  return Object.freeze({
    columns: columns.map(({ name, categories }) => Object.freeze({ name, categories })),
    sources: columns.map(({ source }) => Object.freeze([source])),
    places,
    transform: (x: Float32Matrix) =>
      inPlace && keepsAll(parts, x) ? x : write(parts, places, x, width, precision),
    toOnnx(graph: GraphBuilder, input: string): string {
      const names = parts
        .filter((part) => part.columns.length > 0)
        .map((part) => part.toOnnx(graph, input));
      const joined =
        names.length === 1 ? (names[0] as string) : graph.node('Concat', names, ALONG_COLUMNS);
      return order.every((i, place) => i === place) ? joined : gatherColumns(graph, joined, order);
    },
  });
}

function keepsAll(parts: readonly Part[], x: Float32Matrix): boolean {
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(from + BLOCK, x.rows);
    if (!parts.every((part) => part.keeps?.(x, from, to) ?? false)) return false;
  }
  return true;
}

function write(
  parts: readonly Part[],
  places: readonly (readonly number[])[],
  x: Float32Matrix,
  width: number,
  precision: Precision,
): Matrix {
  const data =
    precision === 'double' ? new Float64Array(x.rows * width) : new Float32Array(x.rows * width);
  const spaces = places.map((at): DesignSpace => ({ data, width, places: at }));
  for (let from = 0; from < x.rows; from += BLOCK) {
    const to = Math.min(from + BLOCK, x.rows);
    parts.forEach((part, i) => {
      part.writeInto(x, from, to, spaces[i] as DesignSpace);
    });
  }
  return data instanceof Float64Array ? matrixOf(data, width) : matrixOf(data, width);
}
