// The head of a request as the bytes that it came in. The same bytes mean the same again; only the length of the body may be another.
import type { IncomingMessage } from 'node:http';

const END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: ?(\d+)(?=\r\n)/i;
const [ZERO, NINE] = [0x30, 0x39];
/** Digits of a body's length: far above any limit. */
const MOST_DIGITS = 10;

/** Whether the bytes are this one request, with nothing missing and nothing left. */
export function isWhole(bytes: Buffer, { headers }: IncomingMessage): boolean {
  const end = bytes.indexOf(END);
  const length = Number(headers['content-length'] ?? 0);
  const isStated = headers['transfer-encoding'] === undefined && headers.upgrade === undefined;
  return isStated && end >= 0 && bytes.length === end + END.length + length;
}

export class RepeatedHead {
  private constructor(
    /** Up to the length of the body. */
    private readonly before: Buffer,
    /** What stands between that and the body. */
    private readonly after: Buffer,
    /** Where the token is. */
    readonly headers: Pick<IncomingMessage['headers'], 'authorization'>,
  ) {}

  /** Of bytes that are one whole request; null where the connection would not go on after it, or the caller waits to be asked for the body. */
  static of(bytes: Buffer, { headers, httpVersion }: IncomingMessage): RepeatedHead | null {
    const { authorization, connection = 'keep-alive', expect } = headers;
    if (httpVersion !== '1.1' || connection.toLowerCase() !== 'keep-alive') return null;
    const end = bytes.indexOf(END) + END.length;
    const stated = LENGTH.exec(bytes.toString('latin1', 0, end));
    if (stated === null || expect !== undefined) return null;
    const [line, digits = ''] = stated;
    const to = stated.index + line.length;
    const before = Buffer.from(bytes.subarray(0, to - digits.length));
    return new RepeatedHead(before, Buffer.from(bytes.subarray(to, end)), { authorization });
  }

  /** The body of one whole request with this head; null for any other bytes. */
  bodyOf(bytes: Buffer): Buffer | null {
    const { before, after } = this;
    if (!standsAt(bytes, 0, before)) return null;
    const from = before.length;
    let at = from;
    let length = 0;
    for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[at] ?? 0) {
      length = 10 * length + byte - ZERO;
      at += 1;
    }
    const start = at + after.length;
    const isNumber = bytes[from] !== ZERO && at - from <= MOST_DIGITS;
    if (!isNumber || length !== bytes.length - start) return null;
    return length > 0 && standsAt(bytes, at, after) ? bytes.subarray(start) : null;
  }
}

const standsAt = (bytes: Buffer, at: number, expected: Buffer): boolean =>
  bytes.length >= at + expected.length && expected.compare(bytes, at, at + expected.length) === 0;
