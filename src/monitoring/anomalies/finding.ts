// What a look at the log finds out of the ordinary.
import type { AnomalyKind } from '../../metrics/monitoring-instruments.ts';

/** By what it was found, and the figures that speak for it; `rows` are those that it was found on. */
export interface Evidence {
  readonly method:
    'adwin' | 'page_hinkley' | 'robust_z' | 'outside_range' | 'often_outside_range' | 'mahalanobis';
  /** How much speaks for it, and from where on it counts. */
  readonly score: number;
  readonly threshold: number;
  readonly rows: number;
  /** Features by their share of a distance, or errors by their kind. */
  readonly parts?: Readonly<Record<string, number>>;
}

export interface Finding {
  /** When it began and when it was last seen, epoch milliseconds. */
  readonly at: number;
  readonly until: number;
  readonly kind: AnomalyKind;
  readonly model: string;
  readonly version: string | null;
  readonly feature: string | null;
  readonly value: number;
  readonly expected: number;
  readonly evidence: Evidence;
  /** The newest of the rows that it concerns; none for what no row was stored of. */
  readonly predictionIds: readonly string[];
}

/** Whose finding it is. */
export interface Concerned {
  readonly model: string;
  readonly version: string | null;
}

export const MOST_IDS = 50;
