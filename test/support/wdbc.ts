// The default data set (data/wdbc.csv, complete and numeric), read without the product's own loader.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matrixOf, type Float32Matrix, type Matrix } from '../../ml/numeric/matrix.ts';
import type { FeatureSpec } from '../../src/features/feature-spec.ts';

export interface Wdbc {
  readonly features: readonly FeatureSpec[];
  /** As the file has them. */
  readonly exact: Matrix;
  /** Rounded to float32, as rows reach a model. */
  readonly rows: Float32Matrix;
  /** 1 is malignant. */
  readonly y: Uint8Array;
}

export function loadWdbc(): Wdbc {
  const text = readFileSync(join(__dirname, '../../data/wdbc.csv'), 'utf8');
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',').slice(0, -1);
  const cells = lines.map((line) => line.split(',').map(Number));
  const values = Float64Array.from(cells.flatMap((row) => row.slice(0, -1)));
  return {
    features: names.map((name) => ({ kind: 'numeric', name, nullable: true })),
    exact: matrixOf(values, names.length),
    rows: matrixOf(Float32Array.from(values), names.length),
    y: Uint8Array.from(cells, (row) => row.at(-1) ?? Number.NaN),
  };
}
