// Drift of all columns of a window: the convention's verdict, and ours, which knows how many rows and how many columns it judges by.
import { categoryBins, contingencyTest } from './categories.ts';
import { rejections } from './benjamini-hochberg.ts';
import {
  type ColumnDrift,
  CONVENTIONS,
  type ConventionName,
  type DriftColumn,
  driftOf,
  type DriftVerdict,
} from './drift-of.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';

/** Of fewer rows with a value nothing is said: distances exceed their thresholds by chance alone. */
export const MINIMUM_WINDOW = 500;

/** Where nothing has moved, at most this share of windows shows drift in any column. */
export const FALSE_DISCOVERY_RATE = 0.01;

export interface FeatureDrift extends ColumnDrift {
  /** Ours: at least MINIMUM_WINDOW rows, the convention's drift, and significant among all columns. */
  readonly verdict: DriftVerdict;
  readonly convention_verdict: DriftVerdict;
  /** Of a two-sample test, whatever the method: `ks` for numbers, `contingency` for categories. null for no rows. */
  readonly significance: { readonly test: 'ks' | 'contingency'; readonly p_value: number } | null;
  /** Share of the importance of all columns. */
  readonly weight: number;
}

export interface DatasetDrift {
  readonly convention: ConventionName;
  /** Ours: drift where the columns that drifted weigh as much as one of equal columns would. */
  readonly verdict: DriftVerdict;
  readonly convention_verdict: DriftVerdict;
  /** Of the columns with a verdict, those that drifted. */
  readonly share: number;
  /** The same weighted by importance. */
  readonly weighted_share: number;
  readonly convention_share: number;
  readonly features: readonly FeatureDrift[];
}

export interface DatasetDriftOptions {
  /** Of each column by name, >= 0; columns that it does not name count as 0. Absent: all alike. */
  readonly importance?: ReadonlyMap<string, number>;
  readonly minimumWindow?: number;
  readonly falseDiscoveryRate?: number;
}

/** Throws RangeError for no columns. */
export function datasetDrift(
  columns: readonly DriftColumn[],
  convention: ConventionName,
  options: DatasetDriftOptions = {},
): DatasetDrift {
  if (columns.length === 0) throw new RangeError('expected at least one column');
  const features = featuresOf(columns, convention, options);
  const judged = features.filter(({ verdict }) => verdict !== 'insufficient_data');
  const drifted = judged.filter(({ verdict }) => verdict === 'drift');
  const share = drifted.length / Math.max(1, judged.length);
  const weightedShare = weightOf(drifted) / (weightOf(judged) || 1);
  const scored = features.filter(({ score }) => score !== null);
  const flagged = scored.filter((feature) => feature.convention_verdict === 'drift');
  const conventionShare = flagged.length / Math.max(1, scored.length);
  return {
    convention,
    verdict: verdictOf(judged.length, carriesAverage(weightedShare, judged.length)),
    convention_verdict: verdictOf(scored.length, conventionShare >= CONVENTIONS[convention].share),
    share,
    weighted_share: weightedShare,
    convention_share: conventionShare,
    features,
  };
}

/** A column of at least average importance does; several of less do together. The slack is for rounded sums of weights. */
const carriesAverage = (weightedShare: number, columns: number): boolean =>
  weightedShare > 0 && weightedShare * columns >= 1 - 1e-9;

const verdictOf = (judged: number, drift: boolean): DriftVerdict => {
  if (judged === 0) return 'insufficient_data';
  return drift ? 'drift' : 'no_drift';
};

const weightOf = (features: readonly FeatureDrift[]): number =>
  features.reduce((sum, { weight }) => sum + weight, 0);

function featuresOf(
  columns: readonly DriftColumn[],
  convention: ConventionName,
  { importance, minimumWindow = MINIMUM_WINDOW, falseDiscoveryRate }: DatasetDriftOptions,
): readonly FeatureDrift[] {
  const weights = weightsOf(columns, importance);
  const measured = columns.map((column, i) => {
    const drift = driftOf(column, convention);
    const significance = significanceOf(column);
    const enough = drift.score !== null && column.current.rows >= minimumWindow;
    return { drift, significance, enough, weight: weights[i] as number };
  });
  const tested = measured.filter(({ enough }) => enough);
  const rejected = rejections(
    tested.map(({ significance }) => significance?.p_value ?? 1),
    falseDiscoveryRate ?? FALSE_DISCOVERY_RATE,
  );
  const significant = new Set(tested.filter((_, i) => rejected[i]));
  return measured.map((one) => ({
    ...one.drift,
    verdict: one.enough
      ? verdictOf(1, one.drift.verdict === 'drift' && significant.has(one))
      : 'insufficient_data',
    convention_verdict: one.drift.verdict,
    significance: one.significance,
    weight: one.weight,
  }));
}

/** A test that takes the chance in both samples into account, which goodness of fit does not, and for which distances have no level. */
function significanceOf(column: DriftColumn): FeatureDrift['significance'] {
  if (column.reference.rows === 0 || column.current.rows === 0) return null;
  if (column.kind === 'numeric') {
    return { test: 'ks', p_value: kolmogorovSmirnov(column.reference, column.current).p_value };
  }
  const bins = categoryBins(column.reference, column.current);
  return { test: 'contingency', p_value: contingencyTest(bins) };
}

function weightsOf(
  columns: readonly DriftColumn[],
  importance: ReadonlyMap<string, number> | undefined,
): readonly number[] {
  const given = columns.map(({ name }) => importance?.get(name) ?? 0);
  const total = given.reduce((sum, weight) => sum + weight, 0);
  return given.map((weight) => (total > 0 ? weight / total : 1 / columns.length));
}
