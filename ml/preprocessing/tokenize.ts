// Names of features contain spaces, which no expression parser reads. So each name and number (a leaf) is replaced by one ideograph, a
// letter to the parser, padded to the leaf's length: the parser sees plain identifiers and every position stays what it was.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import { ExpressionError } from './expression-error.ts';
import { FUNCTIONS } from './operations.ts';

interface Placed {
  /** Of its first character, counted from 1. */
  readonly position: number;
}
export type Leaf =
  | (Placed & { readonly kind: 'number'; readonly value: number })
  | (Placed & { readonly kind: 'column'; readonly index: number })
  | (Placed & { readonly kind: 'function'; readonly name: string });

export interface Tokens {
  /** As long as the source; leaf i is the character leafName(i). */
  readonly text: string;
  readonly leaves: readonly Leaf[];
}

const MAX_LENGTH = 1000;
const FIRST_IDEOGRAPH = 0x4e00;
const SPACE = /\s+/y;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const WORDS = /[a-z_]\w*(?: \w+)*/iy;
const QUOTED = /`([^`]*)`/y;
const OPERATOR = /<=|>=|==|!=|[-+*/<>(),]/y;
export const OPERAND = 'a feature, a number, a function or "("';

export const leafName = (index: number): string => String.fromCharCode(FIRST_IDEOGRAPH + index);
export const leafIndex = (name: string): number => name.charCodeAt(0) - FIRST_IDEOGRAPH;

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** Every name that `words` starts with, longest first: "a b c", "a b", "a". */
function prefixes(words: string): readonly string[] {
  const parts = words.split(' ');
  return parts.map((_, i) => parts.slice(0, parts.length - i).join(' '));
}

export function tokenize(source: string, features: readonly FeatureSpec[]): Tokens {
  if (source.length > MAX_LENGTH)
    throw new ExpressionError(MAX_LENGTH + 1, `at most ${MAX_LENGTH} characters`);
  const leaves: Leaf[] = [];
  let text = '';
  while (text.length < source.length) {
    const { leaf, length } = nextToken(source, text.length, features);
    if (leaf === null) text += source.slice(text.length, text.length + length);
    else text += leafName(leaves.push(leaf) - 1).padEnd(length);
  }
  return { text, leaves };
}

interface Token {
  /** null for space and operators, which the parser reads as they are. */
  readonly leaf: Leaf | null;
  readonly length: number;
}

function nextToken(source: string, at: number, features: readonly FeatureSpec[]): Token {
  const position = at + 1;
  const plain = match(SPACE, source, at) ?? match(OPERATOR, source, at);
  if (plain !== null) return { leaf: null, length: plain[0].length };

  const number = match(NUMBER, source, at)?.[0];
  if (number !== undefined) {
    const value = Number(number);
    if (!Number.isFinite(value)) throw new ExpressionError(position, 'a number below 1.8e308');
    return { leaf: { kind: 'number', value, position }, length: number.length };
  }

  const quoted = match(QUOTED, source, at);
  if (quoted !== null)
    return { leaf: column(quoted[1] ?? '', position, features), length: quoted[0].length };

  const words = match(WORDS, source, at)?.[0];
  if (words === undefined) throw new ExpressionError(position, `${OPERAND}, or an operator`);
  return nextName(words, source, position, features);
}

function nextName(
  words: string,
  source: string,
  position: number,
  features: readonly FeatureSpec[],
): Token {
  const candidates = prefixes(words);
  const declared = candidates.find((name) => features.some((feature) => feature.name === name));
  const first = candidates.at(-1) ?? '';
  const name = declared ?? first;
  const called = source
    .slice(position - 1 + name.length)
    .trimStart()
    .startsWith('(');
  if (called && Object.hasOwn(FUNCTIONS, name))
    return { leaf: { kind: 'function', name, position }, length: name.length };
  if (called && declared === undefined)
    throw new ExpressionError(position, `a function: ${Object.keys(FUNCTIONS).join(', ')}`);
  return { leaf: column(declared ?? words, position, features), length: name.length };
}

function column(name: string, position: number, features: readonly FeatureSpec[]): Leaf {
  const index = features.findIndex((feature) => feature.name === name);
  const feature = features[index];
  if (feature === undefined)
    throw new ExpressionError(
      position,
      'a declared feature (in backticks if its name is not words of letters, digits and _)',
    );
  if (feature.kind !== 'numeric') throw new ExpressionError(position, 'a numeric feature');
  return { kind: 'column', index, position };
}
