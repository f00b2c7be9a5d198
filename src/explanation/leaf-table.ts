// The contributions of one leaf's columns for every pattern of columns that a row can satisfy: afterwards explaining is looking up.

/**
 * Writes phi_j(A) for each pattern A of satisfied columns into `table` [2^width, width], for a leaf worth `value` whose columns U let
 * through `weights[U]` of the background. A set S that follows the row is worth v(S) = value * weights[all columns less S] where S is part
 * of A, else 0; with c_m = m! (width - m - 1)! / width! the Shapley values are
 *   phi_j(A) = -value * Q(A)                        where j is not in A,
 *   phi_j(A) =  value * (P(A) - P(A\j) - Q(A\j))    where it is,
 * Q(A) = sum over S in A of c_|S| * weights[all\S], P(A) = the same of c_(|S|-1), over S that are not empty.
 */
export function fillLeafTable(
  width: number,
  value: number,
  weights: Float64Array,
  table: Float64Array,
): void {
  const all = (1 << width) - 1;
  const c = shapleyWeights(width);
  const p = new Float64Array(all + 1);
  const q = new Float64Array(all + 1);
  for (let set = 0; set <= all; set++) {
    const weight = value * (weights[all ^ set] as number);
    const size = bitCount(set);
    p[set] = size === 0 ? 0 : weight * (c[size - 1] as number);
    q[set] = size === width ? 0 : weight * (c[size] as number);
  }
  sumOverSubsets(p, width);
  sumOverSubsets(q, width);
  for (let pattern = 0, at = 0; pattern <= all; pattern++)
    for (let place = 0; place < width; place++, at++) {
      const without = pattern & ~(1 << place);
      table[at] =
        without === pattern
          ? -(q[pattern] as number)
          : (p[pattern] as number) - (p[without] as number) - (q[without] as number);
    }
}

/** m! (width - m - 1)! / width! for m in 0 ... width - 1. */
export function shapleyWeights(width: number): Float64Array {
  const weights = new Float64Array(width);
  weights[0] = 1 / width;
  for (let m = 1; m < width; m++) weights[m] = ((weights[m - 1] as number) * m) / (width - m);
  return weights;
}

function bitCount(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function sumOverSubsets(values: Float64Array, width: number): void {
  for (let bit = 1; bit < 1 << width; bit <<= 1)
    for (let set = 0; set < 1 << width; set++)
      if ((set & bit) !== 0) values[set] = (values[set] as number) + (values[set ^ bit] as number);
}
