// A fitted pipeline as explanations take it: the sum of its learner, and over which rows of the training part that sum is compared.
import type { AdditiveModel, LinearForm, TreesForm } from '../../src/explanation/additive-model.ts';
import { takeRows, type Float32Matrix, type Matrix } from '../numeric/matrix.ts';
import type { AdditivePipeline } from '../pipeline.ts';
import { coverOf } from '../trees/cover.ts';
import type { Background } from './background.ts';

export interface Compared {
  /** All training rows, raw. */
  readonly x: Float32Matrix;
  readonly background: Background;
  /** Those rows of the background that trees are compared with: each costs time, of a linear model only the mean of all counts. */
  readonly sample: Int32Array;
}

export function additiveModelOf(
  { form, space, sources, ...pipeline }: AdditivePipeline,
  calibration: AdditiveModel['calibration'],
  { x, background: { name, rows }, sample }: Compared,
): AdditiveModel {
  const facts = { space, calibration, sources };
  if (form.kind === 'linear') {
    const means = meansOf(pipeline.design(takeRows(x, rows)));
    const linear: LinearForm = {
      kind: form.kind,
      coefficients: form.coefficients,
      intercept: form.intercept,
      means,
    };
    return { ...facts, background: { name, rows: rows.length }, form: linear };
  }
  const trees: TreesForm = {
    kind: form.kind,
    trees: form.trees,
    scale: form.scale,
    offset: form.offset,
    cover: coverOf(form.trees, pipeline.design(x)),
    background: Float32Array.from(pipeline.design(takeRows(x, sample)).data),
  };
  return { ...facts, background: { name, rows: sample.length }, form: trees };
}

function meansOf({ data, rows, columns }: Matrix): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0, at = 0; row < rows; row++)
    for (let column = 0; column < columns; column++, at++)
      sums[column] = (sums[column] as number) + (data[at] as number);
  return sums.map((sum) => sum / rows);
}
