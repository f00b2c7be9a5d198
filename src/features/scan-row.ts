// Reads a row straight from the bytes of its JSON into float32 cells, where it leaves no question: all features in their order, each value
// inside its domain and inside what training saw. Whatever else comes is declined and read with care (encode-row.ts), which takes four times
// as long and makes thirty objects. Stateless but for a cursor, and pure.
import { toColumn, type Column } from './encode-row.ts';
import type { FeatureSpec, ServedFeature } from './feature-spec.ts';

/** Where a row is not one for the scanner. */
export const DECLINED = -1;

const [OPEN, CLOSE, COMMA, COLON, QUOTE, BACKSLASH] = bytesOf('{},:"\\') as unknown as Six;
const [MINUS, PLUS, POINT, ZERO, NINE, LOWER_E, UPPER_E] = bytesOf('-+.09eE') as unknown as Seven;
const [SPACE, TAB, LINE_FEED, RETURN] = bytesOf(' \t\n\r') as unknown as Six;
const NULL = bytesOf('null');
/** Digits of a whole number that a float64 holds exactly, whichever they are. */
const EXACT_DIGITS = 15;
/** Powers of ten that a float64 holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
/** Keys that a strict parser refuses. */
const REFUSED = /constructor|__proto__/;

type Six = readonly [number, number, number, number, number, number];
type Seven = readonly [number, number, number, number, number, number, number];

interface ScannedColumn extends Column {
  /** The name in quotes. */
  readonly key: Uint8Array;
}

export class RowScanner {
  readonly #columns: readonly ScannedColumn[];
  /** No name or category of the features needs a second look. */
  readonly #isPlain: boolean;
  #value = 0;

  constructor(features: readonly (FeatureSpec | ServedFeature)[]) {
    this.#columns = features.map((feature) => ({
      ...toColumn(feature),
      key: bytesOf(JSON.stringify(feature.name)),
    }));
    this.#isPlain = features.length > 0 && !features.some(({ name }) => REFUSED.test(name));
  }

  /** Reads the row that begins at `start` into `out`, one cell a feature. Answers where it ends, or DECLINED: `out` means nothing then. */
  scanInto(bytes: Uint8Array, start: number, out: Float32Array): number {
    const columns = this.#columns;
    if (!this.#isPlain || bytes[start] !== OPEN) return DECLINED;
    let at = start;
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i] as ScannedColumn;
      at = matchKey(bytes, skipSpace(bytes, at + 1), column.key);
      if (at === DECLINED) return DECLINED;
      at = this.#cell(column, bytes, at);
      if (at === DECLINED) return DECLINED;
      out[i] = this.#value;
      at = skipSpace(bytes, at);
      if (bytes[at] !== (i === columns.length - 1 ? CLOSE : COMMA)) return DECLINED;
    }
    return at + 1;
  }

  /** Leaves the cell in #value; answers where the value ends. */
  #cell(column: ScannedColumn, bytes: Uint8Array, start: number): number {
    if (bytes[start] === NULL[0]) {
      this.#value = Number.NaN;
      return column.nullable ? match(bytes, start, NULL) : DECLINED;
    }
    return column.codes === null
      ? this.#number(column, bytes, start)
      : this.#category(column.codes, bytes, start);
  }

  #category(codes: ReadonlyMap<string, number>, bytes: Uint8Array, start: number): number {
    if (bytes[start] !== QUOTE) return DECLINED;
    let at = start + 1;
    for (let byte = bytes[at]; byte !== QUOTE; byte = bytes[at]) {
      // A control character is not JSON; undefined is the end of the body.
      if (byte === undefined || byte === BACKSLASH || byte < SPACE) return DECLINED;
      at += 1;
    }
    const code = codes.get(TEXT.decode(bytes.subarray(start + 1, at)));
    if (code === undefined) return DECLINED;
    this.#value = code;
    return at + 1;
  }

  #number(column: ScannedColumn, bytes: Uint8Array, start: number): number {
    const end = this.#decimal(bytes, start);
    if (end === DECLINED) return DECLINED;
    const value = this.#value;
    const cell = Math.fround(value);
    const fits =
      Number.isFinite(cell) &&
      value >= column.min &&
      value <= column.max &&
      cell >= column.trainedMin &&
      cell <= column.trainedMax;
    this.#value = cell;
    return fits ? end : DECLINED;
  }

  /**
   * A number by JSON's grammar (RFC 8259, 6), rounded as JSON.parse does: a quotient of two integers that float64 holds exactly is the
   * nearest float64 to it (Clinger 1990, the fast path); all others are left to the engine.
   */
  #decimal(bytes: Uint8Array, start: number): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let digits = 0;
    for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0)
      digits = digits * 10 + (byte - ZERO);
    if (at === first || (bytes[first] === ZERO && at > first + 1)) return DECLINED;
    let count = at - first;
    let decimals = 0;
    if (bytes[at] === POINT) {
      const point = at;
      at += 1;
      for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0)
        digits = digits * 10 + (byte - ZERO);
      decimals = at - point - 1;
      if (decimals === 0) return DECLINED;
      count += decimals;
    }
    const isWhole = bytes[at] !== LOWER_E && bytes[at] !== UPPER_E;
    if (!isWhole) at = exponentEnd(bytes, at);
    if (at === DECLINED) return DECLINED;
    if (isWhole && count <= EXACT_DIGITS) {
      const size = digits / (POWERS[decimals] ?? 1);
      this.#value = isNegative ? -size : size;
    } else this.#value = Number(String.fromCharCode(...bytes.subarray(start, at)));
    return at;
  }
}

function exponentEnd(bytes: Uint8Array, start: number): number {
  const sign = bytes[start + 1];
  const first = sign === MINUS || sign === PLUS ? start + 2 : start + 1;
  let at = first;
  for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0);
  return at === first ? DECLINED : at;
}

/** Where the value after a key begins, or DECLINED where another key comes. */
export function matchKey(bytes: Uint8Array, start: number, key: Uint8Array): number {
  const end = match(bytes, start, key);
  if (end === DECLINED) return DECLINED;
  const at = skipSpace(bytes, end);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : DECLINED;
}

/** Where what is expected ends, or DECLINED where something else comes. */
function match(bytes: Uint8Array, start: number, expected: Uint8Array): number {
  for (let i = 0; i < expected.length; i += 1)
    if (bytes[start + i] !== expected[i]) return DECLINED;
  return start + expected.length;
}

/** JSON's white space. */
export function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at]; isSpace(byte); byte = bytes[at]) at += 1;
  return at;
}

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB;

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
