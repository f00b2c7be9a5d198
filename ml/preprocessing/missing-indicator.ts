// 1 where a number is missing, 0 where it is there: not scaled, as the columns of one-hot encoding are not.
import type { Float32Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { gatherColumns, TO, type DesignSpace, type Part, type Precision } from './design.ts';
import { isMissing, isMissingInOnnx } from './imputation.ts';
import { missingColumn, type NumericColumn } from './options.ts';

/** A column that was never missing in training has one too, of zeros: which columns there are does not hang on the rows. */
export function missingIndicators(
  columns: readonly NumericColumn[],
  rank: number,
  precision: Precision,
): Part {
  const sources = columns.map(({ index }) => index);
  return Object.freeze({
    rank,
    columns: columns.map(({ name, index }) => ({
      name: missingColumn(name),
      categories: null,
      source: index,
    })),
    writeInto(x: Float32Matrix, from: number, to: number, { data, width, places }: DesignSpace) {
      sources.forEach((source, i) => {
        const place = places[i] as number;
        for (let row = from; row < to; row++)
          data[row * width + place] = isMissing(x.data[row * x.columns + source] as number) ? 1 : 0;
      });
    },
    toOnnx: (graph: GraphBuilder, input: string) =>
      graph.node(
        'Cast',
        [isMissingInOnnx(graph, gatherColumns(graph, input, sources))],
        TO[precision],
      ),
  });
}
