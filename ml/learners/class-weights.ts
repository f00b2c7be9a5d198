// How much each class counts in a fit: the param that every classifier shares, and the row weights that it makes.
import { z } from 'zod';
import { FitError, type TrainingSet } from './learner.ts';

/** 'balanced' gives all classes the same weight in all, a number is the weight of the positive class against 1; null: rows count alike. */
export const classWeightSchema = z
  .union([z.literal('balanced'), z.number().positive()])
  .nullable()
  .default(null);

export type ClassWeight = z.output<typeof classWeightSchema>;

/**
 * The weight of each row times that of its class, [rows]; null: all are 1. 'balanced' is W / (classes * W_c), W the weight of all rows and
 * W_c that of the class, as in scikit-learn where rows weigh 1: classes come to weigh the same, the whole as much as before.
 * Throws FitError where the task does not have the classes that `class_weight` speaks of.
 */
export function classWeights(
  class_weight: ClassWeight,
  { y, task, weights }: Pick<TrainingSet, 'y' | 'task' | 'weights'>,
): Float64Array | null {
  if (class_weight === null) return weights;
  if (task.kind === 'regression')
    throw new FitError('class_weight: expected null where the target is no class');
  if (class_weight !== 'balanced' && task.kind === 'multiclass')
    throw new FitError(
      `class_weight: expected balanced or null for ${task.classes} classes, got a number: it weighs the positive class of two`,
    );
  const ofClass =
    class_weight === 'balanced'
      ? balancedWeights(y, weights, task.kind === 'multiclass' ? task.classes : 2)
      : Float64Array.of(1, class_weight);
  return Float64Array.from(y, (label, row) => (weights?.[row] ?? 1) * (ofClass[label] as number));
}

/** A class without weight keeps 1: there is nothing to balance it with. */
function balancedWeights(
  y: TrainingSet['y'],
  weights: Float64Array | null,
  classes: number,
): Float64Array {
  const totals = new Float64Array(classes);
  y.forEach((label, row) => {
    totals[label] = (totals[label] as number) + (weights?.[row] ?? 1);
  });
  const all = totals.reduce((sum, total) => sum + total, 0);
  return totals.map((total) => (total > 0 ? all / (classes * total) : 1));
}
