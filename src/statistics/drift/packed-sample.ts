// The compact form of a sample of numbers for the model bundle: every distinct value, to the last bit, with its count. From it the tests of
// Kolmogorov and Smirnov and every other measure come out as from the rows themselves.
import { Buffer } from 'node:buffer';
import type { NumericSample } from './numeric-sample.ts';
import { decodedIntegers, encodedIntegers } from './varints.ts';

/** JSON. */
export interface PackedSample {
  readonly rows: number;
  readonly distinct: number;
  /**
   * How `values` stand, in base64. `decimal`: as integers over 10^scale, the first by its zigzag code and each later one less the one
   * before, in variable-length integers of seven bits a byte, low bits first. `float32`: the same of the floats' bits in an order-keeping
   * form. `float64`: little-endian.
   */
  readonly encoding: 'decimal' | 'float32' | 'float64';
  readonly scale: number;
  readonly values: string;
  /** Variable-length integers in base64; null where each value came once. */
  readonly counts: string | null;
}

/** More digits behind the point than this are no decimal that anyone wrote. */
const MOST_DIGITS = 12;

/** The smallest form that loses nothing. */
export function packSample({ rows, values, counts }: NumericSample): PackedSample {
  const scale = decimalsOf(values);
  const candidates = [
    ...(scale === null ? [] : [form('decimal', scale, deltas(integersOf(values, scale)))]),
    ...(values.every((value) => Math.fround(value) === value)
      ? [form('float32', 0, deltas(orderedBits(values)))]
      : []),
    form('float64', 0, littleEndian(values)),
  ];
  const { bytes, ...smallest } = candidates.reduce((best, one) =>
    one.bytes.length < best.bytes.length ? one : best,
  );
  return {
    rows,
    distinct: values.length,
    ...smallest,
    values: base64(bytes),
    counts: rows === values.length ? null : base64(encodedIntegers(counts)),
  };
}

interface Form {
  readonly encoding: PackedSample['encoding'];
  readonly scale: number;
  readonly bytes: Uint8Array;
}

const form = (encoding: PackedSample['encoding'], scale: number, bytes: Uint8Array): Form => ({
  encoding,
  scale,
  bytes,
});

/** Throws RangeError for what is not a packed sample. */
export function unpackSample(packed: PackedSample): NumericSample {
  const { rows, distinct } = packed;
  const values = valuesOf(packed);
  const counts =
    packed.counts === null
      ? new Uint32Array(distinct).fill(1)
      : Uint32Array.from(decodedIntegers(bytesOf(packed.counts)));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (values.length !== distinct || counts.length !== distinct || total !== rows) {
    throw new RangeError('expected as many values, counts and rows as the packed sample states');
  }
  if (!values.every((value, i) => i === 0 || value > (values[i - 1] as number))) {
    throw new RangeError('expected the values of a packed sample to rise');
  }
  return { rows, values, counts };
}

function valuesOf({ encoding, scale, values }: PackedSample): Float64Array {
  const bytes = bytesOf(values);
  switch (encoding) {
    case 'decimal':
      return summed(decodedIntegers(bytes)).map((integer) => integer / 10 ** scale);
    case 'float32':
      return fromOrderedBits(summed(decodedIntegers(bytes)));
    case 'float64': {
      if (bytes.length % 8 !== 0) throw new RangeError('expected eight bytes for each value');
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return Float64Array.from({ length: bytes.length / 8 }, (_, i) =>
        view.getFloat64(i * 8, true),
      );
    }
  }
}

/** The fewest decimals that give every value back; null where there are none. */
function decimalsOf(values: Float64Array): number | null {
  const first = values[0] ?? 0;
  const last = values.at(-1) ?? 0;
  let scale = 0;
  for (const value of values) {
    while (Math.round(value * 10 ** scale) / 10 ** scale !== value) {
      scale += 1;
      if (scale > MOST_DIGITS) return null;
    }
  }
  const widest = Math.max(Math.abs(first), Math.abs(last), last - first) * 10 ** scale;
  return widest < Number.MAX_SAFE_INTEGER / 2 ? scale : null;
}

const integersOf = (values: Float64Array, scale: number): Float64Array =>
  values.map((value) => Math.round(value * 10 ** scale));

/** Of rising integers. */
function deltas(integers: Float64Array): Uint8Array {
  const steps = integers.map((integer, i) => integer - (integers[i - 1] ?? 0));
  const first = steps[0];
  if (first !== undefined) steps[0] = first < 0 ? -2 * first - 1 : 2 * first;
  return encodedIntegers(steps);
}

function summed(steps: readonly number[]): Float64Array {
  const integers = Float64Array.from(steps);
  const first = integers[0];
  if (first !== undefined) integers[0] = first % 2 === 1 ? -(first + 1) / 2 : first / 2;
  for (let i = 1; i < integers.length; i += 1) {
    integers[i] = (integers[i] as number) + (integers[i - 1] as number);
  }
  return integers;
}

/** Integers in the order of the floats: the bits of a positive one, less the bits without the sign of a negative one. */
function orderedBits(values: Float64Array): Float64Array {
  const bits = new Int32Array(Float32Array.from(values).buffer);
  return Float64Array.from(bits, (bit) => (bit < 0 ? -(bit & 0x7fffffff) : bit));
}

function fromOrderedBits(ordered: Float64Array): Float64Array {
  const bits = Int32Array.from(ordered, (bit) => (bit < 0 ? -bit | 0x80000000 : bit));
  return Float64Array.from(new Float32Array(bits.buffer));
}

function littleEndian(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setFloat64(i * 8, value, true);
  });
  return bytes;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64');
