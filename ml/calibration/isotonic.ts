// Isotonic calibration: the least-squares fit among all functions that never fall, by pooling adjacent violators, as a curve of a few knots.
// Scores are P(positive) of a model on rows that it was not fitted on.
import { HIGHEST, LOWEST, smoothedTargets } from './class-totals.ts';

/** Neighbouring scores that get one value. */
export interface Block {
  /** Sum of the weights of its rows. */
  readonly weight: number;
  /** The lowest and the highest score in it. */
  readonly from: number;
  readonly to: number;
  /** Weighted mean of its scores. */
  readonly centre: number;
  /** Weighted share of positive rows: the fitted value. */
  readonly value: number;
}

/** Linear between knots, constant beyond the first and the last. */
export interface IsotonicCurve {
  /** Rising strictly, [knots]. */
  readonly scores: readonly number[];
  /** Never falling, between 0 and 1, both excluded, [knots]. */
  readonly values: readonly number[];
}

/** Knots at most. */
const MOST_KNOTS = 100;
/** How far thinning may raise the log loss of the fitted values on the rows of the fit, in nats a row. */
const THINNING = 1e-5;
/**
 * The steepest relative rise, d value / d log(score). The score that a graph hands on is float32, so it may be off by a relative 6e-8 from
 * the trainer's; a curve through every pair of neighbouring blocks could turn that into any error, this one stays below 5e-7.
 */
const STEEPEST = 8;

/**
 * The blocks of minimum sum of w (y - value)^2 with values that never fall as the score rises: pool adjacent violators (Ayer et al. 1955;
 * Barlow et al. 1972), rows of one score pooled first, blocks of one value pooled too. O(n log n). Rows that weigh 0 count for nothing.
 */
export function poolAdjacentViolators(
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array | null,
): readonly Block[] {
  const order = Int32Array.from(p.keys()).sort((a, b) => (p[a] as number) - (p[b] as number));
  const blocks: Block[] = [];
  let last = NaN;
  for (const row of order) {
    const score = p[row] as number;
    const weight = weights === null ? 1 : (weights[row] as number);
    if (weight === 0) continue;
    const block = { weight, from: score, to: score, centre: score, value: y[row] as number };
    const tied = score === last ? blocks.pop() : undefined;
    blocks.push(tied === undefined ? block : pooled(tied, block));
    last = score;
  }
  return poolViolators(blocks);
}

/** `tied`: one block for each score, rising. */
function poolViolators(tied: readonly Block[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const next of tied) {
    let block = next;
    for (let before = blocks.at(-1); before !== undefined; before = blocks.at(-1)) {
      if (before.value < block.value) break;
      block = pooled(before, block);
      blocks.pop();
    }
    blocks.push(block);
  }
  return blocks;
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  const share = b.weight / weight;
  return {
    weight,
    from: a.from,
    to: b.to,
    // Between two equal numbers the second form would round away from them.
    centre: a.centre === b.centre ? a.centre : a.centre + (b.centre - a.centre) * share,
    value: a.value === b.value ? a.value : a.value + (b.value - a.value) * share,
  };
}

/**
 * Blocks as a curve: each block's value stands at its centre, with straight lines between (Oron and Flournoy 2017, centred isotonic
 * regression), where scikit-learn's IsotonicRegression(out_of_bounds='clip') keeps a block flat from end to end and rises between two
 * blocks only. So one order of scores stays one order of probabilities, with half the knots. Values are kept within Platt's smoothed targets:
 * a block without a positive row is no proof that there never is one.
 */
export function fitIsotonic(
  y: Uint8Array,
  p: Float64Array,
  weights: Float64Array | null,
): IsotonicCurve {
  const { negative, positive } = smoothedTargets(y, weights);
  const [lowest, highest] = [Math.max(negative, LOWEST), Math.min(positive, HIGHEST)];
  const blocks = easeRises(thinBlocks(poolAdjacentViolators(y, p, weights), MOST_KNOTS, THINNING));
  return Object.freeze({
    scores: Object.freeze(blocks.map(({ centre }) => centre)),
    values: Object.freeze(blocks.map(({ value }) => Math.min(Math.max(value, lowest), highest))),
  });
}

/**
 * Pools the neighbours that cost least log loss, while there are more than `most` blocks or all that was given up stays within `loss` nats
 * a row. O(blocks^2): a few hundred blocks come of 150,000 rows.
 */
export function thinBlocks(blocks: readonly Block[], most: number, loss: number): readonly Block[] {
  const kept = [...blocks];
  const costs = pairsOf(kept).map(([a, b]) => poolingCost(a, b));
  let left = loss * kept.reduce((sum, { weight }) => sum + weight, 0);
  while (kept.length > 1) {
    const cheapest = costs.reduce(
      (best, cost, i) => (cost < (costs[best] as number) ? i : best),
      0,
    );
    left -= costs[cheapest] as number;
    if (left < 0 && kept.length <= most) break;
    const block = pooled(kept[cheapest] as Block, kept[cheapest + 1] as Block);
    kept.splice(cheapest, 2, block);
    costs.splice(cheapest, 1);
    const [before, after] = [kept[cheapest - 1], kept[cheapest + 1]];
    if (before !== undefined) costs[cheapest - 1] = poolingCost(before, block);
    if (after !== undefined) costs[cheapest] = poolingCost(block, after);
  }
  return kept;
}

/** Pools the steepest pair of neighbours until none is too steep. */
function easeRises(blocks: readonly Block[]): readonly Block[] {
  const kept = [...blocks];
  for (;;) {
    const rises = pairsOf(kept).map(
      ([a, b]) => ((b.value - a.value) / (b.centre - a.centre)) * b.centre,
    );
    const steepest = rises.indexOf(Math.max(...rises));
    if (steepest < 0 || (rises[steepest] as number) <= STEEPEST) return kept;
    kept.splice(steepest, 2, pooled(kept[steepest] as Block, kept[steepest + 1] as Block));
  }
}

const pairsOf = (blocks: readonly Block[]): readonly (readonly [Block, Block])[] =>
  blocks.slice(1).map((block, i) => [blocks[i] as Block, block]);

/** How much the summed log loss of both blocks rises when they get one value. */
const poolingCost = (a: Block, b: Block): number => lossOf(pooled(a, b)) - lossOf(a) - lossOf(b);

/** Log loss of a block's rows under its own value: weight times the entropy. */
const lossOf = ({ weight, value }: Block): number => -weight * (xLogX(value) + xLogX(1 - value));

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);

/** The curve at a score. */
export function interpolate({ scores, values }: IsotonicCurve, score: number): number {
  let [low, high] = [0, scores.length - 1];
  if (score <= (scores[low] as number)) return values[low] as number;
  if (score >= (scores[high] as number)) return values[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (score < (scores[middle] as number)) high = middle;
    else low = middle;
  }
  const [from, value] = [scores[low] as number, values[low] as number];
  const slope = ((values[high] as number) - value) / ((scores[high] as number) - from);
  return value + (score - from) * slope;
}
