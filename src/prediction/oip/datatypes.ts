// The datatypes of tensors that a tabular model can take, and how each is written in JSON and in the binary tensor extension (little-endian;
// BYTES elements have a length of 32 bits before them).

export const DATATYPES = [
  'FP32',
  'FP64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'BYTES',
] as const;
export type Datatype = (typeof DATATYPES)[number];

/** The elements of a tensor, row-major: numbers, or texts of BYTES; null is a missing value. */
export type Elements = ArrayLike<number | string | null>;

export const isDatatype = (text: unknown): text is Datatype => DATATYPES.includes(text as Datatype);

/** Whether a JSON value is an element of that type; null stands for a missing value in each. Integers beyond 2^53 lose digits in JSON. */
export function isElement(datatype: Datatype, value: unknown): value is number | string | null {
  if (value === null) return true;
  if (datatype === 'BYTES') return typeof value === 'string';
  if (typeof value !== 'number') return false;
  if (datatype === 'FP32' || datatype === 'FP64') return true;
  const unsigned = datatype.startsWith('U');
  const bits = Number(datatype.replace(/\D+/, ''));
  const limit = 2 ** (unsigned ? bits : bits - 1);
  return Number.isInteger(value) && value < limit && value >= (unsigned ? 0 : -limit);
}

/** Elements out of their bytes; null where the bytes are no whole elements, or no UTF-8. */
export function decodeElements(datatype: Datatype, bytes: Uint8Array): Elements | null {
  if (datatype === 'BYTES') return decodeTexts(bytes);
  const type = ARRAYS[datatype];
  if (bytes.length % type.BYTES_PER_ELEMENT !== 0) return null;
  // A copy: an array of numbers must begin at a multiple of its element.
  const numbers = new type(new Uint8Array(bytes).buffer);
  return numbers instanceof BigInt64Array || numbers instanceof BigUint64Array
    ? Array.from(numbers, Number)
    : numbers;
}

const ARRAYS = {
  FP32: Float32Array,
  FP64: Float64Array,
  INT8: Int8Array,
  INT16: Int16Array,
  INT32: Int32Array,
  INT64: BigInt64Array,
  UINT8: Uint8Array,
  UINT16: Uint16Array,
  UINT32: Uint32Array,
  UINT64: BigUint64Array,
} as const;

function decodeTexts(bytes: Uint8Array): readonly string[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const texts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + LENGTH_BYTES > bytes.length) return null;
    const end = at + LENGTH_BYTES + view.getUint32(at, true);
    if (end > bytes.length) return null;
    try {
      texts.push(utf8.decode(bytes.subarray(at + LENGTH_BYTES, end)));
    } catch {
      return null;
    }
    at = end;
  }
  return texts;
}

const LENGTH_BYTES = 4;

export function encodeTexts(texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap((text) => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
