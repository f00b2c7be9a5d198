// Against numbers of Evidently 0.7.23, of deciles by hand, and chance against simulation.
import { readFileSync } from 'node:fs';
import { Random } from './random.ts';
import { populationStability, stabilityByChance } from './psi.ts';

describe('populationStability', () => {
  it('equals Evidently on categories, and on a category that is new', () => {
    expect(populationStability([50, 30, 20], [20, 20, 10])).toBeCloseTo(0.05108256237659909, 15);
    expect(populationStability([50, 30, 20, 0], [20, 20, 0, 10])).toBeCloseTo(
      3.089923365701524,
      13,
    );
  });

  it('equals the value of reference deciles on mean radius', () => {
    const [, ...lines] = readFileSync('data/wdbc.csv', 'utf8').trimEnd().split('\n');
    const radius = lines.map((line) => Number(line.split(',')[0]));
    const reference = radius.slice(0, 300).sort((a, b) => a - b);
    const edges = Array.from({ length: 9 }, (_, i) => quantile(reference, (i + 1) / 10));
    const counts = (values: readonly number[]): readonly number[] =>
      Array.from(
        { length: 10 },
        (_, bin) => values.filter((value) => binOf(edges, value) === bin).length,
      );
    expect(populationStability(counts(reference), counts(radius.slice(300)))).toBeCloseTo(
      0.1075,
      4,
    );
  });

  it('is 0 for the same shares and the same both ways', () => {
    expect(populationStability([10, 30], [1, 3])).toBe(0);
    expect(populationStability([10, 30, 0], [5, 3, 1])).toBeGreaterThan(0);
  });
});

describe('stabilityByChance', () => {
  it('is exceeded by about as many samples of one distribution as it says', () => {
    const random = Random.of(7);
    const sample = (rows: number): number[] => {
      const counts = Array.from({ length: 10 }, () => 0);
      for (let i = 0; i < rows; i++) {
        const bin = random.nextInt(10);
        counts[bin] = (counts[bin] ?? 0) + 1;
      }
      return counts;
    };
    const [usual, rare] = [0.05, 0.01].map((alpha) => stabilityByChance(10, 600, 400, alpha));
    const found = Array.from({ length: 1500 }, () => populationStability(sample(600), sample(400)));
    const share = (limit = NaN): number => found.filter((psi) => psi > limit).length / found.length;
    expect(Math.abs(share(usual) - 0.05)).toBeLessThan(0.02);
    expect(Math.abs(share(rare) - 0.01)).toBeLessThan(0.008);
  });
});

/** Linear interpolation, as numpy's default. */
function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const a = sorted[low] as number;
  return a + (at - low) * ((sorted[low + 1] ?? a) - a);
}

const binOf = (edges: readonly number[], value: number): number =>
  edges.filter((edge) => value >= edge).length;
