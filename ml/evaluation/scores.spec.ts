// Which labels, scores and weights an evaluation takes.
import { MetricError } from './metrics.ts';
import { checkScores, float32Scores } from './scores.ts';

describe('checkScores', () => {
  const y = Uint8Array.of(0, 1);
  const p = Float64Array.of(0, 1);

  it('takes labels, probabilities and weights of the same rows', () => {
    expect(() => {
      checkScores(y, p, null);
      checkScores(y, p, Float64Array.of(0, 2));
    }).not.toThrow();
  });

  it.each<readonly [string, Uint8Array, Float64Array, Float64Array | null]>([
    ['no rows', new Uint8Array(0), new Float64Array(0), null],
    ['fewer scores', y, Float64Array.of(0.5), null],
    ['fewer weights', y, p, Float64Array.of(1)],
    ['a third label', Uint8Array.of(0, 2), p, null],
    ['a score below 0', y, Float64Array.of(-0.1, 0.5), null],
    ['a score above 1', y, Float64Array.of(0.1, 1.5), null],
    ['a score that is NaN', y, Float64Array.of(NaN, 0.5), null],
    ['a negative weight', y, p, Float64Array.of(-1, 2)],
    ['a weight without end', y, p, Float64Array.of(1, Infinity)],
    ['a weight that is NaN', y, p, Float64Array.of(1, NaN)],
    ['weights that are all 0', y, p, Float64Array.of(0, 0)],
  ])('refuses %s', (_name, labels, scores, weights) => {
    expect(() => {
      checkScores(labels, scores, weights);
    }).toThrow(MetricError);
  });
});

describe('float32Scores', () => {
  it('rounds a copy', () => {
    const p = Float64Array.of(0.1, 0.5);
    expect([...float32Scores(p)]).toEqual([Math.fround(0.1), 0.5]);
    expect(p[0]).toBe(0.1);
  });
});
