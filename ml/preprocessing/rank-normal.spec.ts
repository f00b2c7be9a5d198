// Normal scores against the definition: quantiles by sorting, a linear search between them, the inverse normal by bisection.
import { normalQuantile } from '../../src/statistics/normal.ts';
import { Random } from '../../src/statistics/random.ts';
import { normalScore } from './normal-score.ts';
import { fitScoreCurve, scoreOf } from './rank-normal.ts';

/** By the first and the last of up to 1,000 quantiles that are that value, or linear between the next ones. */
function slowScore(values: Float32Array, value: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const points = Math.min(1000, sorted.length);
  const quantiles = Array.from({ length: points }, (_, i) => {
    const at = (i * (sorted.length - 1)) / (points - 1);
    const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
    return low + (high - low) * (at - Math.floor(at));
  });
  const scoreAt = (quantile: number): number => {
    const rank = (quantiles.indexOf(quantile) + quantiles.lastIndexOf(quantile)) / 2 / (points - 1);
    return normalQuantile(Math.min(Math.max(rank, 1e-7), 1 - 1e-7));
  };
  const below = quantiles.findLast((quantile) => quantile <= value);
  const above = quantiles.find((quantile) => quantile >= value);
  if (below === undefined || above === undefined) return scoreAt((below ?? above) as number);
  if (below === above) return scoreAt(below);
  const share = (value - below) / (above - below);
  return scoreAt(below) * (1 - share) + scoreAt(above) * share;
}

const random = Random.of(9);
const columns: readonly (readonly [string, Float32Array])[] = [
  ['few values', Float32Array.of(3, -1, 10, 2.5, 1e30)],
  [
    'counts, most of them 0',
    Float32Array.from({ length: 700 }, () => Math.max(0, random.nextInt(12) - 7)),
  ],
  ['as many values as quantiles', Float32Array.from({ length: 1000 }, () => random.next())],
  [
    'more values than quantiles',
    Float32Array.from({ length: 5000 }, () => Math.fround(random.next() / 1e4)),
  ],
  ['two values', Float32Array.from({ length: 64 }, (_, i) => i % 2)],
];

describe('scoreOf', () => {
  it.each(columns)('is its definition for %s', (_name, values) => {
    const curve = fitScoreCurve(values);
    const between = Array.from({ length: 200 }, () => {
      const [a, b] = [values[random.nextInt(values.length)], values[random.nextInt(values.length)]];
      return ((a as number) * 3 + (b as number)) / 4;
    });
    for (const value of [...values.slice(0, 200), ...between, -1e38, 1e38])
      expect(scoreOf(curve, value)).toBeCloseTo(slowScore(values, value), 7);
  });

  it.each(columns)('never falls where the value rises: %s', (_name, values) => {
    const curve = fitScoreCurve(values);
    const scores = [...values].sort((a, b) => a - b).map((value) => scoreOf(curve, value));
    expect(scores.every((score, i) => i === 0 || score >= (scores[i - 1] as number))).toBe(true);
  });

  it('gives the middle of its ranks to a value that many rows share, at the ends too', () => {
    const curve = fitScoreCurve(Float32Array.of(0, 0, 0, 1, 2));
    expect(scoreOf(curve, 0)).toBeCloseTo(normalQuantile(0.25), 12);
    expect(scoreOf(curve, -5)).toBe(scoreOf(curve, 0));
    expect(scoreOf(curve, 9)).toBeCloseTo(5.199337582, 8);
  });

  it('is 0 for a constant column and for one row', () => {
    for (const values of [Float32Array.of(4, 4, 4), Float32Array.of(4)])
      for (const value of [-1, 4, 9]) expect(scoreOf(fitScoreCurve(values), value)).toBe(0);
  });
});

describe('normalScore', () => {
  it('is the inverse of the normal distribution', () => {
    for (const p of [1e-7, 1e-4, 0.01, 0.0749, 0.0751, 0.3, 0.5, 0.7, 0.9249, 0.9251, 0.999])
      expect(normalScore(p)).toBeCloseTo(normalQuantile(p), 8);
    expect(normalScore(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalScore(0.5)).toBe(0);
    expect(normalScore(1 - 2 ** -20)).toBe(-normalScore(2 ** -20));
  });
});
