// Integers from 0 to 2^53 in as many bytes as they need: seven bits a byte, low bits first, the eighth says that more follow.

export function encodedIntegers(integers: ArrayLike<number>): Uint8Array {
  // 2^53 takes eight bytes.
  const bytes = new Uint8Array(integers.length * 8);
  let size = 0;
  for (let i = 0; i < integers.length; i += 1) {
    let rest = integers[i] as number;
    while (rest >= 128) {
      // Not by shifts: they keep 32 bits.
      bytes[size++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    bytes[size++] = rest;
  }
  return bytes.slice(0, size);
}

/** Throws RangeError where the last integer does not end, or one is beyond 2^53. */
export function decodedIntegers(bytes: Uint8Array): readonly number[] {
  const integers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte % 128) * unit;
    unit *= 128;
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('expected integers up to 2^53');
    if (byte < 128) {
      integers.push(value);
      value = 0;
      unit = 1;
    }
  }
  if (unit !== 1) throw new RangeError('expected the last integer to end');
  return integers;
}
