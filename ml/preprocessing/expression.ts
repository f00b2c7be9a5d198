// Derived features as written in params.yaml: an arithmetic expression over raw numeric features, for example
// `worst radius / mean radius`. A name stands as it is where it is made of words of letters, digits and _ with single spaces between
// them, the first starting with a letter or _ (the longest declared name wins); any other name stands in backticks.
import jsep from 'jsep';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS, NEGATION, OPERATORS, type Operation } from './operations.ts';
import { leafIndex, OPERAND, tokenize, type Leaf } from './tokenize.ts';

export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  /** A raw feature, by its place among the declared ones. */
  | { readonly kind: 'column'; readonly index: number }
  | {
      readonly kind: 'operation';
      readonly operation: Operation;
      readonly operands: readonly Expression[];
    };

/** Reads an expression over the declared features; throws ExpressionError. */
export function parseExpression(source: string, features: readonly FeatureSpec[]): Expression {
  const { text, leaves } = tokenize(source, features);
  checkParentheses(text);
  if (!leaves.some(({ kind }) => kind === 'column'))
    throw new ExpressionError(1, 'at least one feature');
  return new Reader(leaves).read(parse(text));
}

/** The columns that an expression reads, ascending. */
export function columnsOf(expression: Expression): readonly number[] {
  if (expression.kind === 'number') return [];
  if (expression.kind === 'column') return [expression.index];
  return [...new Set(expression.operands.flatMap(columnsOf))].toSorted((a, b) => a - b);
}

/** jsep skips commas outside of calls and does not tell an unmatched ")" from other errors; both are caught before it. */
function checkParentheses(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth += 1;
    else if (text[i] === ')') depth -= 1;
    if (depth < 0) throw new ExpressionError(i + 1, 'an operator or the end: no "(" is open');
    if (depth === 0 && text[i] === ',') throw new ExpressionError(i + 1, 'an operator or the end');
  }
  if (depth > 0) throw new ExpressionError(text.length + 1, '")"');
}

function parse(text: string): jsep.Expression {
  try {
    return jsep(text);
  } catch (error) {
    const { index } = error as { readonly index?: number };
    throw new ExpressionError((index ?? text.length) + 1, OPERAND);
  }
}

/** Turns what jsep parsed into an Expression, refusing what the language does not have. */
class Reader {
  readonly #leaves: readonly Leaf[];
  /** Of the last leaf read: jsep's nodes carry no positions. */
  #position = 1;

  constructor(leaves: readonly Leaf[]) {
    this.#leaves = leaves;
  }

  read(parsed: jsep.Expression): Expression {
    const node = parsed as jsep.CoreExpression;
    switch (node.type) {
      case 'Identifier':
        return this.#leaf(node.name);
      case 'UnaryExpression':
        return this.#unary(node);
      case 'BinaryExpression':
        return this.#binary(node);
      case 'CallExpression':
        return this.#call(node);
      case 'Compound':
        node.body.slice(0, 2).forEach((part) => this.read(part));
        throw new ExpressionError(this.#position, 'an operator before it');
      case 'SequenceExpression':
      case 'ArrayExpression':
      case 'ConditionalExpression':
      case 'MemberExpression':
      case 'ThisExpression':
      case 'Literal':
        throw new ExpressionError(this.#position, OPERAND);
    }
  }

  #leaf(name: string): Expression {
    const leaf = this.#leafOf(name);
    if (leaf.kind === 'function') throw new ExpressionError(leaf.position, 'a feature');
    return leaf.kind === 'number'
      ? { kind: 'number', value: leaf.value }
      : { kind: 'column', index: leaf.index };
  }

  #leafOf(name: string): Leaf {
    const leaf = this.#leaves[leafIndex(name)] as Leaf;
    this.#position = leaf.position;
    return leaf;
  }

  #unary({ operator, argument }: jsep.UnaryExpression): Expression {
    const operands = [this.read(argument)];
    if (operator !== '-') throw new ExpressionError(this.#position, 'no sign but - before it');
    return { kind: 'operation', operation: NEGATION, operands };
  }

  #binary({ operator, left, right }: jsep.BinaryExpression): Expression {
    const operands = [this.read(left), this.read(right)];
    const operation = OPERATORS[operator];
    if (operation === undefined)
      throw new ExpressionError(
        this.#position,
        `one of ${Object.keys(OPERATORS).join(' ')} before it`,
      );
    return { kind: 'operation', operation, operands };
  }

  #call({ callee, arguments: operands }: jsep.CallExpression): Expression {
    const { type, name: called } = callee as jsep.Identifier;
    const leaf = (type as string) === 'Identifier' ? this.#leafOf(called) : null;
    if (leaf?.kind !== 'function') {
      if (leaf === null) this.read(callee);
      throw new ExpressionError(this.#position, 'an operator between it and "("');
    }
    const { position, name } = leaf;
    const operation = FUNCTIONS[name] as Operation;
    const { minOperands, maxOperands } = operation;
    if (operands.length < minOperands || operands.length > maxOperands)
      throw new ExpressionError(
        position,
        `${name} of ${maxOperands === 1 ? 'one number' : 'two or more numbers'}`,
      );
    return {
      kind: 'operation',
      operation,
      operands: operands.map((operand) => this.read(operand)),
    };
  }
}

/** The value for one row of raw features, which starts at `offset` of `data`. NaN (missing) propagates. */
export function evaluateExpression(
  expression: Expression,
  data: Float32Array,
  offset: number,
): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'column':
      return data[offset + expression.index] as number;
    case 'operation':
      return expression.operation.evaluate(
        expression.operands.map((operand) => evaluateExpression(operand, data, offset)),
      );
  }
}
