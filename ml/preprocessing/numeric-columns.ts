// Numbers: imputed, and for linear models transformed and standardised. From the imputed float32 on a linear design is float64, in the
// graph too, so that both sides agree to the last bit.
import { columnOf, type Float32Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { gatherColumns, TO_DOUBLE, TO_FLOAT, type DesignSpace, type Part } from './design.ts';
import { imputeInOnnx, isMissing, medianOf } from './imputation.ts';
import type { NumericColumn, NumericOptions } from './options.ts';
import { fitScoreCurve, scoreOf, scoresInOnnx, type ScoreCurve } from './rank-normal.ts';

/** The columns as they are, float32, with missing values imputed; without an `impute` of their own by `otherwise`, NaN leaves them missing. */
export function fitImputed(
  columns: readonly NumericColumn[],
  x: Float32Matrix,
  rank: number,
  otherwise: 'median' | number,
): Part {
  const fill = Float32Array.from(columns, ({ index, options }) =>
    fillOf(options.impute ?? otherwise, x, index),
  );
  const sources = columns.map(({ index }) => index);
  return Object.freeze({
    rank,
    columns: partColumns(columns),
    writeInto(rows: Float32Matrix, from: number, to: number, space: DesignSpace) {
      const { data, width, places } = space;
      sources.forEach((source, i) => {
        const [place, constant] = [places[i] as number, fill[i] as number];
        for (let row = from; row < to; row++) {
          const value = rows.data[row * rows.columns + source] as number;
          data[row * width + place] = isMissing(value) ? constant : value;
        }
      });
    },
    keeps: (rows: Float32Matrix, from: number, to: number) =>
      sources.every((source, i) => keeps(rows, from, to, source, fill[i] as number)),
    toOnnx: (graph: GraphBuilder, input: string) =>
      imputeInOnnx(graph, gatherColumns(graph, input, sources), fill),
  });
}

function keeps(x: Float32Matrix, from: number, to: number, source: number, fill: number): boolean {
  const fills = !Number.isNaN(fill);
  for (let row = from; row < to; row++) {
    const value = x.data[row * x.columns + source] as number;
    if (isMissing(value) && (fills || !Number.isNaN(value))) return false;
  }
  return true;
}

interface LinearColumn {
  readonly fill: number;
  /** Of rank_normal, else null. */
  readonly curve: ScoreCurve | null;
  readonly mean: number;
  readonly scale: number;
}

/** Columns of one transform, imputed, transformed and scaled: float64. */
export function fitLinear(
  columns: readonly NumericColumn[],
  transform: NumericOptions['transform'],
  x: Float32Matrix,
  rank: number,
): Part {
  const fitted = columns.map((column) => fitColumn(column, transform, x));
  const sources = columns.map(({ index }) => index);
  return Object.freeze({
    rank,
    columns: partColumns(columns),
    writeInto(rows: Float32Matrix, from: number, to: number, space: DesignSpace) {
      const { data, width, places } = space;
      fitted.forEach(({ fill, curve, mean, scale }, i) => {
        const [source, place] = [sources[i] as number, places[i] as number];
        for (let row = from; row < to; row++) {
          const value = rows.data[row * rows.columns + source] as number;
          const there = isMissing(value) ? fill : value;
          data[row * width + place] = (transformed(transform, there, curve) - mean) / scale;
        }
      });
    },
    toOnnx: (graph: GraphBuilder, input: string) =>
      linearInOnnx(fitted, transform, graph, gatherColumns(graph, input, sources)),
  });
}

const partColumns = (columns: readonly NumericColumn[]): Part['columns'] =>
  columns.map(({ name, index }) => ({ name, categories: null, source: index }));

/** What stands in for the missing values of a column, a float32. */
const fillOf = (impute: 'median' | number, x: Float32Matrix, index: number): number =>
  impute === 'median' ? medianOf(columnOf(x, index)) : Math.fround(impute);

function fitColumn(
  { index, options }: NumericColumn,
  transform: NumericOptions['transform'],
  x: Float32Matrix,
): LinearColumn {
  const fill = fillOf(options.impute ?? 'median', x, index);
  const values = columnOf(x, index);
  for (let row = 0; row < values.length; row++)
    if (isMissing(values[row] as number)) values[row] = fill;
  const curve = transform === 'rank_normal' ? fitScoreCurve(values) : null;
  if (options.scale === 'none') return { fill, curve, mean: 0, scale: 1 };
  if (transform === 'none') return { fill, curve, ...standardOf(values) };
  const mapped = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++)
    mapped[row] = transformed(transform, values[row] as number, curve);
  return { fill, curve, ...standardOf(mapped) };
}

/** Mean and population standard deviation; 1 in its place for a constant column. */
export function standardOf(values: Float32Array | Float64Array): {
  readonly mean: number;
  readonly scale: number;
} {
  // Two passes, and constancy by comparison: a sum of squares rounded to slightly over 0 would scale a constant column up to 1e8-fold.
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const [first] = values;
  let constant = true;
  for (let row = 0; constant && row < values.length; row++) constant = values[row] === first;
  return { mean, scale: constant ? 1 : Math.sqrt(squares / values.length) };
}

function transformed(
  transform: NumericOptions['transform'],
  value: number,
  curve: ScoreCurve | null,
): number {
  if (curve !== null) return scoreOf(curve, value);
  return transform === 'signed_log' ? signedLog(value) : value;
}

/**
 * sign(x) log(1 + |x|), rounded to float32: logarithms of two libraries may differ in the last bit of the double, which the rounding
 * removes but for about one value in 2^29. A graph has no log1p, so a magnitude keeps as many digits as 1 + |x| does: relative to it the
 * error is 1e-16 / |x|, and below 1e-16 nothing is left. Columns that small want a derived feature that scales them up.
 */
function signedLog(value: number): number {
  const log = Math.fround(Math.log(1 + Math.abs(value)));
  // Not -log: ONNX Runtime's Where turns -0 from its first branch into 0.
  return value < 0 ? 0 - log : log;
}

function linearInOnnx(
  fitted: readonly LinearColumn[],
  transform: NumericOptions['transform'],
  graph: GraphBuilder,
  input: string,
): string {
  const row = [1, fitted.length];
  const fill = Float32Array.from(fitted, (column) => column.fill);
  const values = graph.node('Cast', [imputeInOnnx(graph, input, fill)], TO_DOUBLE);
  const curves = fitted.flatMap(({ curve }) => (curve === null ? [] : [curve]));
  const mapped = {
    none: () => values,
    signed_log: () => signedLogInOnnx(graph, values),
    rank_normal: () => scoresInOnnx(curves, graph, values),
  }[transform]();
  const means = graph.double(
    Float64Array.from(fitted, ({ mean }) => mean),
    row,
  );
  const scales = graph.double(
    Float64Array.from(fitted, ({ scale }) => scale),
    row,
  );
  return graph.node('Div', [graph.node('Sub', [mapped, means]), scales]);
}

function signedLogInOnnx(graph: GraphBuilder, input: string): string {
  const grown = graph.node('Add', [
    graph.node('Abs', [input]),
    graph.double(Float64Array.of(1), [1, 1]),
  ]);
  const rounded = graph.node('Cast', [graph.node('Log', [grown])], TO_FLOAT);
  const log = graph.node('Cast', [rounded], TO_DOUBLE);
  const zero = graph.double(Float64Array.of(0), [1, 1]);
  const negative = graph.node('Less', [input, zero]);
  return graph.node('Where', [negative, graph.node('Sub', [zero, log]), log]);
}
