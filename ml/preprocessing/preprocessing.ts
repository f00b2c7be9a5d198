// What is fitted between the raw rows and a learner: derived features, imputation and the learner's kind of encoding.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { DesignColumn, LearnerInput } from '../learners/learner.ts';
import type { Float32Matrix, Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { appendDerived, appendDerivedToOnnx, type DerivedFeature } from './derived.ts';
import { fitLinearEncoding } from './linear-encoding.ts';
import { fitTreeEncoding } from './tree-encoding.ts';

/** A fitted, immutable map of rows to a design matrix. */
export interface Encoding {
  /** What stands in each column of the design matrix. */
  readonly columns: readonly DesignColumn[];
  transform(x: Float32Matrix): Matrix;
  /** Appends the same to a graph: `input` names float32 [N, columns of x]; returns the name of the design matrix. */
  toOnnx(graph: GraphBuilder, input: string): string;
}

/** A column of the rows that an encoding reads: a raw feature or a derived one. */
export type EncodedColumn =
  | { readonly kind: 'numeric'; readonly name: string }
  | { readonly kind: 'categorical'; readonly name: string; readonly categories: readonly string[] };

/** Fits on raw rows float32 [N, F], F = features.length: NaN is missing, a category is its code. Pass training rows only. */
export function fitPreprocessing(
  input: LearnerInput,
  features: readonly FeatureSpec[],
  derived: readonly DerivedFeature[],
  x: Float32Matrix,
): Encoding {
  const columns: readonly EncodedColumn[] = [
    ...features,
    ...derived.map(({ name }) => ({ kind: 'numeric', name }) as const),
  ];
  const rows = appendDerived(x, derived);
  const encoding =
    input === 'linear' ? fitLinearEncoding(columns, rows) : fitTreeEncoding(columns, rows);
  return Object.freeze({
    columns: encoding.columns,
    transform: (raw: Float32Matrix) => encoding.transform(appendDerived(raw, derived)),
    toOnnx: (graph: GraphBuilder, name: string) =>
      encoding.toOnnx(graph, appendDerivedToOnnx(graph, name, derived)),
  });
}
