import type { ScoredPair } from '../prediction/challenger-log.ts';
import { championSide, comparePairs, NO_PAIRS, summarise } from './comparison.ts';

const pair = (
  championProbability: number,
  probability: number,
  changes: Partial<ScoredPair> = {},
): ScoredPair => ({
  championProbability,
  championLabel: championProbability >= 0.5 ? 'yes' : 'no',
  championDurationMs: 1,
  probability,
  label: probability >= 0.5 ? 'yes' : 'no',
  durationMs: 2,
  ...changes,
});

describe('comparePairs', () => {
  it('measures how often the labels and how far the scores differ', () => {
    const summary = comparePairs([pair(0.2, 0.3), pair(0.4, 0.6), pair(0.9, 0.9), pair(0.7, 0.6)]);
    expect(summary.disagreement_rate).toBe(0.25);
    expect(summary.mean_abs_difference).toBeCloseTo(0.1, 12);
    expect(summary.max_abs_difference).toBeCloseTo(0.2, 12);
    expect(summary.score_correlation).toBeCloseTo(0.9191, 4);
  });

  it('finds no difference between a model and itself', () => {
    expect(comparePairs([pair(0.2, 0.2), pair(0.7, 0.7)])).toEqual({
      disagreement_rate: 0,
      mean_abs_difference: 0,
      max_abs_difference: 0,
      score_correlation: 1,
    });
  });

  it('has no figures without rows', () => {
    expect(comparePairs([])).toEqual(NO_PAIRS);
  });
});

describe('summarise', () => {
  it('takes rate, mean score and latency of one side', () => {
    const pairs = Array.from({ length: 20 }, (_, i) =>
      pair(i / 20, 0.5, { championDurationMs: i + 1 }),
    );
    const champion = summarise(championSide(pairs), 'yes');
    expect(champion).toMatchObject({
      n: 20,
      high_risk_rate: 0.5,
      latency_ms: { mean: 10.5, p95: 19 },
    });
    expect(champion.mean_score).toBeCloseTo(0.475, 12);
    expect(summarise(pairs, 'yes')).toEqual({
      n: 20,
      high_risk_rate: 1,
      mean_score: 0.5,
      latency_ms: { mean: 2, p95: 2 },
    });
  });

  it('has no figures without rows', () => {
    expect(summarise([], 'yes')).toEqual({
      n: 0,
      high_risk_rate: null,
      mean_score: null,
      latency_ms: null,
    });
  });
});
