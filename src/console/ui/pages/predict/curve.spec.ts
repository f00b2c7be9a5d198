// Which values a what-if curve tries.
import { isStepped, rowsWith, valuesToTry, type CurvePoint } from './curve.ts';
import type { Feature } from './features.ts';

const numeric: Feature = {
  name: 'size',
  kind: 'numeric',
  label: null,
  group: null,
  unit: null,
  min: 7.691,
  max: 28.11,
  median: 13.3,
  range: { min: 0, max: null },
  categories: null,
  mode: null,
  nullable: false,
  description: null,
};

describe('valuesToTry', () => {
  it('goes from the least to the greatest of training, through the present value', () => {
    const values = valuesToTry(numeric, 13.29) as readonly number[];
    expect([values[0], values.at(-1)]).toEqual([7.691, 28.11]);
    expect(values).toContain(13.29);
    expect(values).toHaveLength(42);
    expect([...values].sort((a, b) => a - b)).toEqual(values);
  });

  it('reaches a present value outside what training saw', () => {
    expect(valuesToTry(numeric, 40).at(-1)).toBe(40);
    expect(valuesToTry(numeric, 1)[0]).toBe(1);
  });

  it('stays within the domain where the model tells no training', () => {
    const foreign = { ...numeric, min: null, max: null };
    expect(valuesToTry(foreign, 0)[0]).toBe(0);
    expect(valuesToTry(foreign, 10).at(-1)).toBe(15);
  });

  it('tries one value where training saw one', () => {
    expect(valuesToTry({ ...numeric, min: 3, max: 3 }, 3)).toEqual([3]);
  });

  it('tells tiny steps apart', () => {
    const tiny = valuesToTry({ ...numeric, min: 1e-9, max: 2e-9 }, 1e-9);
    expect(new Set(tiny).size).toBe(41);
  });

  it('tries every category, and none where it may be missing', () => {
    const side: Feature = { ...numeric, kind: 'categorical', categories: ['a', 'b'] };
    expect(valuesToTry(side, 'a')).toEqual(['a', 'b']);
    expect(valuesToTry({ ...side, nullable: true }, null)).toEqual(['a', 'b', null]);
  });
});

describe('a curve', () => {
  it('changes the one feature of each row', () => {
    expect(rowsWith({ size: 1, side: 'a' }, 'size', [2, null])).toEqual([
      { size: 2, side: 'a' },
      { size: null, side: 'a' },
    ]);
  });

  it('goes by steps where neighbours are often equal', () => {
    const points = (...shares: number[]): CurvePoint[] =>
      shares.map((probability, value) => ({ value, label: 'no', probability }));
    expect(isStepped(points(0.1, 0.1, 0.1, 0.4, 0.4))).toBe(true);
    expect(isStepped(points(0.1, 0.2, 0.3, 0.4))).toBe(false);
    expect(isStepped(points(0.1))).toBe(false);
  });
});
