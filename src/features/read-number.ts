// Reads a decimal number from bytes, as JSON.parse would from text: rows and tensors come as bytes, and a text for each of their numbers would
// cost more than the model. Stateless but for the last number read, and pure.

/** Where no number stands. */
export const NO_NUMBER = -1;

const [MINUS, PLUS, POINT, ZERO, NINE, LOWER_E, UPPER_E] = [
  0x2d, 0x2b, 0x2e, 0x30, 0x39, 0x65, 0x45,
];
/** Digits of a whole number that a float64 holds exactly, whichever they are. */
const EXACT_DIGITS = 15;
/** What is longer is no number that anyone measured, and left to the engine with all that stands around it. */
const MOST_BYTES = 400;
/** Digits after which a sum of them is still as near as NEARNESS says. */
const NEAR_DIGITS = 40;
/** Relative; each digit beyond the exact ones adds two roundings of at most 2 ** -53. */
const NEARNESS = 2 ** -46;
/** Powers of ten that a float64 holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** What a number that is to be a float32 cell is compared with. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

export class NumberReader {
  /** The last number that was read. */
  value = 0;

  /**
   * A number by JSON's grammar (RFC 8259, 6), rounded as JSON.parse does: a quotient of two integers that float64 holds exactly is the
   * nearest float64 to it (Clinger 1990, the fast path); all others are left to the engine. Answers where it ends, or NO_NUMBER.
   * With `limits`, more digits than that are not told apart where that changes neither the float32 nor the side of a limit: `value` may be
   * another number then, with the same float32 on the same sides.
   */
  read(bytes: Uint8Array, start: number, limits?: Limits): number {
    const isNegative = bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    let at = first;
    let digits = 0;
    for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0)
      digits = digits * 10 + (byte - ZERO);
    if (at === first || (bytes[first] === ZERO && at > first + 1)) return NO_NUMBER;
    let count = at - first;
    let decimals = 0;
    if (bytes[at] === POINT) {
      const point = at;
      at += 1;
      for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0)
        digits = digits * 10 + (byte - ZERO);
      decimals = at - point - 1;
      if (decimals === 0) return NO_NUMBER;
      count += decimals;
    }
    const isWhole = bytes[at] !== LOWER_E && bytes[at] !== UPPER_E;
    if (!isWhole) at = exponentEnd(bytes, at);
    if (at === NO_NUMBER) return NO_NUMBER;
    const power = POWERS[decimals];
    const size = isNegative ? -digits : digits;
    if (isWhole && count <= EXACT_DIGITS) this.value = size / (power ?? 1);
    else if (at - start > MOST_BYTES) return NO_NUMBER;
    else {
      const isNear = isWhole && count <= NEAR_DIGITS && power !== undefined && limits !== undefined;
      const near = isNear ? nearCell(size / power, limits) : undefined;
      this.value = near ?? Number(String.fromCharCode(...bytes.subarray(start, at)));
    }
    return at;
  }
}

function exponentEnd(bytes: Uint8Array, start: number): number {
  const sign = bytes[start + 1];
  const first = sign === MINUS || sign === PLUS ? start + 2 : start + 1;
  let at = first;
  for (let byte = bytes[at] ?? 0; byte >= ZERO && byte <= NINE; byte = bytes[++at] ?? 0);
  return at === first ? NO_NUMBER : at;
}

/** The number nearby, or undefined where it may not stand for the one that was meant: between what that is at least and at most, something changes. */
function nearCell(near: number, { min, max }: Limits): number | undefined {
  const least = near - Math.abs(near) * NEARNESS;
  const most = near + Math.abs(near) * NEARNESS;
  const isSame =
    Math.fround(least) === Math.fround(most) &&
    least < min === most < min &&
    least > max === most > max;
  return isSame ? near : undefined;
}
