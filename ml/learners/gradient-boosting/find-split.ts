// The best split of a node, from its histogram: every boundary between bins of numbers, both directions for missing values, and subsets of
// categories. Gain is G_l^2 / (H_l + lambda) + G_r^2 / (H_r + lambda) - G^2 / (H + lambda): equation 7 of Chen and Guestrin 2016, doubled.
import { MISSING_BIN, type BinnedColumn } from '../../trees/binning.ts';
import { CategoricalSearch } from './categorical-split.ts';
import { monotoneDirections } from './constraints.ts';
import { gradientOf, hessianOf, ROUNDING_ROWS, type PackedScale } from './packing.ts';
import type { GradientBoostingParams } from './params.ts';

const BINS = 256;

export interface NodeStats {
  readonly gradient: number;
  readonly hessian: number;
  readonly rows: number;
  /** Between these the value of the node must lie, so that monotone constraints above it hold; infinite where free. */
  readonly lowest: number;
  readonly highest: number;
}

export interface Split {
  readonly column: number;
  readonly gain: number;
  /** Numbers: bins up to this one go left. */
  readonly bin: number;
  readonly missingLeft: boolean;
  /** Categories: 1 for the bins that go left, [256]; null for numbers. */
  readonly leftBins: Uint8Array | null;
  readonly left: NodeStats;
  readonly right: NodeStats;
}

export type SplitRules = Pick<
  GradientBoostingParams,
  | 'reg_lambda'
  | 'min_child_samples'
  | 'min_child_weight'
  | 'min_split_gain'
  | 'monotone_constraints'
  | 'cat_smooth'
  | 'cat_l2'
  | 'max_cat_to_onehot'
  | 'max_cat_threshold'
  | 'min_data_per_group'
>;

/** Gains below this share of the node's own score are rounding. */
const ROUNDING = 1e-12;

/** The best split found so far of the node that is being searched; it is written over, so that nothing is allocated per candidate. */
export interface Best {
  gain: number;
  column: number;
  bin: number;
  missingLeft: boolean;
  leftBins: Uint8Array | null;
  gradient: number;
  hessian: number;
}

/** The value of a leaf with these sums. */
export const leafValue = (gradient: number, hessian: number, lambda: number): number =>
  -gradient / (hessian + lambda);

export class SplitFinder {
  readonly #columns: readonly BinnedColumn[];
  readonly #rules: SplitRules;
  readonly #directions: Int8Array;
  readonly #monotone: boolean;
  readonly #categories: CategoricalSearch;

  /** Throws FitError where the monotone constraints do not suit the columns. */
  constructor(columns: readonly BinnedColumn[], rules: SplitRules) {
    this.#columns = columns;
    this.#rules = rules;
    this.#directions = monotoneDirections(rules, columns);
    this.#monotone = this.#directions.some((direction) => direction !== 0);
    this.#categories = new CategoricalSearch(rules);
  }

  /**
   * `histogram` [columns, 256]: packed sums by bin. `allowed` [columns]: 1 for the columns that may be split; null: all. null where no split
   * gains enough or leaves enough on both sides. Of equal gains the first column's first bin.
   */
  find(
    histogram: Float64Array,
    scale: PackedScale,
    node: NodeStats,
    allowed: Uint8Array | null,
  ): Split | null {
    const { min_split_gain, reg_lambda } = this.#rules;
    const own = node.gradient ** 2 / (node.hessian + reg_lambda);
    const best: Best = {
      gain: Math.max(min_split_gain, ROUNDING * own),
      column: -1,
      bin: -1,
      missingLeft: false,
      leftBins: null,
      gradient: 0,
      hessian: 0,
    };
    this.#columns.forEach((column, index) => {
      if (allowed !== null && allowed[index] === 0) return;
      const at = index * BINS;
      const before = best.gain;
      if (column.uppers === null) this.#categories.search(histogram, at, column, scale, node, best);
      else
        this.#searchNumbers(
          histogram,
          at,
          column,
          this.#directions[index] as number,
          scale,
          node,
          best,
        );
      if (best.gain > before) best.column = index;
    });
    return best.column < 0 ? null : this.#toSplit(best, node, histogram);
  }

  #searchNumbers(
    histogram: Float64Array,
    at: number,
    { bins, hasMissing }: BinnedColumn,
    direction: number,
    scale: PackedScale,
    node: NodeStats,
    best: Best,
  ): void {
    const missing = hasMissing ? (histogram[at + MISSING_BIN] as number) : 0;
    if (missing === 0) {
      this.#scan(histogram, at, bins - 1, 0, direction, scale, node, best, null);
      return;
    }
    // Missing to the right: also all values against the missing ones.
    this.#scan(histogram, at, bins, 0, direction, scale, node, best, false);
    this.#scan(histogram, at, bins - 1, missing, direction, scale, node, best, true);
  }

  /** Boundaries after bins 0 ... last - 1, with `missing` on the left from the start. `missingLeft` null: no row is missing. */
  #scan(
    histogram: Float64Array,
    at: number,
    last: number,
    missing: number,
    direction: number,
    scale: PackedScale,
    node: NodeStats,
    best: Best,
    missingLeft: boolean | null,
  ): void {
    const { reg_lambda, min_child_samples, min_child_weight } = this.#rules;
    const { gradient, hessian } = node;
    const own = gradient ** 2 / (hessian + reg_lambda);
    // Rows are taken to be spread as the hessian is: the histogram does not count them.
    const leastHessian = Math.max(
      min_child_weight,
      ((min_child_samples - ROUNDING_ROWS) * hessian) / node.rows,
    );
    const constrained = this.#monotone;
    let sum = missing;
    for (let bin = 0; bin < last; bin++) {
      const added = histogram[at + bin] as number;
      if (added === 0 && bin > 0) continue;
      sum += added;
      const leftHessian = hessianOf(sum, scale);
      if (leftHessian < leastHessian) continue;
      const rightHessian = hessian - leftHessian;
      if (rightHessian < leastHessian) return;
      const leftGradient = gradientOf(sum, scale);
      const rightGradient = gradient - leftGradient;
      const gain = constrained
        ? boundedGain(
            leftGradient,
            leftHessian,
            rightGradient,
            rightHessian,
            reg_lambda,
            reg_lambda,
            node,
            direction,
          )
        : leftGradient ** 2 / (leftHessian + reg_lambda) +
          rightGradient ** 2 / (rightHessian + reg_lambda) -
          own;
      if (gain <= best.gain) continue;
      best.gain = gain;
      best.bin = bin;
      best.missingLeft = missingLeft ?? leftHessian > rightHessian;
      best.leftBins = null;
      best.gradient = leftGradient;
      best.hessian = leftHessian;
    }
  }

  #toSplit(best: Best, node: NodeStats, histogram: Float64Array): Split {
    const { column, gain, missingLeft, leftBins, gradient, hessian } = best;
    const rows = Math.round((node.rows * hessian) / node.hessian);
    const left = { gradient, hessian, rows };
    const right = {
      gradient: node.gradient - gradient,
      hessian: node.hessian - hessian,
      rows: node.rows - rows,
    };
    const bin = leftBins === null ? this.#middleOfGap(best, histogram) : 0;
    const bounds = this.#boundsBelow(column, node, left, right);
    return Object.freeze({
      column,
      gain,
      bin,
      missingLeft,
      leftBins,
      left: Object.freeze({ ...left, ...bounds.left }),
      right: Object.freeze({ ...right, ...bounds.right }),
    });
  }

  /**
   * Bins that no row of the node falls into lie between the sides: the cut goes through their middle. Where only missing values go right it
   * lies above all bins.
   */
  #middleOfGap({ bin, column }: Best, histogram: Float64Array): number {
    const { bins } = this.#columns[column] as BinnedColumn;
    let end = bin;
    while (end + 1 < bins && histogram[column * BINS + end + 1] === 0) end++;
    return end === bins - 1 ? end : (bin + end) >> 1;
  }

  /** Of a monotone split each side keeps to its side of the middle between both values; LightGBM's "basic" method. */
  #boundsBelow(
    column: number,
    { lowest, highest }: NodeStats,
    left: Pick<NodeStats, 'gradient' | 'hessian'>,
    right: Pick<NodeStats, 'gradient' | 'hessian'>,
  ): Readonly<Record<'left' | 'right', Pick<NodeStats, 'lowest' | 'highest'>>> {
    const both = { left: { lowest, highest }, right: { lowest, highest } };
    const direction = this.#directions[column] as number;
    if (direction === 0) return both;
    const { reg_lambda } = this.#rules;
    const value = ({ gradient, hessian }: Pick<NodeStats, 'gradient' | 'hessian'>): number =>
      clamp(leafValue(gradient, hessian, reg_lambda), lowest, highest);
    const middle = (value(left) + value(right)) / 2;
    return direction > 0
      ? { left: { lowest, highest: middle }, right: { lowest: middle, highest } }
      : { left: { lowest: middle, highest }, right: { lowest, highest: middle } };
  }
}

const clamp = (value: number, lowest: number, highest: number): number =>
  Math.min(highest, Math.max(lowest, value));

/** What a leaf that must keep to the node's bounds takes off the loss, doubled: -(2 G w + (H + lambda) w^2). */
function boundedScore(gradient: number, hessian: number, lambda: number, value: number): number {
  return -(2 * gradient * value + (hessian + lambda) * value * value);
}

/**
 * The gain where values must keep to the bounds of the node; -Infinity where they would stand in the wrong order. `lambda` weighs on the
 * sides, `ownLambda` on the node.
 */
export function boundedGain(
  leftGradient: number,
  leftHessian: number,
  rightGradient: number,
  rightHessian: number,
  lambda: number,
  ownLambda: number,
  { gradient, hessian, lowest, highest }: NodeStats,
  direction: number,
): number {
  const left = clamp(leafValue(leftGradient, leftHessian, lambda), lowest, highest);
  const right = clamp(leafValue(rightGradient, rightHessian, lambda), lowest, highest);
  if (direction * (right - left) < 0) return -Infinity;
  const own = clamp(leafValue(gradient, hessian, ownLambda), lowest, highest);
  return (
    boundedScore(leftGradient, leftHessian, lambda, left) +
    boundedScore(rightGradient, rightHessian, lambda, right) -
    boundedScore(gradient, hessian, ownLambda, own)
  );
}
