// The line of past scores: where it goes, where it is broken.
import type { PastScore } from './drift-columns.ts';
import { countsOf, sparklinePath } from './sparkline-path.ts';

const BOX = { width: 24, height: 14 };
const scores = (...excesses: readonly (number | null)[]): readonly PastScore[] =>
  excesses.map((excess) => ({ excess, verdict: excess === 2 ? 'drift' : 'no_drift' }));

describe('sparklinePath', () => {
  it('goes from left to right, upwards with drift', () => {
    expect(sparklinePath(scores(0, 1, 2), BOX)).toBe('M2 12L12 7L22 2');
  });

  it('is broken where a score is not known, with a dot for one alone', () => {
    expect(sparklinePath(scores(0, null, 1), BOX)).toBe('M2 12h0.01M22 7h0.01');
  });

  it('is a dot for one evaluation and empty for none', () => {
    expect(sparklinePath(scores(1), BOX)).toBe('M2 7h0.01');
    expect(sparklinePath([], BOX)).toBe('');
  });
});

describe('countsOf', () => {
  it('counts the evaluations with a score, and those with drift', () => {
    expect(countsOf(scores(0, null, 2, 2))).toEqual({ scored: 3, drifted: 2 });
  });
});
