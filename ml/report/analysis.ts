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
import { worstErrors, type WorstError } from '../evaluation/worst-errors.ts';
import { columnOf, type Float32Matrix } from '../numeric/matrix.ts';
import type { ColumnGain } from '../pipeline.ts';
import { takeLabelled, type LabelledRows } from '../search/fit-candidate.ts';

/** A held-out row by its line in the data file. */
export interface LocatedError extends Omit<WorstError, 'row'> {
  readonly line: number;
}

export interface Analysis {
  /** Held-out rows that the importance was measured on. */
  readonly importance_rows: number;
  /** The most important feature first. */
  readonly importance: readonly PermutationImportance[];
  /** What the splits of the model gained on the training rows, by design column, the most first; null for models without splits. */
  readonly gains: readonly ColumnGain[] | null;
  /** Of the most important features. */
  readonly partial_dependence: readonly PartialDependence[];
  readonly groups: readonly {
    readonly feature: string;
    readonly groups: readonly GroupMetrics[];
  }[];
  readonly scores: ScoreDistribution;
  readonly worst_errors: {
    readonly positives: readonly LocatedError[];
    readonly negatives: readonly LocatedError[];
  };
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
  /** Held-out rows, and the line of the data file on which each stands. */
  readonly held: LabelledRows;
  readonly lines: Int32Array;
  readonly threshold: number;
  readonly gains: readonly ColumnGain[] | null;
  readonly learning_curve: readonly LearningPoint[];
}

/** Throws MetricError where the held-out rows are of one class. */
export function analyse(
  { features, predict, held, lines, threshold, gains, learning_curve }: Analysed,
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
  const located = (errors: readonly WorstError[]): readonly LocatedError[] =>
    errors.map(({ row, ...error }) => ({ ...error, line: lines[row] as number }));
  const { positives, negatives } = worstErrors(held.y, p, WORST);
  return {
    importance_rows: sampled.x.rows,
    importance,
    gains,
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
    worst_errors: { positives: located(positives), negatives: located(negatives) },
    learning_curve,
  };
}
