// Passes bytes through and refuses those that are not UTF-8, with the line: a file in another encoding is found while it is read once.
import { isUtf8 } from 'node:buffer';
import { Transform, type TransformCallback } from 'node:stream';

/** Bytes that are not UTF-8; the message says what they may be instead. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
  constructor(
    /** 1-based. */
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

const NEWLINE = 0x0a;
/** The longest tail that may be the beginning of a character. */
const LONGEST_TAIL = 3;

export class CheckUtf8 extends Transform {
  private line = 1;
  private first = true;
  /** The beginning of a character at the end of the last chunk. */
  private tail: Buffer = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const problem = this.first ? utf16Of(chunk) : null;
    this.first = false;
    const bytes = this.tail.length === 0 ? chunk : Buffer.concat([this.tail, chunk]);
    const whole = bytes.length - tailLength(bytes);
    const body = bytes.subarray(0, whole);
    if (problem !== null || !isUtf8(body)) {
      done(problem ?? this.errorIn(body));
      return;
    }
    this.line += countOf(body, NEWLINE);
    this.tail = Buffer.from(bytes.subarray(whole));
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    done(this.tail.length === 0 ? null : this.errorIn(this.tail));
  }

  private errorIn(bytes: Buffer): EncodingError {
    // Line by line only now that one of them is known to be bad.
    let from = 0;
    let { line } = this;
    for (let to = bytes.indexOf(NEWLINE); to >= 0; to = bytes.indexOf(NEWLINE, from)) {
      if (!isUtf8(bytes.subarray(from, to))) break;
      from = to + 1;
      line += 1;
    }
    return new EncodingError(
      line,
      'expected UTF-8, got other bytes: is the file in Windows-1252 or Latin-1? Convert it, as with `iconv -f WINDOWS-1252 -t UTF-8`',
    );
  }
}

function utf16Of(chunk: Buffer): EncodingError | null {
  const [a, b] = chunk;
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  return marked
    ? new EncodingError(
        1,
        'expected UTF-8, got UTF-16: convert it, as with `iconv -f UTF-16 -t UTF-8`',
      )
    : null;
}

/** Bytes at the end that begin a character without ending it. */
function tailLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(LONGEST_TAIL, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}
