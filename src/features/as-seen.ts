// A raw value as the model sees it, for comparing rows of training with rows of requests: both at the precision of float32.
import type { RawValue, ServedFeature } from './feature-spec.ts';

/** Digits that any float32 needs at most (IEEE 754: 9 decimal digits tell all float32 values apart). */
const FLOAT32_DIGITS = 9;
/** Among decimals of so many digits each has a float32 of its own (FLT_DIG), down to the smallest normal number. */
const DISTINCT_DIGITS = 6;
const SMALLEST_NORMAL = 2 ** -126;

/** The shortest decimal that rounds to this float32: 17.99 rather than 17.989999771118164. */
export function shortestDecimal(value: number): number {
  // No shorter one than that of six digits can be another number, and Number drops the zeros.
  let digits = Math.abs(value) < SMALLEST_NORMAL ? 1 : DISTINCT_DIGITS;
  for (; digits < FLOAT32_DIGITS; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(FLOAT32_DIGITS));
}

/**
 * A number as the shortest decimal of its float32, which is the number itself where it was written with up to six digits; a category as its
 * text; null where it is missing. For a value that the encoder takes.
 */
export function asSeen({ kind }: Pick<ServedFeature, 'kind'>, value: unknown): RawValue {
  if (value === undefined || value === null) return null;
  if (kind === 'categorical') return typeof value === 'string' ? value : `${value as number}`;
  return shortestDecimal(Math.fround(value as number));
}
