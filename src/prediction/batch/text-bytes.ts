// Text as the bytes in which it leaves. A text of the engine for each part of each row would be 300 bytes of garbage a row, which costs more than
// to write it, and would be encoded once more.

/** Some blocks of rows. */
const SLAB_BYTES = 65_536;

const ZERO = 0x30;

/** Numbers as JSON has them, made together: one by one each would be looked for in the engine's cache of such texts, where it is not. */
export const numberTexts = (numbers: Float32Array): string[] =>
  JSON.stringify(Array.from(numbers)).slice(1, -1).split(',');

/** What is written for every row, once. */
export const encoded = (text: string): Uint8Array => Buffer.from(text);

export class TextBytes {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  /** Of what is not taken yet. */
  #start = 0;
  #end = 0;

  /** Some dozen bytes. */
  add(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#expect(length);
    const slab = this.#slab;
    let end = this.#end;
    for (let i = 0; i < length; i += 1) slab[end++] = bytes[i] as number;
    this.#end = end;
  }

  /** The same of a text that is short and all ASCII: a fraction, an id. */
  ascii(text: string): void {
    const { length } = text;
    this.#expect(length);
    const slab = this.#slab;
    let end = this.#end;
    for (let i = 0; i < length; i += 1) slab[end++] = text.charCodeAt(i);
    this.#end = end;
  }

  /** A whole number, not negative. */
  whole(number: number): void {
    let digits = 1;
    for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
    this.#expect(digits);
    const end = this.#end + digits;
    for (let at = end, rest = number; at > this.#end; rest = Math.floor(rest / 10))
      this.#slab[--at] = ZERO + (rest % 10);
    this.#end = end;
  }

  /** Any text. */
  text(text: string): void {
    this.#expect(Buffer.byteLength(text));
    this.#end += this.#slab.write(text, this.#end);
  }

  /** What was written since the last time; nothing is written over it. */
  take(): Uint8Array {
    const taken = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  #expect(bytes: number): void {
    if (this.#end + bytes > this.#slab.length) this.#moveTo(bytes);
  }

  #moveTo(bytes: number): void {
    const kept = this.take();
    this.#slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, 2 * (kept.length + bytes)));
    this.#slab.set(kept);
    this.#start = 0;
    this.#end = kept.length;
  }
}
