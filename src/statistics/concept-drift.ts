// Concept drift: whether the labels that came rank the rows as the scores promised. The measure of chance is simulated: labels drawn by the
// scores themselves, again and again, give the ROC AUCs that the same rows may show while the scores are right. Unlike a comparison of two
// intervals it holds near an AUC of 1, with few labels and with ties. Pure.
import { rocAuc } from './classification.ts';
import { estimatePerformance, type LabelledScores } from './cbpe.ts';
import type { Random } from './random.ts';

export type ConceptDriftVerdict = 'drift' | 'no_drift' | 'insufficient_data';

export interface ConceptDrift {
  readonly verdict: ConceptDriftVerdict;
  /** Rows with labels behind the figures below. */
  readonly rows: number;
  /** ROC AUC by the labels that came; null, like all that follow, where the data are insufficient. */
  readonly live: number | null;
  /** Of the same rows by CBPE. */
  readonly estimated: number | null;
  /** live - estimated. */
  readonly difference: number | null;
  /** What 95 % of the drawn labels give. */
  readonly expected: { readonly low: number; readonly high: number } | null;
  /** Two-sided. */
  readonly p_value: number | null;
}

/** When there is a verdict, and what it takes to be drift; part of every answer. */
export const CONCEPT_DRIFT_RULE = Object.freeze({
  /** Rows with labels, and of either class. */
  least_rows: 100,
  least_rows_of_a_class: 10,
  /** Chance of a false alarm: that of three standard errors. */
  alpha: 0.0027,
  /** Of the two AUCs: less is of no consequence, however many rows prove it. */
  least_difference: 0.01,
  draws: 2000,
  /** The newest labels at most. */
  most_rows: 10_000,
});

/** Costs draws x rows: not for the event loop. */
export function conceptDriftOf(labelled: LabelledScores, random: Random): ConceptDrift {
  const rule = CONCEPT_DRIFT_RULE;
  const { y, p } = labelled;
  const rows = y.length;
  const positives = y.reduce((sum, label) => sum + label, 0);
  const rarer = Math.min(positives, rows - positives);
  if (rows < rule.least_rows || rarer < rule.least_rows_of_a_class) return insufficient(rows);
  const drawn = drawnRocAucs(p, rule.draws, random);
  // Scores so sure that draws hardly ever have both classes promise nothing about a ranking.
  if (drawn.length < rule.draws / 2) return insufficient(rows);
  const live = rocAuc(y, p);
  const estimated = estimatePerformance(p, 0.5).roc_auc as number;
  const pValue = twoSided(drawn, live);
  const isLarge = Math.abs(live - estimated) >= rule.least_difference;
  return {
    verdict: pValue < rule.alpha && isLarge ? 'drift' : 'no_drift',
    rows,
    live,
    estimated,
    difference: live - estimated,
    expected: { low: rankAt(drawn, 0.025), high: rankAt(drawn, 0.975) },
    p_value: pValue,
  };
}

const insufficient = (rows: number): ConceptDrift => ({
  verdict: 'insufficient_data',
  rows,
  live: null,
  estimated: null,
  difference: null,
  expected: null,
  p_value: null,
});

/** ROC AUCs of labels drawn by `p`, rising; draws of one class are left out. */
export function drawnRocAucs(p: Float64Array, draws: number, random: Random): Float64Array {
  const rising = p.toSorted();
  const bounds = rising.map((probability) => probability * 2 ** 32);
  const aucs: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    const auc = drawOne(rising, bounds, random);
    if (auc !== null) aucs.push(auc);
  }
  return Float64Array.from(aucs).sort();
}

/** A row is positive where a uniform number in [0, 2^32) lies below its bound. */
function drawOne(rising: Float64Array, bounds: Float64Array, random: Random): number | null {
  let [positives, negatives, pairs] = [0, 0, 0];
  for (let start = 0; start < rising.length;) {
    let [tiedPositives, end] = [0, start];
    for (; end < rising.length && rising[end] === rising[start]; end += 1)
      if (random.next() < (bounds[end] as number)) tiedPositives += 1;
    const tiedNegatives = end - start - tiedPositives;
    pairs += tiedPositives * (negatives + tiedNegatives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    start = end;
  }
  return positives === 0 || negatives === 0 ? null : pairs / (positives * negatives);
}

/** How rare it is, among the drawn ones and itself, to lie as far out as `live` on its side; doubled. */
function twoSided(drawn: Float64Array, live: number): number {
  const atMost = drawn.filter((auc) => auc <= live).length;
  const atLeast = drawn.filter((auc) => auc >= live).length;
  return Math.min(1, (2 * (1 + Math.min(atMost, atLeast))) / (drawn.length + 1));
}

/** Nearest rank. */
const rankAt = (sorted: Float64Array, share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
