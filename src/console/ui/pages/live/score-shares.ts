// Shares of a score histogram, so that a window and a reference of different sizes can be laid over each other.
import type { LiveScores } from './live-data.ts';

export interface ScoreShares {
  readonly rows: number;
  readonly referenceRows: number | null;
  /** null where there is no row. */
  readonly shares: readonly number[] | null;
  readonly reference: readonly number[] | null;
}

export function sharesOf({ counts, reference }: LiveScores): ScoreShares {
  const rows = total(counts);
  return {
    rows,
    referenceRows: reference === null ? null : total(reference),
    shares: ofAll(counts, rows),
    reference: reference === null ? null : ofAll(reference, total(reference)),
  };
}

/** Steps of a histogram as points of a line that is flat from each edge to the next. */
export const stepsOf = (
  edges: readonly number[],
  shares: readonly number[],
): readonly (readonly [number, number])[] =>
  edges.map((edge, index) => [edge, shares[Math.min(index, shares.length - 1)] ?? 0]);

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const ofAll = (counts: readonly number[], all: number): readonly number[] | null =>
  all === 0 ? null : counts.map((count) => count / all);
