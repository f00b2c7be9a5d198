// What more rows would bring: the score of a model fitted on a growing part of the training rows.
import type { Random } from '../../src/statistics/random.ts';
import type { RowSplit } from './folds.ts';
import { meanAndSd, type MeanAndSd } from '../../src/statistics/summary.ts';

export interface FitScore {
  /** On the rows of the fit. */
  readonly train: number;
  /** On the rows held out. */
  readonly test: number;
}

/** Fits on some rows and scores on those and on others; row numbers, rising. */
export type FitAndScore = (trainRows: Int32Array, testRows: Int32Array) => Promise<FitScore>;

export interface LearningPoint {
  /** Of the training rows. */
  readonly share: number;
  /** Training rows, the mean over the splits, rounded. */
  readonly rows: number;
  readonly train: MeanAndSd;
  readonly test: MeanAndSd;
}

export const SHARES = Object.freeze([0.1, 0.2, 0.4, 0.7, 1] as const);

/**
 * As scikit-learn's learning_curve with shuffle, by class: on each split a share of the training rows of each class, rounded, at least one; a
 * larger part holds the smaller ones. All test rows score each part. One fit after the other; what fitAndScore throws passes through.
 */
export async function learningCurve(
  y: Uint8Array,
  splits: readonly RowSplit[],
  random: Random,
  fitAndScore: FitAndScore,
  shares: readonly number[] = SHARES,
): Promise<readonly LearningPoint[]> {
  const shuffled = splits.map(({ train }, i) => shuffledByClass(y, train, random.stream(i)));
  const points: LearningPoint[] = [];
  for (const share of shares) {
    const scores: FitScore[] = [];
    let rows = 0;
    for (const [i, { test }] of splits.entries()) {
      const part = partOf(shuffled[i] ?? [], share);
      rows += part.length;
      scores.push(await fitAndScore(part, test));
    }
    points.push({
      share,
      rows: Math.round(rows / splits.length),
      train: meanAndSd(scores.map(({ train }) => train)),
      test: meanAndSd(scores.map(({ test }) => test)),
    });
  }
  return points;
}

function shuffledByClass(y: Uint8Array, rows: Int32Array, random: Random): readonly Int32Array[] {
  return [0, 1].map((label) => {
    const ofClass = rows.filter((row) => y[row] === label);
    random.shuffle(ofClass);
    return ofClass;
  });
}

const partOf = (classes: readonly Int32Array[], share: number): Int32Array =>
  Int32Array.from(
    classes.flatMap((rows) => [...rows.subarray(0, Math.max(1, Math.round(share * rows.length)))]),
  ).sort();
