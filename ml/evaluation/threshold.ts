// Chooses the threshold of a binary classifier by a stated rule, on scores of rows that the model was not fitted on. A row is called positive
// where its score >= threshold, both float32, as the exported graph compares them: every threshold tried is a float32 value.
import { checkScores } from './scores.ts';
import type { Costs, ThresholdRule } from './threshold-rule.ts';

/** A rule that these rows cannot meet; the message says what they can. */
export class ThresholdError extends Error {
  override readonly name = 'ThresholdError';
}

export interface ChosenThreshold {
  readonly rule: ThresholdRule;
  /** A float32 value, from 0 to 1. */
  readonly threshold: number;
  /** Weighted shares at the threshold. precision: 0 where no row is called positive; recall: 0 where none is. */
  readonly precision: number;
  readonly recall: number;
  /** Share of the rows that are called positive. */
  readonly called: number;
  /** Mean cost of a row, of the rule cost; null for the others. */
  readonly cost: number | null;
}

/** What a threshold calls, in sums of weights. */
interface Calls {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
}

interface Sweep {
  /** From the largest threshold to the smallest: one for each distinct score, before them one that calls nobody. */
  readonly calls: readonly Calls[];
  readonly positives: number;
  readonly negatives: number;
}

/**
 * - fixed: that value.
 * - cost: the lowest mean cost; of equals the largest threshold.
 * - recall: the largest threshold that reaches it.
 * - precision: of the thresholds that reach it the one of the greatest recall; of equals the largest, which is the most precise.
 *
 * Exact: all distinct scores are tried, and one threshold above them all, unless a score is 1. `y` [N] 0 or 1, `p` [N] P(positive),
 * `weights` [N] or null. Throws MetricError for rows that do not belong together, ThresholdError for a rule that cannot be met.
 */
export function chooseThreshold(
  rule: ThresholdRule,
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array | null = null,
): ChosenThreshold {
  const sweep = sweepOf(y, p, weights);
  switch (rule.rule) {
    case 'fixed':
      return chosen(rule, sweep, callsAt(sweep, Math.fround(rule.value)), null);
    case 'cost': {
      const cheapest = cheapestOf(sweep, rule);
      return chosen(rule, sweep, cheapest, costOf(sweep, cheapest, rule));
    }
    case 'recall':
      return chosen(rule, sweep, reachRecall(sweep, rule.at_least), null);
    case 'precision':
      return chosen(rule, sweep, reachPrecision(sweep, rule.at_least), null);
  }
}

function sweepOf(y: Uint8Array, p: Float64Array, weights: Float64Array | null): Sweep {
  checkScores(y, p, weights);
  const scores = Float32Array.from(p);
  const order = Int32Array.from(y.keys()).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number),
  );
  const above = nextFloat32(scores[order[0] as number] as number);
  const calls: Calls[] = above <= 1 ? [{ threshold: above, tp: 0, fp: 0 }] : [];
  let [tp, fp] = [0, 0];
  order.forEach((row, i) => {
    const weight = weights === null ? 1 : (weights[row] as number);
    if (y[row] === 1) tp += weight;
    else fp += weight;
    const threshold = scores[row] as number;
    const next = order[i + 1];
    if (next === undefined || scores[next] !== threshold) calls.push({ threshold, tp, fp });
  });
  return { calls, positives: tp, negatives: fp };
}

/** The smallest float32 above one that is not negative. */
function nextFloat32(value: number): number {
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + 1;
  return new Float32Array(bits.buffer)[0] as number;
}

/** What a threshold of any value calls: as much as the smallest score at or above it. */
function callsAt({ calls }: Sweep, threshold: number): Calls {
  const reached = calls.findLast((each) => each.threshold >= threshold);
  return { tp: reached?.tp ?? 0, fp: reached?.fp ?? 0, threshold };
}

/** The mean cost of a row. */
function costOf({ positives, negatives }: Sweep, { tp, fp }: Calls, costs: Costs): number {
  const sum =
    costs.true_positive * tp +
    costs.false_negative * (positives - tp) +
    costs.false_positive * fp +
    costs.true_negative * (negatives - fp);
  return sum / (positives + negatives);
}

function cheapestOf(sweep: Sweep, costs: Costs): Calls {
  // Costs that differ by less are equal but for the order of adding.
  const least = 1e-13 * Math.max(...costsIn(costs).map(Math.abs));
  let best = sweep.calls[0] as Calls;
  let cost = costOf(sweep, best, costs);
  for (const calls of sweep.calls) {
    const next = costOf(sweep, calls, costs);
    if (next >= cost - least) continue;
    best = calls;
    cost = next;
  }
  return best;
}

const costsIn = (costs: Costs): readonly number[] => [
  costs.false_positive,
  costs.false_negative,
  costs.true_positive,
  costs.true_negative,
];

function reachRecall({ calls, positives }: Sweep, atLeast: number): Calls {
  const reached = calls.find(({ tp }) => tp / positives >= atLeast);
  if (reached === undefined)
    throw new ThresholdError('a threshold by recall expects rows of the positive class');
  return reached;
}

const precisionOf = ({ tp, fp }: Calls): number => (tp === 0 ? 0 : tp / (tp + fp));

function reachPrecision({ calls, positives }: Sweep, atLeast: number): Calls {
  if (positives === 0)
    throw new ThresholdError('a threshold by precision expects rows of the positive class');
  let reached: Calls | null = null;
  let best = calls[0] as Calls;
  for (const each of calls) {
    if (precisionOf(each) > precisionOf(best)) best = each;
    if (each.tp > (reached?.tp ?? 0) && precisionOf(each) >= atLeast) reached = each;
  }
  if (reached !== null) return reached;
  throw new ThresholdError(
    `no threshold reaches a precision of ${atLeast}: the best is ${precisionOf(best).toFixed(4)}, ` +
      `with a recall of ${(best.tp / positives).toFixed(4)}, at ${best.threshold.toPrecision(6)}`,
  );
}

function chosen(
  rule: ThresholdRule,
  sweep: Sweep,
  calls: Calls,
  cost: number | null,
): ChosenThreshold {
  const { positives, negatives } = sweep;
  return Object.freeze({
    rule,
    threshold: calls.threshold,
    precision: precisionOf(calls),
    recall: calls.tp === 0 ? 0 : calls.tp / positives,
    called: (calls.tp + calls.fp) / (positives + negatives),
    cost,
  });
}

export interface CostPoint {
  readonly threshold: number;
  /** Mean cost of a row. */
  readonly cost: number;
}

/**
 * The mean cost by threshold, exact at each point, from the smallest threshold to the largest. Of all distinct scores about `points` are
 * kept, half of them even in rank and half even in value, so that neither the many small scores nor the few large ones go unseen; the
 * first, the last and the cheapest are among them.
 */
export function costCurve(
  y: Uint8Array,
  p: Float64Array,
  costs: Costs,
  points = 200,
  weights: Float64Array | null = null,
): readonly CostPoint[] {
  const sweep = sweepOf(y, p, weights);
  const { calls } = sweep;
  const kept = new Set([0, calls.length - 1, calls.indexOf(cheapestOf(sweep, costs))]);
  const half = Math.max(2, Math.floor(points / 2));
  const [highest, lowest] = [calls[0] as Calls, calls.at(-1) as Calls];
  let at = 0;
  for (let i = 0; i < half; i++) {
    const share = i / (half - 1);
    kept.add(Math.round(share * (calls.length - 1)));
    const value = highest.threshold + share * (lowest.threshold - highest.threshold);
    while (at + 1 < calls.length && (calls[at + 1] as Calls).threshold >= value) at += 1;
    kept.add(at);
  }
  return [...kept]
    .sort((a, b) => b - a)
    .map((i) => calls[i] as Calls)
    .map((each) => ({ threshold: each.threshold, cost: costOf(sweep, each, costs) }));
}
