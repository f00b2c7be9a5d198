// Row weights that classes make, counted by hand.
import { classWeights, classWeightSchema } from './class-weights.ts';
import { FitError, type Task } from './learner.ts';

const BINARY: Task = { kind: 'binary' };
const THREE: Task = { kind: 'multiclass', classes: 3 };
const REGRESSION: Task = { kind: 'regression' };

const setOf = (task: Task, y: readonly number[], weights: readonly number[] | null = null) => ({
  y: Float64Array.from(y),
  task,
  weights: weights === null ? null : Float64Array.from(weights),
});

const listOf = (weights: Float64Array | null): readonly number[] => [...(weights ?? [])];

describe('classWeights', () => {
  it('hands the row weights through where classes count alike', () => {
    expect(classWeights(null, setOf(BINARY, [0, 1]))).toBeNull();
    const weighted = setOf(REGRESSION, [0.5, 3], [2, 3]);
    expect(classWeights(null, weighted)).toBe(weighted.weights);
  });

  it('balances classes to the same weight, the whole as much as the rows', () => {
    expect(listOf(classWeights('balanced', setOf(BINARY, [0, 0, 0, 1])))).toEqual([
      2 / 3,
      2 / 3,
      2 / 3,
      2,
    ]);
    expect(listOf(classWeights('balanced', setOf(THREE, [2, 1, 0, 2])))).toEqual([
      2 / 3,
      4 / 3,
      4 / 3,
      2 / 3,
    ]);
  });

  it('balances the weight of the rows, not their number', () => {
    const weights = classWeights('balanced', setOf(BINARY, [0, 1, 1], [6, 1, 1]));
    expect(listOf(weights)).toEqual([4, 2, 2]);
  });

  it('weighs the positive class by the number against 1, times the weight of the row', () => {
    expect(listOf(classWeights(3, setOf(BINARY, [0, 1, 1])))).toEqual([1, 3, 3]);
    expect(listOf(classWeights(3, setOf(BINARY, [0, 1, 1], [2, 2, 0])))).toEqual([2, 6, 0]);
  });

  it('refuses what the task has no classes for', () => {
    expect(() => classWeights('balanced', setOf(REGRESSION, [0.5]))).toThrow(FitError);
    expect(() => classWeights(2, setOf(THREE, [0, 1, 2]))).toThrow(
      'class_weight: expected balanced or null for 3 classes, got a number',
    );
  });
});

describe('classWeightSchema', () => {
  it('takes balanced, a positive number or nothing', () => {
    expect(classWeightSchema.parse(undefined)).toBeNull();
    expect(classWeightSchema.parse('balanced')).toBe('balanced');
    expect(classWeightSchema.parse(0.5)).toBe(0.5);
    for (const value of [0, -1, 'even', [1]])
      expect(classWeightSchema.safeParse(value).success).toBe(false);
  });
});
