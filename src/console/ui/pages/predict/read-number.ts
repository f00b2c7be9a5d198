// Numbers as people type them: with a decimal point or comma, a typographic minus, spaces between thousands.

/** `ambiguous`: it may be a number with thousands marked by commas or one with a decimal comma, and the two differ a thousandfold. */
export type ReadNumber =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'not_a_number' | 'ambiguous' };

/** Spaces that French and others write between thousands: a space, no-break, narrow no-break, thin. */
const SPACES = /[ \u00a0\u202f\u2009]/g;
const GROUPED = /^[+-]?\d{1,3}( \d{3})+(?![\d ])/;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** `decimal`: the sign that the reader's language writes before the fraction. */
export function readNumber(typed: string, decimal: string): ReadNumber {
  const plain = typed.trim().replace(SPACES, ' ').replace('\u2212', '-');
  const text = GROUPED.test(plain) ? plain.replaceAll(' ', '') : plain;
  if (decimal !== ',' && THOUSANDS.test(text)) return { kind: 'ambiguous' };
  const pointed = text.replace(',', '.');
  return NUMBER.test(pointed)
    ? { kind: 'number', value: Number(pointed) }
    : { kind: 'not_a_number' };
}

/** Every digit of the number, for a field: what is read back is the same number. */
export const writeNumber = (value: number, decimal: string): string =>
  decimal === ',' ? String(value).replace('.', ',') : String(value);

export const decimalSignOf = (locale: string): string =>
  new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ??
  '.';
