// Sorts float32 numbers by their bits, several times faster than by comparison.

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;
const PASSES = 3;
/** Below so many numbers counting digits costs more than it saves. */
const FEW = 4096;

/** Ascending, in place; no NaN. A radix sort of the bits, those of negative numbers turned round. */
export function sortFloats(values: Float32Array): Float32Array {
  if (values.length < FEW) return values.sort();
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  let from = new Uint32Array(values.length);
  let to = new Uint32Array(values.length);
  // The sign bit of positive numbers is set and all bits of negative ones are flipped: as unsigned integers they ascend as the numbers do.
  for (let i = 0; i < from.length; i++) {
    const b = bits[i] as number;
    from[i] = b ^ ((b >> 31) | (1 << 31));
  }
  for (let pass = 0; pass < PASSES; pass++) {
    sortByDigit(from, to, pass * DIGIT_BITS);
    [from, to] = [to, from];
  }
  for (let i = 0; i < from.length; i++) {
    const key = from[i] as number;
    bits[i] = key ^ (((key ^ (1 << 31)) >> 31) | (1 << 31));
  }
  return values;
}

/** One stable pass over the digit that starts at bit `shift`. */
function sortByDigit(from: Uint32Array, to: Uint32Array, shift: number): void {
  const starts = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < from.length; i++) {
    const next = (((from[i] as number) >>> shift) & (DIGITS - 1)) + 1;
    starts[next] = (starts[next] as number) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit++)
    starts[digit + 1] = (starts[digit + 1] as number) + (starts[digit] as number);
  for (let i = 0; i < from.length; i++) {
    const key = from[i] as number;
    const digit = (key >>> shift) & (DIGITS - 1);
    const place = starts[digit] as number;
    to[place] = key;
    starts[digit] = place + 1;
  }
}
