// Champion and challenger compared: pure functions over what they answered.
import type { ScoredPair } from '../prediction/challenger-log.ts';
import type { ScoredAnswer } from '../prediction/prediction-log.ts';
import { correlation, mean, quantile } from '../statistics/summary.ts';

/**
 * How the two are compared. `paired`: both scored the same rows (shadow), so that differences are the models'. `groups`: each answered
 * callers of its own (canary), so that they are the callers' too, and chance's.
 */
export const CONVENTIONS = ['paired', 'groups'] as const;
export type Convention = (typeof CONVENTIONS)[number];

/** One side; null figures where it has no rows. */
export interface SideSummary {
  readonly n: number;
  readonly high_risk_rate: number | null;
  readonly mean_score: number | null;
  readonly latency_ms: { readonly mean: number; readonly p95: number } | null;
}

/** How far two models are apart on the same rows; null figures where there are none. */
export interface PairSummary {
  readonly disagreement_rate: number | null;
  readonly mean_abs_difference: number | null;
  readonly max_abs_difference: number | null;
  /** Pearson's; null where the scores of either do not vary. */
  readonly score_correlation: number | null;
}

export const NO_PAIRS: PairSummary = Object.freeze({
  disagreement_rate: null,
  mean_abs_difference: null,
  max_abs_difference: null,
  score_correlation: null,
});

/** `positiveLabel` is the label that means high risk. */
export function summarise(answers: readonly ScoredAnswer[], positiveLabel: string): SideSummary {
  const durations = answers.map(({ durationMs }) => durationMs);
  const [average, p95] = [mean(durations), quantile(durations, 0.95)];
  return {
    n: answers.length,
    high_risk_rate: mean(answers.map(({ label }) => (label === positiveLabel ? 1 : 0))),
    mean_score: mean(answers.map(({ probability }) => probability)),
    latency_ms: average === null || p95 === null ? null : { mean: average, p95 },
  };
}

/** Labels as the caller would have seen them: other words for the same class disagree too. */
export function comparePairs(pairs: readonly ScoredPair[]): PairSummary {
  const champion = pairs.map(({ championProbability }) => championProbability);
  const challenger = pairs.map(({ probability }) => probability);
  const differences = champion.map((score, i) => Math.abs(score - (challenger[i] ?? 0)));
  return {
    disagreement_rate: mean(
      pairs.map(({ championLabel, label }) => (championLabel === label ? 0 : 1)),
    ),
    mean_abs_difference: mean(differences),
    max_abs_difference: quantile(differences, 1),
    score_correlation: correlation(champion, challenger),
  };
}

/** The champion's half of each pair. */
export const championSide = (pairs: readonly ScoredPair[]): ScoredAnswer[] =>
  pairs.map(({ championProbability, championLabel, championDurationMs }) => ({
    probability: championProbability,
    label: championLabel,
    durationMs: championDurationMs,
  }));
