// Splits keep the class shares, cover every row once, and depend on the seed alone.
import { Random } from '../../src/statistics/random.ts';
import { SplitError, splitByFold, stratifiedFolds, stratifiedHoldout } from './folds.ts';

const y = Uint8Array.from({ length: 101 }, (_, i) => (i % 3 === 0 ? 1 : 0));
const positives = y.filter((label) => label === 1).length;

describe('stratifiedFolds', () => {
  it('deals each class and all rows evenly', () => {
    const fold = stratifiedFolds(y, 5, Random.of(1));
    const sizes = [0, 1, 2, 3, 4].map((k) => fold.filter((f) => f === k).length);
    const ones = [0, 1, 2, 3, 4].map((k) => fold.filter((f, i) => f === k && y[i] === 1).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBe(1);
    expect(Math.max(...ones) - Math.min(...ones)).toBeLessThanOrEqual(1);
    expect(ones.reduce((sum, n) => sum + n, 0)).toBe(positives);
  });

  it('gives the same folds for the same seed and others for another', () => {
    expect(stratifiedFolds(y, 5, Random.of(1))).toEqual(stratifiedFolds(y, 5, Random.of(1)));
    expect(stratifiedFolds(y, 5, Random.of(1))).not.toEqual(stratifiedFolds(y, 5, Random.of(2)));
  });

  it('refuses more folds than rows of a class', () => {
    expect(() => stratifiedFolds(Uint8Array.of(0, 0, 0, 1, 1), 3, Random.of(1))).toThrow(
      SplitError,
    );
  });
});

describe('splitByFold', () => {
  it('takes the fold as test and the rest as training part, in row order', () => {
    const { train, test } = splitByFold(Uint8Array.of(2, 0, 1, 0), 0);
    expect(Array.from(test)).toEqual([1, 3]);
    expect(Array.from(train)).toEqual([0, 2]);
  });
});

describe('stratifiedHoldout', () => {
  it('holds out the share of each class and loses no row', () => {
    const { train, test } = stratifiedHoldout(y, 0.2, Random.of(1));
    expect(test.filter((row) => y[row] === 1).length).toBe(Math.round(positives * 0.2));
    expect(test.length).toBe(
      Math.round(positives * 0.2) + Math.round((y.length - positives) * 0.2),
    );
    const all = [...train, ...test].toSorted((a, b) => a - b);
    expect(all).toEqual([...y.keys()]);
  });

  it('leaves a row of each class on both sides, however small the share', () => {
    const { train, test } = stratifiedHoldout(Uint8Array.of(0, 0, 1, 1), 0.01, Random.of(1));
    expect([train.length, test.length]).toEqual([2, 2]);
  });

  it('refuses a class of one row', () => {
    expect(() => stratifiedHoldout(Uint8Array.of(0, 0, 1), 0.5, Random.of(1))).toThrow(SplitError);
  });
});
