// One-hot encoding: a 0/1 column for each category that training saw; a missing category and one never seen are all zeros.
import { columnOf, type Float32Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { codeOf, seenCodes } from './category-table.ts';
import { gatherColumns, TO, type DesignSpace, type Part, type Precision } from './design.ts';
import type { CategoricalColumn } from './options.ts';

interface OneHotColumn {
  readonly source: number;
  /** The codes seen in training, ascending; each has one column of the design matrix. */
  readonly codes: readonly number[];
  /** The place of each declared code among `codes`, -1 where training never saw it. */
  readonly placeOf: Int32Array;
  /** The place of its first column among those of the part. */
  readonly first: number;
}

export function fitOneHot(
  columns: readonly CategoricalColumn[],
  x: Float32Matrix,
  rank: number,
  precision: Precision,
): Part {
  let width = 0;
  const encoded = columns.map(({ index, categories }): OneHotColumn => {
    const codes = seenCodes(columnOf(x, index), categories.length);
    const placeOf = new Int32Array(categories.length).fill(-1);
    codes.forEach((code, place) => {
      placeOf[code] = place;
    });
    const first = width;
    width += codes.length;
    return { source: index, codes, placeOf, first };
  });
  return Object.freeze({
    rank,
    columns: columns.flatMap(({ name, index, categories }, i) =>
      (encoded[i] as OneHotColumn).codes.map((code) => ({
        name: `${name}=${categories[code] as string}`,
        categories: null,
        source: index,
      })),
    ),
    writeInto(rows: Float32Matrix, from: number, to: number, space: DesignSpace) {
      for (const column of encoded) writeColumn(column, rows, from, to, space);
    },
    // Each column of the design takes its own copy of the code: three nodes, however many features there are.
    toOnnx(graph: GraphBuilder, input: string) {
      const sources = encoded.flatMap(({ source, codes }) => codes.map(() => source));
      const codes = Float32Array.from(encoded.flatMap((column) => column.codes));
      const hot = graph.node('Equal', [
        gatherColumns(graph, input, sources),
        graph.float(codes, [1, codes.length]),
      ]);
      return graph.node('Cast', [hot], TO[precision]);
    },
  });
}

/** The space is all zeros before. */
function writeColumn(
  { source, placeOf, first }: OneHotColumn,
  x: Float32Matrix,
  from: number,
  to: number,
  { data, width, places }: DesignSpace,
): void {
  for (let row = from; row < to; row++) {
    const code = codeOf(x.data[row * x.columns + source] as number, placeOf.length);
    const hot = code < 0 ? -1 : (placeOf[code] as number);
    if (hot >= 0) data[row * width + (places[first + hot] as number)] = 1;
  }
}
