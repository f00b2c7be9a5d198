// What a model is like beyond its metrics: which features matter, how answers follow them, for whom it is right and where it is most wrong.
import type { FeatureSpec } from '../../src/features/feature-spec.ts';
import type { Random } from '../../src/statistics/random.ts';
import { groupMetrics, type GroupMetrics } from '../evaluation/group-metrics.ts';
import type { LearningPoint } from '../evaluation/learning-curve.ts';
import {
  partialDependence,
  sampleRows,
  type PartialDependence,
} from '../evaluation/partial-dependence.ts';
import {
  permutationImportance,
  type PermutationImportance,
} from '../evaluation/permutation-importance.ts';
import { scoreDistribution, type ScoreDistribution } from '../evaluation/score-distribution.ts';
import { worstErrors, type WorstErrors } from '../evaluation/worst-errors.ts';
import { columnOf, type Float32Matrix } from '../numeric/matrix.ts';
import { takeLabelled, type LabelledRows } from '../search/fit-candidate.ts';

export interface Analysis {
  /** Held-out rows that the importance was measured on. */
  readonly importance_rows: number;
  /** The most important feature first. */
  readonly importance: readonly PermutationImportance[];
  /** Of the most important features. */
  readonly partial_dependence: readonly PartialDependence[];
  readonly groups: readonly {
    readonly feature: string;
    readonly groups: readonly GroupMetrics[];
  }[];
  readonly scores: ScoreDistribution;
  /** Row numbers count the rows of the data file from 0. */
  readonly worst_errors: WorstErrors;
  readonly learning_curve: readonly LearningPoint[];
}

/** Rows and repeats that importance takes: more only narrow its spread. */
const IMPORTANCE_ROWS = 2_000;
const REPEATS = 3;
/** Features whose dependence and groups are told. */
const FEATURES_TOLD = 8;
const WORST = 10;

export interface Analysed {
  readonly features: readonly FeatureSpec[];
  readonly predict: (x: Float32Matrix) => Float64Array;
  /** Held-out rows, and the number of each in the data file. */
  readonly held: LabelledRows;
  readonly rowNumbers: Int32Array;
  readonly threshold: number;
  readonly learning_curve: readonly LearningPoint[];
}

/** Throws MetricError where the held-out rows are of one class. */
export function analyse(
  { features, predict, held, rowNumbers, threshold, learning_curve }: Analysed,
  random: Random,
): Analysis {
  const sampled = takeLabelled(held, sampleRows(held.x.rows, IMPORTANCE_ROWS, random.stream(0)));
  const names = features.map(({ name }) => name);
  const importance = permutationImportance(
    predict,
    { features: names, x: sampled.x, y: sampled.y },
    REPEATS,
    random.stream(1),
  ).toSorted((a, b) => b.log_loss.mean - a.log_loss.mean);
  const told = importance
    .slice(0, FEATURES_TOLD)
    .map(({ feature }) => features.find(({ name }) => name === feature) as FeatureSpec);
  const p = predict(held.x);
  const dependence = partialDependence(predict, features, held.x, random.stream(2));
  const numbered = (rows: WorstErrors['positives']): WorstErrors['positives'] =>
    rows.map((each) => ({ ...each, row: rowNumbers[each.row] as number }));
  const { positives, negatives } = worstErrors(held.y, p, WORST);
  return {
    importance_rows: sampled.x.rows,
    importance,
    partial_dependence: told.map(
      ({ name }) => dependence.find(({ feature }) => feature === name) as PartialDependence,
    ),
    groups: told.map((feature) => ({
      feature: feature.name,
      groups: groupMetrics(feature, columnOf(held.x, names.indexOf(feature.name)), {
        y: held.y,
        p,
        threshold,
      }),
    })),
    scores: scoreDistribution(held.y, p),
    worst_errors: { positives: numbered(positives), negatives: numbered(negatives) },
    learning_curve,
  };
}
