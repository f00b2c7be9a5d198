// The learning curve: which rows each fit is given, and what is made of the scores.
import { Random } from '../../src/statistics/random.ts';
import { splitByFold } from './folds.ts';
import { learningCurve } from './learning-curve.ts';

const y = Uint8Array.from({ length: 200 }, (_, row) => (row % 4 === 0 ? 1 : 0));
const fold = Uint8Array.from(y, (_, row) => row % 5);
const splits = [0, 1, 2].map((test) => splitByFold(fold, test));
const positivesIn = (rows: Int32Array): number => rows.filter((row) => y[row] === 1).length;

interface Fit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

async function curveOf(seed: number, shares?: readonly number[]) {
  const fits: Fit[] = [];
  const points = await learningCurve(
    y,
    splits,
    Random.of(seed),
    (train, test) => {
      fits.push({ train, test });
      return Promise.resolve({ train: train.length, test: fits.length });
    },
    shares,
  );
  return { fits, points };
}

describe('learningCurve', () => {
  it('fits on 10, 20, 40, 70 and 100 percent of each class, and tests on all that was held out', async () => {
    const { fits, points } = await curveOf(1);
    expect(points.map(({ share, rows }) => [share, rows])).toEqual([
      [0.1, 16],
      [0.2, 32],
      [0.4, 64],
      [0.7, 112],
      [1, 160],
    ]);
    fits.forEach(({ train, test }, i) => {
      const split = splits[i % 3];
      expect(test).toEqual(split?.test);
      expect(positivesIn(train)).toBe(train.length / 4);
      expect(train).toEqual(split?.train.filter((row) => train.includes(row)));
      expect(new Set(train).size).toBe(train.length);
    });
    fits.slice(-3).forEach(({ train }, i) => {
      expect(train).toEqual(splits[i]?.train);
    });
  });

  it('grows each part from the smaller ones', async () => {
    const { fits } = await curveOf(2);
    for (const [i, { train }] of fits.entries()) {
      const larger = new Set(fits[i + 3]?.train ?? train);
      expect(train.every((row) => larger.has(row))).toBe(true);
    }
  });

  it('tells mean and spread over the splits', async () => {
    const { points } = await curveOf(1);
    expect(points[0]?.train).toEqual({ mean: 16, sd: 0 });
    expect(points[0]?.test).toEqual({ mean: 2, sd: 1 });
    expect(points[4]?.test).toEqual({ mean: 14, sd: 1 });
  });

  it('keeps a row of each class, however small the share', async () => {
    const { fits } = await curveOf(1, [0.001]);
    expect(fits.map(({ train }) => [train.length, positivesIn(train)])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
  });

  it('depends on the seed alone', async () => {
    expect(await curveOf(5)).toEqual(await curveOf(5));
    expect((await curveOf(5)).fits).not.toEqual((await curveOf(6)).fits);
  });

  it('passes on what a fit throws', async () => {
    const fails = () => Promise.reject(new Error('no fit'));
    await expect(learningCurve(y, splits, Random.of(1), fails)).rejects.toThrow('no fit');
  });
});
