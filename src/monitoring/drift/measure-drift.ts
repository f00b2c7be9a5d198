// Drift of a window against the reference of a model: of every feature, of the score and the label, of what is missing, and of all features together.
import type { DriftReference } from '../../model/drift-reference.ts';
import { categorySample } from '../../statistics/drift/categories.ts';
import { datasetDrift, type FeatureDrift } from '../../statistics/drift/dataset-drift.ts';
import type { DesignColumn, DesignRows } from '../../statistics/drift/design-rows.ts';
import type { ConventionName, DriftColumn, DriftVerdict } from '../../statistics/drift/drift-of.ts';
import { multivariateDrift, type MultivariateDrift } from '../../statistics/drift/multivariate.ts';
import { numericSample } from '../../statistics/drift/numeric-sample.ts';
import { missingDrift, type MissingDrift } from './missing-drift.ts';
import { sampleOf } from './raw-columns.ts';

/** Names of the columns that are no features. */
export const SCORE = 'prediction_score';
export const LABEL = 'prediction_label';

/** Of the draw of rows and of the folds, so that the same rows give the same digits. */
const SEED = 1;

export interface WindowRows {
  readonly features: DesignRows;
  readonly scores: ArrayLike<number>;
  readonly labels: readonly string[];
}

export interface MeasureOptions {
  readonly convention: ConventionName;
  /** null: all columns alike. */
  readonly importance: ReadonlyMap<string, number> | null;
  /** Rows that training did not see; null where there are none to compare all features together with. */
  readonly heldOut: DesignRows | null;
}

export type ColumnFigures = FeatureDrift & { readonly kind: 'numeric' | 'categorical' };
export type FeatureFigures = ColumnFigures & { readonly missing: MissingDrift };

export interface MeasuredDrift {
  readonly verdict: DriftVerdict;
  readonly convention_verdict: DriftVerdict;
  /** null where no column has a verdict. */
  readonly share: number | null;
  readonly weighted_share: number | null;
  readonly convention_share: number | null;
  readonly features: readonly FeatureFigures[];
  readonly predictions: readonly ColumnFigures[];
  readonly multivariate: (MultivariateDrift & { readonly seed: number }) | null;
}

export function measureDrift(
  reference: DriftReference,
  window: WindowRows,
  { convention, importance, heldOut }: MeasureOptions,
): MeasuredDrift {
  const ofFeatures = featureColumns(reference, window);
  const columns = [...ofFeatures, ...predictionColumns(reference, window)];
  const dataset = datasetDrift(columns, convention, { ...(importance && { importance }) });
  const present = ofFeatures.map(({ current }) => current.rows);
  const missing = missingDrift(reference, present, window.features.rows);
  const figures = dataset.features.map((drift, i) => ({ ...drift, ...kindOf(columns[i]) }));
  const features = missing.map((of, i) => ({ ...(figures[i] as ColumnFigures), missing: of }));
  const isJudged = figures.some(({ verdict }) => verdict !== 'insufficient_data');
  const isScored = figures.some(({ score }) => score !== null);
  return {
    verdict: isLost(features) ? 'drift' : dataset.verdict,
    convention_verdict: dataset.convention_verdict,
    share: isJudged ? dataset.share : null,
    weighted_share: isJudged ? dataset.weighted_share : null,
    convention_share: isScored ? dataset.convention_share : null,
    features,
    predictions: figures.slice(features.length),
    multivariate: togetherOf(window.features, heldOut),
  };
}

const kindOf = (column: DriftColumn | undefined): Pick<ColumnFigures, 'kind'> => ({
  kind: column?.kind ?? 'numeric',
});

function featureColumns(
  { columns }: DriftReference,
  { features }: WindowRows,
): readonly DriftColumn[] {
  return columns.map((column, i) => {
    const current = sampleOf(features.columns[i] as DesignColumn);
    const { name, kind, sample: reference } = column;
    if (kind === 'numeric' && current.kind === kind)
      return { name, kind, reference, current: current.sample };
    if (kind === 'categorical' && current.kind === kind)
      return { name, kind, reference, current: current.sample };
    throw new RangeError('expected the features of the reference and of the window to be alike');
  });
}

const predictionColumns = (
  { score, label }: DriftReference,
  { scores, labels }: WindowRows,
): readonly DriftColumn[] => [
  { name: SCORE, kind: 'numeric', reference: score, current: numericSample(scores) },
  { name: LABEL, kind: 'categorical', reference: label, current: categorySample(labels) },
];

/** Whether features whose values stay away, or come, weigh as much as one of equal features would; the slack is for rounded sums of weights. */
function isLost(features: readonly FeatureFigures[]): boolean {
  const lost = features.filter(({ missing }) => missing.verdict === 'drift');
  const [ofLost, ofAll] = [weightOf(lost), weightOf(features)];
  return ofLost > 0 && ofLost * features.length >= ofAll * (1 - 1e-9);
}

const weightOf = (features: readonly FeatureFigures[]): number =>
  features.reduce((sum, { weight }) => sum + weight, 0);

function togetherOf(rows: DesignRows, heldOut: DesignRows | null): MeasuredDrift['multivariate'] {
  if (heldOut === null || rows.rows === 0) return null;
  return { ...multivariateDrift(heldOut, rows, { seed: SEED }), seed: SEED };
}
