// A checked data set made by hand: what a file without anything remarkable would have been loaded as.
import { RowLines } from '../../ml/data/row-lines.ts';
import type { Dataset } from '../../ml/data/load-table.ts';

/** `x` row-major [rows, features], `y` [rows]. */
export const datasetOf = ({ features, x, y }: Pick<Dataset, 'features' | 'x' | 'y'>): Dataset => ({
  features,
  rows: y.length,
  x,
  y,
  weights: null,
  keys: null,
  protected: [],
  digest: '',
  ignoredColumns: [],
  lines: new RowLines(),
  leftOut: { rows: 0, byColumn: new Map() },
});
