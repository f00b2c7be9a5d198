// A stretch of a stream that holds at least the row at hand, whatever chunks it comes in.
import { invalidUpload } from './upload-fault.ts';

/** A chunk is worth reading rows from. */
const LEAST_BYTES = 64 * 1024;
/** What no row of features is longer than. */
export const MAX_ROW_BYTES = 1024 * 1024;

export class ByteWindow {
  /** Ends where the bytes that came end. Until the next fill(). */
  bytes = Buffer.alloc(0);
  /**
   * The same and a NUL, which no scanner goes past: one that meets the end of its bytes once is compiled to expect it at every byte, which
   * takes a quarter more.
   */
  scanned = Buffer.alloc(1);
  /** Of what is read next, in `bytes`. */
  at = 0;
  /** Nothing comes after `bytes`. */
  isLast = false;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #memory = Buffer.alloc(0);
  #base: number;

  constructor(stream: AsyncIterable<Uint8Array>, fromByte: number) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#base = fromByte;
  }

  /** In the upload, of a place in `bytes`. */
  positionOf(at: number): number {
    return this.#base + at;
  }

  /** Adds bytes. At least as many as are unread: a row that is read again for each piece of it would take time by the square of its length. */
  async fill(): Promise<void> {
    const unread = this.bytes.length - this.at;
    const wanted = Math.max(LEAST_BYTES, unread);
    const chunks: Uint8Array[] = [];
    let came = 0;
    while (came < wanted && !this.isLast) {
      const next = await this.#chunks.next();
      if (next.done === true) this.isLast = true;
      else {
        chunks.push(next.value);
        came += next.value.length;
      }
    }
    this.#keep(unread, chunks, unread + came);
    this.#base += this.at;
    this.at = 0;
  }

  /** In one memory for all of the upload: what was read is written over. */
  #keep(unread: number, chunks: readonly Uint8Array[], length: number): void {
    if (this.#memory.length <= length) this.#memory = Buffer.allocUnsafe(2 * (length + 1));
    const memory = this.#memory;
    memory.set(this.bytes.subarray(this.at));
    let at = unread;
    for (const chunk of chunks) {
      memory.set(chunk, at);
      at += chunk.length;
    }
    memory[length] = 0;
    this.scanned = memory.subarray(0, length + 1);
    this.bytes = memory.subarray(0, length);
  }

  /** Reads the mark that some programs write before UTF-8. Throws INVALID_INPUT for UTF-16. */
  async open(): Promise<void> {
    await this.fill();
    const [first, second, third] = this.bytes;
    if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
      throw invalidUpload('The upload is in UTF-16; send UTF-8.');
    if (first === 0xef && second === 0xbb && third === 0xbf) this.at = 3;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
