// Many rows of one request, as a door hands them to the data plane: one at a time, by feature name, whatever form they came in.
import type { ServedFeature } from '../features/feature-spec.ts';

export interface Rows {
  readonly count: number;
  /** Row `index` as an object of feature values, made on demand; not checked yet: the encoder of the model does that. */
  readonly row: (index: number) => Readonly<Record<string, unknown>>;
  /** The same rows as numbers of the graph, row-major [count, features], where they came so: these are encoded without an object a row. */
  readonly numbers?: ArrayLike<number>;
}

/** Rows whose cells are found by row and position of the feature; `undefined` is a value that did not come. */
export const rowsOf = (
  count: number,
  features: readonly ServedFeature[],
  cellAt: (row: number, feature: number) => unknown,
): Rows => ({
  count,
  row: (index) => {
    const row: Record<string, unknown> = {};
    for (let i = 0; i < features.length; i += 1) {
      const value = cellAt(index, i);
      if (value !== undefined) row[features[i]?.name ?? ''] = value;
    }
    return row;
  },
});
