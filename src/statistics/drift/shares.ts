// Shares of counts, and Evidently's filling of those that are 0.

/** A share of zero is filled with the smallest share there is, divided by this, or with MOST_FILL if that is less. */
const FILL_DIVISOR = 1e6;
const MOST_FILL = 1e-4;

export function sharesOf(counts: readonly number[]): readonly number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/** Not brought to 1 again. */
export function filledShares(counts: readonly number[]): readonly number[] {
  const shares = sharesOf(counts);
  const smallest = Math.min(...shares.filter((share) => share > 0));
  const fill = smallest <= MOST_FILL ? smallest / FILL_DIVISOR : MOST_FILL;
  return shares.map((share) => (share === 0 ? fill : share));
}
