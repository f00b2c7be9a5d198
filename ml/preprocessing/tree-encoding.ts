// For trees: numbers imputed by the median, categories as their codes with -1 for a missing one; all float32, as tree thresholds are.
import { columnOf, matrixOf, type Float32Matrix } from '../numeric/matrix.ts';
import { imputeInOnnx, isMissing, medianOf } from './imputation.ts';
import type { EncodedColumn, Encoding } from './preprocessing.ts';

const MISSING_CODE = -1;

export function fitTreeEncoding(columns: readonly EncodedColumn[], x: Float32Matrix): Encoding {
  const fill = Float32Array.from(columns, ({ kind }, i) =>
    kind === 'numeric' ? medianOf(columnOf(x, i)) : MISSING_CODE,
  );
  return Object.freeze({
    columns: columns.map((column) => ({
      name: column.name,
      categories: column.kind === 'categorical' ? column.categories.length : null,
    })),
    transform: ({ data }: Float32Matrix) =>
      matrixOf(
        data.map((value, i) => (isMissing(value) ? (fill[i % fill.length] as number) : value)),
        fill.length,
      ),
    toOnnx: (graph, input) => imputeInOnnx(graph, input, fill),
  } satisfies Encoding);
}
