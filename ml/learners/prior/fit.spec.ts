// The constant baselines against what each target's best constant is, counted by hand.
import { matrixOf } from '../../numeric/matrix.ts';
import type { Task, TrainingSet } from '../learner.ts';
import { fitMajority } from '../majority/fit.ts';
import { fitPrior } from './fit.ts';
import type { ConstantModel } from './model.ts';

const BINARY: Task = { kind: 'binary' };
const THREE: Task = { kind: 'multiclass', classes: 3 };
const REGRESSION: Task = { kind: 'regression' };

const setOf = (task: Task, y: readonly number[], weights?: readonly number[]): TrainingSet => ({
  x: matrixOf(new Float32Array(y.length), 1),
  columns: [{ name: 'a', categories: null }],
  y: Float64Array.from(y),
  task,
  weights: weights === undefined ? null : Float64Array.from(weights),
});

/** What it answers to two rows, one of them missing. */
function answersOf(model: ConstantModel): readonly number[] {
  const out = new Float64Array(2 * model.outputs);
  model.predictInto(matrixOf(Float32Array.of(NaN, 3), 1), out);
  expect(out.slice(model.outputs)).toEqual(out.slice(0, model.outputs));
  return [...out.slice(0, model.outputs)];
}

describe('fitPrior', () => {
  it('answers the share of the positive class, of each class, or the mean', () => {
    expect(answersOf(fitPrior(setOf(BINARY, [1, 0, 0, 0])))).toEqual([0.25]);
    expect(answersOf(fitPrior(setOf(THREE, [0, 1, 2, 2])))).toEqual([0.25, 0.25, 0.5]);
    expect(answersOf(fitPrior(setOf(REGRESSION, [1, 2, 6])))).toEqual([3]);
  });

  it('counts a row by its weight', () => {
    expect(answersOf(fitPrior(setOf(BINARY, [1, 0, 0], [3, 1, 0])))).toEqual([0.75]);
    expect(answersOf(fitPrior(setOf(REGRESSION, [1, 2, 60], [1, 3, 0])))).toEqual([1.75]);
  });

  it('answers float32 values, as its graph does', () => {
    expect(answersOf(fitPrior(setOf(BINARY, [1, 0, 0])))).toEqual([Math.fround(1 / 3)]);
  });
});

describe('fitMajority', () => {
  it('is certain of the most frequent class, of equals the first', () => {
    expect(answersOf(fitMajority(setOf(BINARY, [1, 0, 1])))).toEqual([1]);
    expect(answersOf(fitMajority(setOf(BINARY, [1, 0])))).toEqual([0]);
    expect(answersOf(fitMajority(setOf(THREE, [2, 1, 2, 0])))).toEqual([0, 0, 1]);
  });

  it('counts a row by its weight', () => {
    expect(answersOf(fitMajority(setOf(BINARY, [1, 0, 1], [1, 3, 1])))).toEqual([0]);
  });

  it.each([
    ['the middle value', [9, 1, 5], undefined, 5],
    ['the mean of the two middle values', [9, 1, 5, 2], undefined, 3.5],
    ['the value that holds half of the weight', [1, 2, 3], [1, 1, 5], 3],
    ['the mean of its neighbours where the weight halves between them', [1, 2, 3], [2, 1, 1], 1.5],
    ['nothing of rows that weigh 0', [1, 100, 2, 300], [1, 0, 1, 0], 1.5],
    ['the only value', [4], undefined, 4],
  ])('answers %s', (_case, y, weights, expected) => {
    expect(answersOf(fitMajority(setOf(REGRESSION, y, weights)))).toEqual([expected]);
  });
});
