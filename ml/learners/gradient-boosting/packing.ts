// Gradient and hessian of a row as two integers in one number: histograms then add once instead of twice, and their sums are exact, the same
// in any order and on any number of threads. Stochastic rounding keeps the sums unbiased (Shi et al. 2022, "Quantized training of GBDTs").

/** A sum S = G * shift + H of integers, H in [0, shift): G = floor(S / shift). One G is gradientUnit, one H hessianUnit. */
export interface PackedScale {
  readonly shift: number;
  readonly gradientUnit: number;
  readonly hessianUnit: number;
}

/** What the rows that a tree learns from amount to. */
export interface GradientTotals {
  readonly rows: number;
  readonly absoluteGradient: number;
  readonly hessian: number;
  readonly largestGradient: number;
  readonly largestHessian: number;
}

/** Rounding adds less than 1 a row to each sum, and both must stay below 2^26. */
export const MOST_ROWS = 2 ** 25;

const HESSIAN_BITS = 26;
export const SHIFT = 2 ** HESSIAN_BITS;
/** A double holds integers up to 2^53: G has what H leaves. */
const GRADIENT_LIMIT = 2 ** (53 - HESSIAN_BITS);
/** A row's packed integers share 32 bits; one less than they hold, for what division rounds up. */
const LARGEST_GRADIENT = 2 ** 15 - 2;
const LARGEST_HESSIAN = 2 ** 16 - 2;

/**
 * The finest units with which neither sum can overflow. Bounding the sums that are there instead of rows times the largest keeps a heavy tail
 * of gradients from coarsening all others. Where all hessians are 1 they stay exactly 1, and H counts rows.
 */
export function scaleFor(totals: GradientTotals, hessianIsOne: boolean): PackedScale {
  const { rows, absoluteGradient, hessian, largestGradient, largestHessian } = totals;
  const gradientUnit = Math.max(
    largestGradient / LARGEST_GRADIENT,
    absoluteGradient / (GRADIENT_LIMIT - 1 - rows),
    Number.MIN_VALUE * 2 ** 60,
  );
  const hessianUnit = hessianIsOne
    ? 1
    : Math.max(
        largestHessian / LARGEST_HESSIAN,
        hessian / (SHIFT - 1 - rows),
        Number.MIN_VALUE * 2 ** 60,
      );
  return Object.freeze({ shift: SHIFT, gradientUnit, hessianUnit });
}

/** 32 well mixed bits of a counter: MurmurHash3's finaliser (Appleby). */
export function mixBits(x: number): number {
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/** The word of a row: G in the upper 16 bits, signed, H in the lower; `bits` decide where each is rounded to. */
export function packRow(
  gradient: number,
  hessian: number,
  gradientScale: number,
  hessianScale: number,
  bits: number,
): number {
  const g = Math.floor(gradient * gradientScale + (bits >>> 16) * 2 ** -16);
  const h = Math.floor(hessian * hessianScale + (bits & 0xffff) * 2 ** -16);
  return (g << 16) | h;
}

/** A row's word as a number to be summed. */
export const summand = (word: number): number => (word >> 16) * SHIFT + (word & 0xffff);

export const gradientOf = (sum: number, { shift, gradientUnit }: PackedScale): number =>
  Math.floor(sum / shift) * gradientUnit;

export const hessianOf = (sum: number, { shift, hessianUnit }: PackedScale): number =>
  (sum - Math.floor(sum / shift) * shift) * hessianUnit;

/** A count of rows that is worked out as a share of the hessian may fall short of the whole number that it is by this much. */
export const ROUNDING_ROWS = 1e-6;
