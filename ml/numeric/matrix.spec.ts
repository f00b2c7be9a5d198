// Shape checks and row selection.
import { matrixOf, ShapeError, takeRows } from './matrix.ts';

describe('matrixOf', () => {
  it('counts the rows', () => {
    expect(matrixOf(Float32Array.of(1, 2, 3, 4, 5, 6), 3).rows).toBe(2);
  });

  it('refuses values that do not fill whole rows', () => {
    expect(() => matrixOf(Float64Array.of(1, 2, 3), 2)).toThrow(ShapeError);
    expect(() => matrixOf(Float64Array.of(1), 0)).toThrow(ShapeError);
  });
});

describe('takeRows', () => {
  const x = matrixOf(Float32Array.of(1, 2, 3, 4, 5, 6), 2);

  it('copies rows in the order asked for, repeats included', () => {
    const taken = takeRows(x, [2, 0, 2]);
    expect(Array.from(taken.data)).toEqual([5, 6, 1, 2, 5, 6]);
    taken.data[0] = 99;
    expect(x.data[4]).toBe(5);
  });

  it('refuses a row that is not there', () => {
    expect(() => takeRows(x, [3])).toThrow('there is no row 3 among 3');
  });
});
