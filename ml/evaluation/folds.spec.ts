// Splits keep the class shares, cover every row once, and depend on the seed alone.
import { Random } from '../../src/statistics/random.ts';
import {
  groupedFolds,
  groupedHoldout,
  SplitError,
  splitByFold,
  stratifiedFolds,
  stratifiedHoldout,
  timeOrderedHoldout,
  timeOrderedSplits,
} from './folds.ts';

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

const random = Random.of(3);
/** Groups of 1 to 9 rows; whole groups lean to a class. */
const groups = Int32Array.from({ length: 400 }, (_, i) => Math.floor(Math.sqrt(i * 20)));
const grouped = Uint8Array.from(groups, (group) => (random.nextInt(10) < group % 7 ? 1 : 0));

describe('groupedFolds', () => {
  const fold = groupedFolds(grouped, groups, 5, Random.of(1));

  it('puts no group into two folds', () => {
    const folds = new Map<number, Set<number>>();
    groups.forEach((group, row) => {
      const seen = folds.get(group) ?? new Set<number>();
      folds.set(group, seen.add(fold[row] ?? -1));
    });
    expect([...folds.values()].every(({ size }) => size === 1)).toBe(true);
  });

  it('keeps sizes and class shares as even as the groups allow', () => {
    const sizes = [0, 1, 2, 3, 4].map((k) => fold.filter((f) => f === k).length);
    const ones = [0, 1, 2, 3, 4].map(
      (k) => fold.filter((f, row) => f === k && grouped[row] === 1).length,
    );
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(4);
    expect(Math.max(...ones) - Math.min(...ones)).toBeLessThanOrEqual(4);
  });

  it('gives the same folds for the same seed and others for another', () => {
    expect(groupedFolds(grouped, groups, 5, Random.of(1))).toEqual(fold);
    expect(groupedFolds(grouped, groups, 5, Random.of(2))).not.toEqual(fold);
  });

  it('refuses more folds than groups, and folds of one class', () => {
    const three = Int32Array.of(0, 0, 1, 1, 2, 2);
    const y6 = Uint8Array.of(0, 1, 0, 1, 0, 1);
    expect(() => groupedFolds(y6, three, 4, Random.of(1))).toThrow('there are 3');
    expect(() => groupedFolds(Uint8Array.of(1, 1, 0, 0, 0, 0), three, 3, Random.of(1))).toThrow(
      'without rows of both classes',
    );
  });
});

describe('groupedHoldout', () => {
  it('holds out whole groups of about the share', () => {
    const { train, test } = groupedHoldout(grouped, groups, 0.2, Random.of(1));
    expect(test.length / 400).toBeCloseTo(0.2, 1);
    const trained = new Set(Array.from(train, (row) => groups[row]));
    expect(Array.from(test).some((row) => trained.has(groups[row]))).toBe(false);
  });
});

describe('splits in order of time', () => {
  /** A shuffled calendar of days, several rows a day. */
  const order = Int32Array.from({ length: 300 }, (_, i) => i);
  Random.of(9).shuffle(order);
  const times = Float64Array.from(order, (i) => Math.floor(i / 7));
  const y300 = Uint8Array.from(order, (i) => (i % 3) % 2);

  it('train on the past and test on what comes next, never on a day that was trained on', () => {
    const splits = timeOrderedSplits(y300, times, 4);
    splits.forEach(({ train, test }, k) => {
      const last = Math.max(...Array.from(train, (row) => times[row] ?? NaN));
      const first = Math.min(...Array.from(test, (row) => times[row] ?? NaN));
      expect(first).toBeGreaterThan(last);
      expect(test.length).toBeGreaterThan(45);
      if (k > 0)
        expect(train.length).toBe(
          (splits[k - 1]?.train.length ?? 0) + (splits[k - 1]?.test.length ?? 0),
        );
    });
    expect((splits[3]?.train.length ?? 0) + (splits[3]?.test.length ?? 0)).toBe(300);
  });

  it('hold out the latest rows, whole days of them', () => {
    const { train, test } = timeOrderedHoldout(y300, times, 0.2);
    expect(test.length).toBeGreaterThanOrEqual(60);
    expect(test.length).toBeLessThan(67);
    const last = Math.max(...Array.from(train, (row) => times[row] ?? NaN));
    expect(Array.from(test).every((row) => (times[row] ?? NaN) > last)).toBe(true);
  });

  it('refuse time that separates the classes', () => {
    const late = Uint8Array.from(times, (day) => (day > 40 ? 1 : 0));
    expect(() => timeOrderedSplits(late, times, 4)).toThrow(SplitError);
    expect(() => timeOrderedHoldout(late, times, 0.01)).toThrow(SplitError);
  });
});
