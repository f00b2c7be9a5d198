// The lines of a text file of any length, in blocks: split at line feeds alone, since JSON may hold every other character that ends a line.
import { isUtf8 } from 'node:buffer';

/** A row with its explanation takes some kilobytes; what is longer is no line of a log, and is not kept in memory. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** `null`: longer than MAX_LINE_BYTES. Bytes that are no UTF-8 are U+FFFD. */
  readonly text: string | null;
  readonly isUtf8: boolean;
}

export async function* lineBlocks(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly Line[], void, undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield splitter.take(chunk);
  yield splitter.end();
}

class LineSplitter {
  #number = 0;
  /** Of the line that has not ended; null: it is too long. */
  #begun: Buffer | null = Buffer.alloc(0);

  take(chunk: Buffer): readonly Line[] {
    const lines: Line[] = [];
    let at = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, at)) {
      this.#keep(chunk.subarray(at, end));
      lines.push(this.#line());
      at = end + 1;
    }
    this.#keep(chunk.subarray(at));
    return lines;
  }

  /** The last line may lack its line feed. */
  end(): readonly Line[] {
    return this.#begun?.length === 0 ? [] : [this.#line()];
  }

  #keep(bytes: Buffer): void {
    if (this.#begun === null || bytes.length === 0) return;
    if (this.#begun.length === 0) this.#begun = bytes;
    else if (this.#begun.length + bytes.length > MAX_LINE_BYTES) this.#begun = null;
    else this.#begun = Buffer.concat([this.#begun, bytes]);
  }

  #line(): Line {
    const bytes = this.#begun;
    this.#begun = Buffer.alloc(0);
    this.#number += 1;
    const number = this.#number;
    if (bytes === null) return { number, text: null, isUtf8: true };
    const text = bytes.toString('utf8');
    const first = number === 1 && text.startsWith(BYTE_ORDER_MARK);
    return { number, text: first ? text.slice(1) : text, isUtf8: isUtf8(bytes) };
  }
}
