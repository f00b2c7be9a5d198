// From design columns to raw features: a column's contribution is divided in equal parts among the raw features that it is made of.

/** Shares of all columns, one after the other. */
export interface Sharing {
  /** Raw features: the greatest number that a column names, and one. */
  readonly features: number;
  readonly columns: Int32Array;
  readonly targets: Int32Array;
  readonly parts: Float64Array;
}

/** Throws a RangeError where a column has no raw feature: its contribution would be lost. */
export function sharingOf(sources: readonly (readonly number[])[]): Sharing {
  const shares = sources.flatMap((features, column) => {
    if (features.length === 0)
      throw new RangeError(`design column ${column}: expected at least one raw feature, got none`);
    return features.map((target) => ({ column, target, part: 1 / features.length }));
  });
  return {
    features: shares.reduce((most, { target }) => Math.max(most, target + 1), 0),
    columns: Int32Array.from(shares, ({ column }) => column),
    targets: Int32Array.from(shares, ({ target }) => target),
    parts: Float64Array.from(shares, ({ part }) => part),
  };
}

/** Adds the sums of `rows` rows [rows, design columns] to `values` [rows, features] from row `from` on. */
export function shareInto(
  { features, columns, targets, parts }: Sharing,
  sums: Float64Array,
  designColumns: number,
  values: Float64Array,
  from: number,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const to = (from + row) * features;
    for (let share = 0; share < columns.length; share++) {
      const at = to + (targets[share] as number);
      const sum = sums[row * designColumns + (columns[share] as number)] as number;
      values[at] = (values[at] as number) + sum * (parts[share] as number);
    }
  }
}
