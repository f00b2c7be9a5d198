// Lines out of bytes that come in pieces, cut anywhere.
const LINE_FEED = 0x0a;

export class LineSplitter {
  #rest: Uint8Array = new Uint8Array();

  /** The bytes of whole lines, their ends included; what is left over waits for the next piece. */
  push(piece: Uint8Array): Uint8Array {
    const end = piece.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      this.#rest = joined(this.#rest, piece);
      return new Uint8Array();
    }
    const whole = joined(this.#rest, piece.subarray(0, end));
    this.#rest = piece.slice(end);
    return whole;
  }

  /** A last line without its end; empty where there is none. */
  get rest(): Uint8Array {
    return this.#rest;
  }
}

/** Each line with where it ends in `bytes`, its line feed included. */
export function* linesOf(
  bytes: Uint8Array,
): Generator<{ readonly text: string; readonly end: number }> {
  const decoder = new TextDecoder();
  for (let start = 0; start < bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    const end = feed === -1 ? bytes.length : feed + 1;
    yield { text: decoder.decode(bytes.subarray(start, feed === -1 ? end : feed)), end };
    start = end;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
