// The procedure of Benjamini and Hochberg 1995: which of many tests reject, so that of those that do at most the asked share is expected to
// be wrong.

/**
 * Of each p-value, whether it is rejected: with the values in order, all up to the last that is below rate x place / number. Strictly below,
 * as Alibi Detect compares. Where nothing has moved, the chance that any rejects is at most the rate.
 */
export function rejections(pValues: readonly number[], rate: number): readonly boolean[] {
  const ordered = pValues.toSorted((a, b) => a - b);
  const last = ordered.findLastIndex((p, i) => p < (rate * (i + 1)) / ordered.length);
  const limit = ordered[last] ?? -1;
  return pValues.map((p) => p <= limit);
}
