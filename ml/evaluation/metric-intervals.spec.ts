// Intervals lie around their metrics and cover the truth as often as they say.
import { Random } from '../../src/statistics/random.ts';
import { metricIntervals } from './metric-intervals.ts';
import { evaluate } from './metrics.ts';

/** Scores that are true probabilities: y = 1 with probability p. */
function draw(random: Random, rows: number) {
  const p = Float64Array.from({ length: rows }, () => random.next() / 2 ** 32);
  return { p, y: Uint8Array.from(p, (score) => Number(random.next() / 2 ** 32 < score)) };
}

describe('metricIntervals', () => {
  it('lie around the metrics, each with whose method it is', () => {
    const { y, p } = draw(Random.of(3), 500);
    const intervals = metricIntervals(y, p, 0.5);
    const metrics: Readonly<Record<string, number>> = evaluate(y, p, 0.5);
    expect(Object.keys(intervals).sort()).toEqual([
      'accuracy',
      'brier',
      'log_loss',
      'precision',
      'recall',
      'roc_auc',
    ]);
    for (const [name, { low, high, method }] of Object.entries(intervals)) {
      expect(low).toBeLessThan(metrics[name] ?? NaN);
      expect(high).toBeGreaterThan(metrics[name] ?? NaN);
      expect(method).not.toBe('');
    }
  });

  it('holds the true accuracy 3/4, AUC 5/6 and Brier score 1/6 in 92 to 98 % of 500 draws', () => {
    const random = Random.of(11);
    const truth = { accuracy: 3 / 4, roc_auc: 5 / 6, brier: 1 / 6 };
    const held = { accuracy: 0, roc_auc: 0, brier: 0 };
    for (let i = 0; i < 500; i += 1) {
      const { y, p } = draw(random, 300);
      const intervals = metricIntervals(y, p, 0.5);
      for (const name of ['accuracy', 'roc_auc', 'brier'] as const) {
        const { low = 1, high = 0 } = intervals[name] ?? {};
        held[name] += Number(low <= truth[name] && truth[name] <= high) / 500;
      }
    }
    for (const share of Object.values(held)) {
      expect(share).toBeGreaterThan(0.92);
      expect(share).toBeLessThan(0.98);
    }
  });

  it('has none for the precision of a model that calls nothing positive', () => {
    const { y, p } = draw(Random.of(4), 50);
    expect(metricIntervals(y, p, 2)).not.toHaveProperty('precision');
  });
});
