// A protobuf writer: the few wire forms that ONNX needs (varint, fixed32, length-delimited, packed). Same calls, same bytes.
// Wire format: https://protobuf.dev/programming-guides/encoding

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const FIRST_CAPACITY = 256;
const TEXT = new TextEncoder();

export class ProtoWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** int32, int64, enum or bool field; negative values take ten bytes, as protobuf prescribes. Safe integers only. */
  int(field: number, value: number): void {
    this.#tag(field, VARINT);
    this.#varint(value);
  }

  float(field: number, value: number): void {
    this.#tag(field, FIXED32);
    this.#float32(value);
  }

  string(field: number, value: string): void {
    this.bytes(field, TEXT.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(value.length);
    this.#raw(value);
  }

  message(field: number, write: (message: ProtoWriter) => void): void {
    const message = new ProtoWriter();
    write(message);
    this.bytes(field, message.finish());
  }

  packedInts(field: number, values: ArrayLike<number>): void {
    this.message(field, (packed) => {
      for (let i = 0; i < values.length; i++) packed.#varint(values[i] ?? 0);
    });
  }

  packedFloats(field: number, values: ArrayLike<number>): void {
    this.#tag(field, LENGTH_DELIMITED);
    this.#varint(4 * values.length);
    for (let i = 0; i < values.length; i++) this.#float32(values[i] ?? 0);
  }

  /** Adds the fields of another message to this one. */
  append(fields: ProtoWriter): void {
    this.#raw(fields.#bytes.subarray(0, fields.#length));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #tag(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  #varint(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError('protobuf: expected a safe integer');
    this.#reserve(10);
    if (value < 0) {
      this.#negativeVarint(value);
      return;
    }
    // Division, not shifts: values reach 2^53 and shifts stop at 2^32.
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #negativeVarint(value: number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  #float32(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
