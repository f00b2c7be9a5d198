// One column by its name, in the reference and in the rows of a window.
import { AppError } from '../../common/errors.ts';
import type { DriftReference, ReferenceColumn } from '../../model/drift-reference.ts';
import type { ServedBundle } from '../../model/model-bundle.ts';
import { categorySample } from '../../statistics/drift/categories.ts';
import type { DesignColumn } from '../../statistics/drift/design-rows.ts';
import { numericSample } from '../../statistics/drift/numeric-sample.ts';
import type { ColumnSides } from './column-distribution.ts';
import { LABEL, SCORE, type WindowRows } from './measure-drift.ts';
import { sampleOf } from './raw-columns.ts';

type Contract = ServedBundle['features'];

const NONE_MISSING = Object.freeze({ reference: 0, current: 0 });

/** Throws INVALID_INPUT where the model has no column of this name. */
export function expectColumn(column: string, { features }: Contract): void {
  if (column === SCORE || column === LABEL || features.some(({ name }) => name === column)) return;
  const expected = `a feature of the model, ${SCORE} or ${LABEL}`;
  throw new AppError('INVALID_INPUT', `column must be ${expected}.`, {
    errors: [{ field: 'column', code: 'unknown', expected, received: 'another name' }],
  });
}

/** Of a column that the model has; a feature goes before what is answered, should they share a name. */
export function sidesOf(
  column: string,
  contract: Contract,
  reference: DriftReference,
  window: WindowRows,
): ColumnSides {
  const place = contract.features.findIndex(({ name }) => name === column);
  if (place >= 0) return featureSides(place, contract, reference, window);
  if (column === SCORE) {
    const current = numericSample(window.scores);
    return { kind: 'numeric', reference: reference.score, current, missing: NONE_MISSING };
  }
  const { positive_label, negative_label } = contract;
  return {
    kind: 'categorical',
    categories: [positive_label, negative_label],
    reference: reference.label,
    current: categorySample(window.labels),
    missing: NONE_MISSING,
  };
}

function featureSides(
  place: number,
  { features }: Contract,
  { columns }: DriftReference,
  { features: rows }: WindowRows,
): ColumnSides {
  const [column, feature] = [columns[place] as ReferenceColumn, features[place]];
  const current = sampleOf(rows.columns[place] as DesignColumn);
  const missing = { reference: column.missing, current: rows.rows - current.sample.rows };
  if (column.kind === 'numeric' && current.kind === 'numeric')
    return { kind: 'numeric', reference: column.sample, current: current.sample, missing };
  if (column.kind === 'categorical' && current.kind === 'categorical') {
    const categories = feature?.kind === 'categorical' ? feature.categories : [];
    const [reference, ofWindow] = [column.sample, current.sample];
    return { kind: 'categorical', categories, reference, current: ofWindow, missing };
  }
  throw new RangeError('expected the columns of the reference and of the window to be alike');
}
