// Drift of one column under a named convention: which measure it takes by type and size, its score and its verdict.
import type { CategorySample } from './categories.ts';
import {
  DECILE_METHODS,
  type DriftMethod,
  EVIDENTLY_METHODS,
  isDrift,
  NANNYML_METHODS,
} from './methods.ts';
import { type NumericSample, pooled } from './numeric-sample.ts';

/** A feature, the score or the label, of the training rows and of a window. Both samples at the same precision. */
export type DriftColumn = { readonly name: string } & (
  | {
      readonly kind: 'numeric';
      readonly reference: NumericSample;
      readonly current: NumericSample;
    }
  | {
      readonly kind: 'categorical';
      readonly reference: CategorySample;
      readonly current: CategorySample;
    }
);

interface Convention {
  readonly methods: Readonly<Record<string, DriftMethod>>;
  readonly choose: (column: DriftColumn) => string;
  /** Of a data set whose columns drift in such a share or more, the data set does. */
  readonly share: number;
}

export const CONVENTIONS = {
  'evidently-0.7': { methods: EVIDENTLY_METHODS, choose: evidentlyChoice, share: 0.5 },
  'nannyml-0.13': { methods: NANNYML_METHODS, choose: () => 'jensen_shannon', share: 0.5 },
  decile: { methods: DECILE_METHODS, choose: () => 'psi', share: 0.5 },
} as const satisfies Readonly<Record<string, Convention>>;

export type ConventionName = keyof typeof CONVENTIONS;

export type DriftVerdict = 'drift' | 'no_drift' | 'insufficient_data';

export interface ColumnDrift {
  readonly name: string;
  readonly method: string;
  readonly convention: ConventionName;
  /** null where a sample has no rows, or the measure is not defined for it. */
  readonly score: number | null;
  readonly threshold: number;
  /** The score itself, where it is a p-value. */
  readonly p_value?: number;
  /** The convention's own; `insufficient_data` only without a score. */
  readonly verdict: DriftVerdict;
  /** Rows with a value. */
  readonly n_reference: number;
  readonly n_current: number;
}

export interface DriftOptions {
  /** Instead of the convention's choice. */
  readonly method?: string;
  readonly threshold?: number;
}

/** Throws RangeError for a method that the convention does not have, or not for columns of this kind. */
export function driftOf(
  column: DriftColumn,
  convention: ConventionName,
  options: DriftOptions = {},
): ColumnDrift {
  const { methods, choose }: Convention = CONVENTIONS[convention];
  const name = options.method ?? choose(column);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method === undefined) {
    throw new RangeError(`expected a method of ${convention}: ${Object.keys(methods).join(', ')}`);
  }
  const score = scoreOf(column, name, method);
  const threshold = options.threshold ?? method.threshold;
  return {
    name: column.name,
    method: name,
    convention,
    score,
    threshold,
    ...(method.score === 'p_value' && score !== null && { p_value: score }),
    verdict: verdictOf(score, method, threshold),
    n_reference: column.reference.rows,
    n_current: column.current.rows,
  };
}

/** NaN is no score: a test whose variance is 0 has none. */
function scoreOf(column: DriftColumn, name: string, method: DriftMethod): number | null {
  const measure = column.kind === 'numeric' ? method.numeric : method.categorical;
  if (measure === undefined) {
    throw new RangeError(`expected a method for ${column.kind} columns, which ${name} is not`);
  }
  if (column.reference.rows === 0 || column.current.rows === 0) return null;
  const score =
    column.kind === 'numeric'
      ? method.numeric?.(column.reference, column.current)
      : method.categorical?.(column.reference, column.current);
  return score === undefined || score === null || Number.isNaN(score) ? null : score;
}

function verdictOf(score: number | null, method: DriftMethod, threshold: number): DriftVerdict {
  if (score === null) return 'insufficient_data';
  return isDrift(method, score, threshold) ? 'drift' : 'no_drift';
}

/** Rows of the reference up to which Evidently tests; with more it measures. */
const MOST_TESTED = 1000;
const MOST_VALUES_COUNTED = 5;

/** Evidently 0.7, stattests/registry.py: by the type, the rows of the reference and the distinct values of both samples. */
function evidentlyChoice(column: DriftColumn): keyof typeof EVIDENTLY_METHODS {
  const values = distinctValues(column);
  const large = column.reference.rows > MOST_TESTED;
  if (column.kind === 'numeric' && values > MOST_VALUES_COUNTED) {
    return large ? 'wasserstein' : 'ks';
  }
  if (large) return 'jensenshannon';
  return values > 2 ? 'chisquare' : 'z';
}

/** Of both samples; many of one are enough to know. */
function distinctValues({ kind, reference, current }: DriftColumn): number {
  if (kind === 'categorical') {
    return new Set([...reference.counts.keys(), ...current.counts.keys()]).size;
  }
  const { length } = reference.values;
  return length > MOST_VALUES_COUNTED ? length : pooled(reference, current).values.length;
}
