// The operators and functions of derived features, each once for training (float64) and once as ONNX nodes (double). Both are IEEE 754
// operations and agree bit for bit; only log may differ in the last bit of the double, which the rounding to float32 removes but for
// about one value in 2^29.
import type { GraphBuilder } from '../onnx/graph-builder.ts';

export interface Operation {
  readonly minOperands: number;
  readonly maxOperands: number;
  evaluate(operands: readonly number[]): number;
  /** Appends the nodes over double tensors [N, 1] or [1, 1]; returns the name of the result. */
  toOnnx(graph: GraphBuilder, operands: readonly string[]): string;
}

const DOUBLE = { int: 11 };

function unary(opType: string, of: (a: number) => number): Operation {
  return {
    minOperands: 1,
    maxOperands: 1,
    evaluate: ([a]) => of(a as number),
    toOnnx: (graph, operands) => graph.node(opType, operands),
  };
}

function binary(opType: string, of: (a: number, b: number) => number): Operation {
  return {
    minOperands: 2,
    maxOperands: 2,
    evaluate: ([a, b]) => of(a as number, b as number),
    toOnnx: (graph, operands) => graph.node(opType, operands),
  };
}

function extremum(opType: string, of: (...operands: number[]) => number): Operation {
  return {
    minOperands: 2,
    maxOperands: Infinity,
    evaluate: (operands) => of(...operands),
    toOnnx: (graph, operands) => graph.node(opType, operands),
  };
}

/** 1 where it holds, 0 where not, and NaN where an operand is NaN: whether a missing value is larger is not known. */
function comparison(opType: string, holds: (a: number, b: number) => boolean): Operation {
  return {
    minOperands: 2,
    maxOperands: 2,
    evaluate: ([a, b]) =>
      Number.isNaN(a) || Number.isNaN(b) ? NaN : Number(holds(a as number, b as number)),
    toOnnx(graph, [a, b]) {
      const operands = [a as string, b as string];
      const holding = graph.node('Cast', [graph.node(opType, operands)], { to: DOUBLE });
      const unknown = graph.node(
        'Or',
        operands.map((operand) => graph.node('IsNaN', [operand])),
      );
      const nan = graph.double(Float64Array.of(NaN), [1, 1]);
      return graph.node('Where', [unknown, nan, holding]);
    },
  };
}

const equal = comparison('Equal', (a, b) => a === b);

export const NEGATION = unary('Neg', (a) => -a);

export const OPERATORS: Readonly<Record<string, Operation>> = Object.freeze({
  '+': binary('Add', (a, b) => a + b),
  '-': binary('Sub', (a, b) => a - b),
  '*': binary('Mul', (a, b) => a * b),
  '/': binary('Div', (a, b) => a / b),
  '<': comparison('Less', (a, b) => a < b),
  '<=': comparison('LessOrEqual', (a, b) => a <= b),
  '>': comparison('Greater', (a, b) => a > b),
  '>=': comparison('GreaterOrEqual', (a, b) => a >= b),
  '==': equal,
  '!=': {
    ...equal,
    evaluate: (operands) => 1 - equal.evaluate(operands),
    toOnnx: (graph, operands) =>
      graph.node('Sub', [graph.double(Float64Array.of(1), [1, 1]), equal.toOnnx(graph, operands)]),
  },
});

export const FUNCTIONS: Readonly<Record<string, Operation>> = Object.freeze({
  log: unary('Log', Math.log),
  sqrt: unary('Sqrt', Math.sqrt),
  abs: unary('Abs', Math.abs),
  min: extremum('Min', Math.min),
  max: extremum('Max', Math.max),
});
