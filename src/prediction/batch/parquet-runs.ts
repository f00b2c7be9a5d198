// Runs of one value and of packed values, as Parquet has levels and the numbers of values in a dictionary (its RLE and bit-packing hybrid).

export type Numbers = Float64Array | Float32Array | Int32Array | Uint32Array;

export const isNumbers = (values: unknown): values is Numbers =>
  values instanceof Float64Array ||
  values instanceof Float32Array ||
  values instanceof Int32Array ||
  values instanceof Uint32Array;

/** Values that the last run of packed ones may have beyond the page, as some writers fill it up. */
const PADDING = 512;
const BYTE_BITS = 8;

/** Throws where they hold more than `most` values. */
export function checkRuns(bytes: Uint8Array, width: number, most: number): void {
  let seen = 0;
  for (let at = 0; at < bytes.length && seen < most;) {
    const { isPacked, length, end } = runAt(bytes, at);
    if (length > most - seen + (isPacked ? PADDING : 0)) throw new Error('a run that is too long');
    seen += length;
    at = end + (isPacked ? (length / 8) * width : Math.ceil(width / 8));
  }
}

/** As writers tell that no value is missing. */
export function isRunOfOnes(levels: Uint8Array, count: number): boolean {
  const { isPacked, length, end } = runAt(levels, 0);
  return !isPacked && length === count && levels[end] === 1;
}

/**
 * The values of the dictionary that runs of their numbers tell, `width` bits each (at most 24). A decoder that makes lists of the numbers and then
 * of the values takes five times as long.
 */
export function lookUp(
  bytes: Uint8Array,
  width: number,
  dictionary: Numbers,
  count: number,
): Float64Array {
  const values = new Float64Array(count);
  const mask = (1 << width) - 1;
  let filled = 0;
  for (let at = 0; filled < count;) {
    const { isPacked, length, end } = runAt(bytes, at);
    const last = Math.min(filled + length, count);
    at = end + (isPacked ? (length / BYTE_BITS) * width : Math.ceil(width / BYTE_BITS));
    if (length === 0) throw new Error('runs that end before their page does');
    let next = end;
    let bits = 0;
    let held = 0;
    for (; filled < last; filled += 1) {
      for (; held < width && next < at; held += BYTE_BITS) bits |= byteAt(bytes, next++) << held;
      values[filled] = valueAt(dictionary, bits & mask);
      if (!isPacked) continue;
      bits >>>= width;
      held -= width;
    }
  }
  return values;
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new Error('runs that end before their page does');
  return byte;
}

function valueAt(dictionary: Numbers, number: number): number {
  const value = dictionary[number];
  if (value === undefined) throw new Error('a value that the dictionary lacks');
  return value;
}

/** What the head of a run tells, and where it ends. */
function runAt(bytes: Uint8Array, start: number) {
  let at = start;
  let header = 0;
  let byte = 0x80;
  for (let shift = 0; byte >= 0x80; shift += 7) {
    byte = bytes[at++] ?? 0;
    header += (byte & 0x7f) * 2 ** shift;
  }
  const isPacked = header % 2 === 1;
  return { isPacked, length: Math.floor(header / 2) * (isPacked ? 8 : 1), end: at };
}
