// Targets and weights that nothing can be learnt from are refused with what was expected, before any learner starts.
import { checkTarget } from './check-target.ts';
import { FitError, type Task } from './learner.ts';

const BINARY: Task = { kind: 'binary' };

describe('checkTarget', () => {
  it('takes rows of all classes, finite values, and weights of which some are above 0', () => {
    checkTarget(BINARY, 3, Uint8Array.of(0, 1, 1), null);
    checkTarget({ kind: 'multiclass', classes: 3 }, 3, Uint8Array.of(2, 0, 1), null);
    checkTarget({ kind: 'regression' }, 2, Float64Array.of(-1.5, 0), Float64Array.of(0, 2));
    checkTarget({ kind: 'regression' }, 1, Float64Array.of(7), null);
  });

  it.each<[string, Task, number[], number[] | null, string]>([
    ['no row', BINARY, [], null, 'expected at least one training row'],
    ['one class only', BINARY, [1, 1], null, 'of all 2 classes, got 1: a constant target'],
    ['one row', BINARY, [1], null, 'of all 2 classes, got 1'],
    [
      'a class whose rows all weigh 0',
      BINARY,
      [0, 1],
      [1, 0],
      'of all 2 classes with a weight above 0, got 1',
    ],
    [
      'a class that does not exist',
      { kind: 'multiclass', classes: 3 },
      [0, 1, 3],
      null,
      'row 2: expected a class from 0 to 2',
    ],
    [
      'a target that is not finite',
      { kind: 'regression' },
      [0, NaN],
      null,
      'row 1: expected a finite target',
    ],
    ['a negative weight', BINARY, [0, 1], [1, -1], 'row 1: expected a finite weight of at least 0'],
    [
      'a weight that is not finite',
      BINARY,
      [0, 1],
      [Infinity, 1],
      'row 0: expected a finite weight',
    ],
    [
      'weights that are all 0',
      BINARY,
      [0, 1],
      [0, 0],
      'expected a weight above 0 in at least one row',
    ],
    ['too few weights', BINARY, [0, 1], [1], 'expected 2 weights, one a row, got 1'],
  ])('refuses %s', (_, task, y, weights, message) => {
    const check = (): void => {
      const w = weights === null ? null : Float64Array.from(weights);
      checkTarget(task, y.length, Float64Array.from(y), w);
    };
    expect(check).toThrow(FitError);
    expect(check).toThrow(message);
  });
});
