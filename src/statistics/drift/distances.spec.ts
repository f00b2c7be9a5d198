// Against the distribution functions by their definition.
import { Random } from '../random.ts';
import { energyDistance, greatestGap, normedWasserstein, wasserstein } from './distances.ts';
import { numericSample } from './numeric-sample.ts';

const draw = (random: Random, rows: number, bound: number): readonly number[] =>
  Array.from({ length: rows }, () => random.nextInt(bound) / 4 - 3);

const shareUpTo = (rows: readonly number[], x: number): number =>
  rows.filter((value) => value <= x).length / rows.length;

/** The gap at each value of either, and how far the next one is. */
const gaps = (a: readonly number[], b: readonly number[]): readonly [number, number][] => {
  const all = [...a, ...b].sort((x, y) => x - y);
  return all.map((x, i) => [
    Math.abs(shareUpTo(a, x) - shareUpTo(b, x)),
    i + 1 < all.length ? (all[i + 1] as number) - x : 0,
  ]);
};

describe.each([
  ['many ties', 5],
  ['few ties', 1000],
])('with %s', (_, bound) => {
  const random = Random.of(bound);
  const [a, b] = [draw(random, 40, bound), draw(random, 57, bound + 3)];
  const [reference, current] = [numericSample(a), numericSample(b)];

  it('equals the definition', () => {
    const all = gaps(a, b);
    expect(greatestGap(reference, current)).toBe(Math.max(...all.map(([gap]) => gap)));
    const area = all.reduce((sum, [gap, width]) => sum + gap * width, 0);
    expect(wasserstein(reference, current)).toBeCloseTo(area, 12);
    const squares = all.reduce((sum, [gap, width]) => sum + gap * gap * width, 0);
    expect(energyDistance(reference, current)).toBeCloseTo(Math.sqrt(2 * squares), 12);
  });

  it('is the same both ways, and 0 from a sample to itself', () => {
    for (const distance of [greatestGap, wasserstein, energyDistance]) {
      expect(distance(reference, current)).toBeCloseTo(distance(current, reference), 14);
      expect(distance(reference, numericSample(a))).toBe(0);
    }
  });

  it('is by how much a sample is shifted, over the standard deviation of the reference', () => {
    const shifted = numericSample(a.map((value) => value + 0.5));
    expect(wasserstein(reference, shifted)).toBeCloseTo(0.5, 12);
    const mean = a.reduce((sum, value) => sum + value, 0) / a.length;
    const sd = Math.sqrt(a.reduce((sum, value) => sum + (value - mean) ** 2, 0) / a.length);
    expect(normedWasserstein(reference, shifted)).toBeCloseTo(0.5 / sd, 12);
  });
});

it('a reference without spread counts as spread by 0.001', () => {
  const moved = normedWasserstein(numericSample([2, 2]), numericSample([2.5]));
  expect(moved).toBeCloseTo(500, 9);
});
