// Values that stay away, or come where none came: what measures of values cannot see.
import type { DriftReference, ReferenceColumn } from '../../model/drift-reference.ts';
import { rejections } from '../../statistics/drift/benjamini-hochberg.ts';
import { contingencyTest } from '../../statistics/drift/categories.ts';
import { FALSE_DISCOVERY_RATE, MINIMUM_WINDOW } from '../../statistics/drift/dataset-drift.ts';
import type { DriftVerdict } from '../../statistics/drift/drift-of.ts';

/** By so much the share of missing values must have moved, besides being significant. */
export const MISSING_THRESHOLD = 0.1;

/** Shares of the rows without a value; null for no rows. */
export interface MissingDrift {
  readonly reference: number | null;
  readonly current: number | null;
  readonly test: 'contingency';
  readonly p_value: number | null;
  readonly threshold: number;
  readonly verdict: DriftVerdict;
}

type Shares = Pick<MissingDrift, 'reference' | 'current' | 'p_value'>;

/** Of each feature; `present`: rows of the window with a value, of `rows`. Significant among all features, as their drift is. */
export function missingDrift(
  { columns }: DriftReference,
  present: readonly number[],
  rows: number,
): readonly MissingDrift[] {
  const shares = columns.map((column, i) => sharesOf(column, present[i] as number, rows));
  const significant = rejections(
    shares.map(({ p_value }) => p_value ?? 1),
    FALSE_DISCOVERY_RATE,
  );
  return shares.map((share, i) => ({
    ...share,
    test: 'contingency',
    threshold: MISSING_THRESHOLD,
    verdict:
      rows < MINIMUM_WINDOW ? 'insufficient_data' : verdictOf(share, significant[i] === true),
  }));
}

function sharesOf({ sample, missing }: ReferenceColumn, present: number, rows: number): Shares {
  const before = sample.rows + missing;
  const bins = { reference: [sample.rows, missing], current: [present, rows - present] };
  return {
    reference: before === 0 ? null : missing / before,
    current: rows === 0 ? null : (rows - present) / rows,
    p_value: before === 0 || rows === 0 ? null : contingencyTest(bins),
  };
}

function verdictOf({ reference, current }: Shares, isSignificant: boolean): DriftVerdict {
  if (reference === null || current === null) return 'insufficient_data';
  const moved = Math.abs(current - reference) >= MISSING_THRESHOLD;
  return isSignificant && moved ? 'drift' : 'no_drift';
}
