// Reads a row straight from the bytes of its JSON into float32 cells, where it leaves no question: all features in their order, each value
// inside its domain and inside what training saw. Whatever else comes is declined and read with care (encode-row.ts), which takes four times
// as long and makes thirty objects. Stateless but for a cursor, and pure.
import { CellLimits } from './cell-limits.ts';
import { toColumn, type Column } from './encode-row.ts';
import type { FeatureSpec, ServedFeature } from './feature-spec.ts';
import { NO_NUMBER, NumberReader } from './read-number.ts';

/** Where a row is not one for the scanner. */
export const DECLINED = -1;

const [OPEN, CLOSE, COMMA, COLON, QUOTE, BACKSLASH] = bytesOf('{},:"\\') as unknown as Six;
const [SPACE, TAB, LINE_FEED, RETURN] = bytesOf(' \t\n\r') as unknown as Six;
const NULL = bytesOf('null');
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });
/** Keys that a strict parser refuses. */
const REFUSED = /constructor|__proto__/;

type Six = readonly [number, number, number, number, number, number];

const WORD_BYTES = 8;
/** Longer than any body: what is shorter than a word is compared byte by byte. */
const NEVER = 2 ** 30;

/**
 * The names of all columns and a colon, as programs write them, eight bytes at a time as float64s; the last word overlaps the one before it. Two
 * are equal where their bytes are: no text in UTF-8 has the bytes of a NaN, and none without NUL those of a zero. In flat arrays, and compared
 * where a row is scanned: through an object and a call for each column a row takes a quarter longer.
 */
interface Members {
  readonly words: Float64Array;
  /** Of each name's first word, and behind the last. */
  readonly firsts: Int32Array;
  /** Of each name, in bytes. */
  readonly lengths: Int32Array;
}

interface ScannedColumn extends Column {
  /** The name in quotes. */
  readonly key: Uint8Array;
}

export class RowScanner {
  readonly #columns: readonly ScannedColumn[];
  readonly #members: Members;
  readonly #limits: CellLimits;
  /** No name or category of the features needs a second look. */
  readonly #isPlain: boolean;
  readonly #numbers = new NumberReader();
  #value = 0;
  #bytes: Uint8Array = new Uint8Array();
  #view = new DataView(this.#bytes.buffer);

  constructor(features: readonly (FeatureSpec | ServedFeature)[]) {
    this.#columns = features.map((feature) => ({
      ...toColumn(feature),
      key: bytesOf(JSON.stringify(feature.name)),
    }));
    this.#members = membersOf(features.map(({ name }) => name));
    this.#limits = new CellLimits(this.#columns);
    this.#isPlain = features.length > 0 && !features.some(({ name }) => REFUSED.test(name));
  }

  /** Reads the row that begins at `start` into `out` from `offset`, one cell a feature. Answers where it ends, or DECLINED: the cells mean nothing then. */
  scanInto(bytes: Uint8Array, start: number, out: Float32Array, offset = 0): number {
    const columns = this.#columns;
    if (!this.#isPlain || bytes[start] !== OPEN) return DECLINED;
    const view = this.#viewOf(bytes);
    const { words, firsts, lengths } = this.#members;
    let at = start;
    for (let i = 0; i < columns.length; i += 1) {
      const column = columns[i] as ScannedColumn;
      const name = skipSpace(bytes, at + 1);
      const colon = name + (lengths[i] as number);
      const fits = colon <= view.byteLength;
      const last = (firsts[i + 1] as number) - 1;
      let word = firsts[i] as number;
      for (let next = name; fits && word < last; next += WORD_BYTES, word += 1)
        if (view.getFloat64(next, true) !== words[word]) break;
      const isMember =
        fits && word === last && view.getFloat64(colon - WORD_BYTES, true) === words[last];
      at = isMember ? skipSpace(bytes, colon) : matchKey(bytes, name, column.key);
      if (at === DECLINED) return DECLINED;
      at = this.#cell(i, column, bytes, at);
      if (at === DECLINED) return DECLINED;
      out[offset + i] = this.#value;
      at = skipSpace(bytes, at);
      if (bytes[at] !== (i === columns.length - 1 ? CLOSE : COMMA)) return DECLINED;
    }
    return at + 1;
  }

  /** Rows by the hundred come in the same bytes. */
  #viewOf(bytes: Uint8Array): DataView {
    if (this.#bytes !== bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /** Leaves the cell in #value; answers where the value ends. */
  #cell(i: number, column: ScannedColumn, bytes: Uint8Array, start: number): number {
    if (bytes[start] === NULL[0]) {
      this.#value = Number.NaN;
      return column.nullable ? match(bytes, start, NULL) : DECLINED;
    }
    return column.codes === null
      ? this.#number(i, column, bytes, start)
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

  #number(i: number, column: ScannedColumn, bytes: Uint8Array, start: number): number {
    const end = this.#numbers.read(bytes, start, column);
    if (end === NO_NUMBER) return DECLINED;
    const { value } = this.#numbers;
    const cell = Math.fround(value);
    this.#value = cell;
    return this.#limits.fits(i, value, cell) ? end : DECLINED;
  }
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
  while (at < bytes.length && isSpace(bytes[at] as number)) at += 1;
  return at;
}

/** Most bytes are greater than all four. */
const isSpace = (byte: number): boolean =>
  byte <= SPACE && (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB);

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function membersOf(names: readonly string[]): Members {
  const members = names.map((name) => bytesOf(`${JSON.stringify(name)}:`));
  const words = members.map(wordsOf);
  let count = 0;
  return {
    words: Float64Array.from(words.flat()),
    firsts: Int32Array.from([0, ...words.map(({ length }) => (count += length))]),
    lengths: Int32Array.from(members, ({ length }) => (length < WORD_BYTES ? NEVER : length)),
  };
}

function wordsOf(bytes: Uint8Array): number[] {
  const { length } = bytes;
  if (length < WORD_BYTES) return [];
  const view = new DataView(bytes.buffer);
  return Array.from({ length: Math.ceil(length / WORD_BYTES) }, (_, i) =>
    view.getFloat64(Math.min(WORD_BYTES * i, length - WORD_BYTES), true),
  );
}
