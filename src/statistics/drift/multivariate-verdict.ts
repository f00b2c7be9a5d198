// When measures of all columns together say something at all.
import { MINIMUM_WINDOW } from './dataset-drift.ts';
import type { DriftVerdict } from './drift-of.ts';

/** With fewer rows of reference nothing is said. */
export const MINIMUM_REFERENCE = 100;
/** Where something is fitted to the reference alone, few rows and heavy tails make chance too large to tell. */
export const MINIMUM_FITTED = 200;

export interface SideRows {
  readonly reference: number;
  readonly current: number;
}

export const isEnough = ({ reference, current }: SideRows, minimum = MINIMUM_REFERENCE): boolean =>
  reference >= minimum && current >= MINIMUM_WINDOW;

export const verdictOf = (isJudged: boolean, isDrift: boolean): DriftVerdict => {
  if (!isJudged) return 'insufficient_data';
  return isDrift ? 'drift' : 'no_drift';
};
