// Histograms of scores against a count of each bin by its edges.
import { Random } from '../../src/statistics/random.ts';
import { MetricError } from './metrics.ts';
import { scoreDistribution } from './score-distribution.ts';

describe('scoreDistribution', () => {
  it.each([1, 3, 7, 20, 49])('counts the rows of each class between edges: %i bins', (bins) => {
    const random = Random.of(70, bins);
    const edgesAndMore = [
      ...Array.from({ length: bins + 1 }, (_, i) => i / bins),
      // The last double below each edge.
      ...Array.from({ length: bins }, (_, i) => ((i + 1) / bins) * (1 - 2 ** -53)),
      ...Array.from({ length: 500 }, () => random.next() / 2 ** 32),
    ];
    const p = Float64Array.from(edgesAndMore);
    const y = Uint8Array.from(p, () => random.nextInt(2));
    const { edges, negatives, positives } = scoreDistribution(y, p, bins);
    expect(edges).toHaveLength(bins + 1);
    const count = (label: number): readonly number[] =>
      Array.from({ length: bins }, (_, i) => {
        const [low, high] = [edges[i] as number, edges[i + 1] as number];
        return edgesAndMore.filter(
          (score, row) =>
            y[row] === label &&
            score >= low &&
            (score < high || (i === bins - 1 && score === high)),
        ).length;
      });
    expect(negatives).toEqual(count(0));
    expect(positives).toEqual(count(1));
  });

  it('puts 0 into the first bin and 1 into the last', () => {
    const { negatives, positives } = scoreDistribution(
      Uint8Array.of(0, 1),
      Float64Array.of(0, 1),
      4,
    );
    expect([negatives, positives]).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
  });

  it('refuses a score that is no probability', () => {
    expect(() => scoreDistribution(Uint8Array.of(0), Float64Array.of(1.5))).toThrow(MetricError);
  });
});
