// Derived features: columns computed from the raw ones, in float64 and rounded to float32, the same in training and in the graph.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { matrixOf, type Float32Matrix } from '../numeric/matrix.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { columnsOf, evaluateExpression, parseExpression, type Expression } from './expression.ts';

export interface DerivedFeature {
  readonly name: string;
  /** As written in params.yaml. */
  readonly source: string;
  readonly expression: Expression;
}

/** Reads the expression of one derived feature; throws ExpressionError. */
export function deriveFeature(
  name: string,
  source: string,
  features: readonly FeatureSpec[],
): DerivedFeature {
  return Object.freeze({ name, source, expression: parseExpression(source, features) });
}

/** The raw rows [N, F] with the derived columns after them, [N, F + D]. */
export function appendDerived(x: Float32Matrix, derived: readonly DerivedFeature[]): Float32Matrix {
  if (derived.length === 0) return x;
  const columns = x.columns + derived.length;
  const data = new Float32Array(x.rows * columns);
  for (let row = 0; row < x.rows; row++) {
    const offset = row * x.columns;
    data.set(x.data.subarray(offset, offset + x.columns), row * columns);
    derived.forEach(({ expression }, i) => {
      data[row * columns + x.columns + i] = evaluateExpression(expression, x.data, offset);
    });
  }
  return matrixOf(data, columns);
}

const FLOAT = { int: 1 };
const DOUBLE = { int: 11 };

/** The same in the graph: `input` names float32 [N, F]; returns the name of float32 [N, F + D]. */
export function appendDerivedToOnnx(
  graph: GraphBuilder,
  input: string,
  derived: readonly DerivedFeature[],
): string {
  if (derived.length === 0) return input;
  const used = new Set(derived.flatMap(({ expression }) => columnsOf(expression)));
  const columns = new Map(
    [...used].map((index) => {
      const column = graph.node('Gather', [input, graph.int64([index], [1])], { axis: { int: 1 } });
      return [index, graph.node('Cast', [column], { to: DOUBLE })] as const;
    }),
  );
  const append = (expression: Expression): string => {
    switch (expression.kind) {
      case 'number':
        return graph.double(Float64Array.of(expression.value), [1, 1]);
      case 'column':
        return columns.get(expression.index) as string;
      case 'operation':
        return expression.operation.toOnnx(graph, expression.operands.map(append));
    }
  };
  const values = derived.map(({ expression }) =>
    graph.node('Cast', [append(expression)], { to: FLOAT }),
  );
  return graph.node('Concat', [input, ...values], { axis: { int: 1 } });
}
