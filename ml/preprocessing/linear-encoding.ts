// For linear models: numbers imputed by the median and standardised, categories one-hot with a missing or never seen one as all zeros.
// From the imputed float32 values on everything is float64, in the graph too, so that both sides agree to the last bit.
import { columnOf, matrixOf, type Float32Matrix, type Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { imputeInOnnx, isMissing, medianOf } from './imputation.ts';
import type { EncodedColumn, Encoding } from './preprocessing.ts';

interface NumericColumn {
  readonly name: string;
  /** Its place in the rows. */
  readonly index: number;
  readonly median: number;
  readonly mean: number;
  /** Population standard deviation; 1 for a constant column. */
  readonly scale: number;
}

interface OneHotColumn {
  readonly name: string;
  readonly index: number;
  /** The codes seen in training, ascending; each has one column of the design matrix. */
  readonly codes: Float32Array;
  readonly names: readonly string[];
}

export function fitLinearEncoding(columns: readonly EncodedColumn[], x: Float32Matrix): Encoding {
  const numeric: NumericColumn[] = [];
  const oneHot: OneHotColumn[] = [];
  columns.forEach((column, index) => {
    const values = columnOf(x, index);
    if (column.kind === 'numeric') numeric.push(fitNumeric(column.name, values, index));
    else oneHot.push(fitOneHot(column, values, index));
  });
  return Object.freeze({
    columns: [...numeric.map(({ name }) => name), ...oneHot.flatMap(({ names }) => names)].map(
      (name) => ({ name, categories: null }),
    ),
    transform: (rows: Float32Matrix) => transform(numeric, oneHot, rows),
    toOnnx: (graph, input) => toOnnx(numeric, oneHot, graph, input),
  } satisfies Encoding);
}

function fitNumeric(name: string, column: Float32Array, index: number): NumericColumn {
  const median = medianOf(column);
  const values = Float64Array.from(column, (value) => (isMissing(value) ? median : value));
  // Two passes, and constancy by comparison: a sum of squares rounded to slightly over 0 would scale a constant column up to 1e8-fold.
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const constant = values.every((value) => value === values[0]);
  return { name, index, median, mean, scale: constant ? 1 : Math.sqrt(squares / values.length) };
}

function fitOneHot(
  { name, categories }: Extract<EncodedColumn, { kind: 'categorical' }>,
  column: Float32Array,
  index: number,
): OneHotColumn {
  const codes = Float32Array.from(new Set(column.filter((code) => !isMissing(code)))).sort();
  return {
    name,
    index,
    codes,
    names: Array.from(codes, (code) => `${name}=${categories[code] ?? String(code)}`),
  };
}

function transform(
  numeric: readonly NumericColumn[],
  oneHot: readonly OneHotColumn[],
  { data, rows, columns }: Float32Matrix,
): Matrix {
  const width = oneHot.reduce((sum, { codes }) => sum + codes.length, numeric.length);
  const design = new Float64Array(rows * width);
  for (let row = 0; row < rows; row++) {
    let to = row * width;
    for (const { index, median, mean, scale } of numeric) {
      const value = data[row * columns + index] as number;
      design[to++] = ((isMissing(value) ? median : value) - mean) / scale;
    }
    for (const { index, codes } of oneHot) {
      const hot = codes.indexOf(data[row * columns + index] as number);
      if (hot >= 0) design[to + hot] = 1;
      to += codes.length;
    }
  }
  return matrixOf(design, width);
}

const DOUBLE = { int: 11 };
const ALONG_COLUMNS = { axis: { int: 1 } };

function toOnnx(
  numeric: readonly NumericColumn[],
  oneHot: readonly OneHotColumn[],
  graph: GraphBuilder,
  input: string,
): string {
  const blocks = oneHot
    .filter(({ codes }) => codes.length > 0)
    .map(({ index, codes }) => {
      const code = graph.node('Gather', [input, graph.int64([index], [1])], ALONG_COLUMNS);
      const hot = graph.node('Equal', [code, graph.float(codes, [1, codes.length])]);
      return graph.node('Cast', [hot], { to: DOUBLE });
    });
  if (numeric.length > 0) blocks.unshift(standardiseInOnnx(numeric, graph, input));
  return blocks.length === 1 ? (blocks[0] as string) : graph.node('Concat', blocks, ALONG_COLUMNS);
}

function standardiseInOnnx(
  numeric: readonly NumericColumn[],
  graph: GraphBuilder,
  input: string,
): string {
  const row = [1, numeric.length];
  const indices = graph.int64(
    numeric.map(({ index }) => index),
    [numeric.length],
  );
  const values = imputeInOnnx(
    graph,
    graph.node('Gather', [input, indices], ALONG_COLUMNS),
    Float32Array.from(numeric, ({ median }) => median),
  );
  const means = graph.double(
    Float64Array.from(numeric, ({ mean }) => mean),
    row,
  );
  const scales = graph.double(
    Float64Array.from(numeric, ({ scale }) => scale),
    row,
  );
  const centred = graph.node('Sub', [graph.node('Cast', [values], { to: DOUBLE }), means]);
  return graph.node('Div', [centred, scales]);
}
