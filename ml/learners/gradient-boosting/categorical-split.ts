// Splits of categories into two sets: each against all others where they are few, else the best cut of the categories sorted by
// gradient / hessian, which for a convex loss holds the best subset of all (Fisher 1958; Ke et al. 2017).
import { MISSING_BIN, type BinnedColumn } from '../../trees/binning.ts';
import { boundedGain, type Best, type NodeStats, type SplitRules } from './find-split.ts';
import { gradientOf, hessianOf, ROUNDING_ROWS, type PackedScale } from './packing.ts';

const BINS = 256;

/** Keeps its buffers: nothing is allocated per node but the set that is returned. */
export class CategoricalSearch {
  readonly #rules: SplitRules;
  /** Bins that any row of the node falls into, and their sums. */
  readonly #present = new Int32Array(BINS);
  readonly #gradient = new Float64Array(BINS);
  readonly #hessian = new Float64Array(BINS);
  #count = 0;

  constructor(rules: SplitRules) {
    this.#rules = rules;
  }

  /** Writes the best subset into `best` where it gains more than what stands there. Missing is a category as any other. */
  search(
    histogram: Float64Array,
    at: number,
    { bins }: BinnedColumn,
    scale: PackedScale,
    node: NodeStats,
    best: Best,
  ): void {
    this.#count = 0;
    for (let bin = 0; bin < bins; bin++) this.#collect(histogram, at, bin, scale);
    this.#collect(histogram, at, MISSING_BIN, scale);
    if (this.#count < 2) return;
    if (this.#count <= this.#rules.max_cat_to_onehot) this.#oneAgainstAll(node, best);
    else this.#sortedSubsets(node, best);
  }

  #collect(histogram: Float64Array, at: number, bin: number, scale: PackedScale): void {
    const sum = histogram[at + bin] as number;
    if (sum === 0) return;
    this.#present[this.#count++] = bin;
    this.#gradient[bin] = gradientOf(sum, scale);
    this.#hessian[bin] = hessianOf(sum, scale);
  }

  #oneAgainstAll(node: NodeStats, best: Best): void {
    const least = this.#leastHessian(node);
    for (let i = 0; i < this.#count; i++) {
      const bin = this.#present[i] as number;
      const gradient = this.#gradient[bin] as number;
      const hessian = this.#hessian[bin] as number;
      if (hessian < least || node.hessian - hessian < least) continue;
      const gain = this.#gain(gradient, hessian, node, this.#rules.reg_lambda);
      if (gain > best.gain) this.#note(best, gain, gradient, hessian, [bin]);
    }
  }

  #sortedSubsets(node: NodeStats, best: Best): void {
    const { cat_smooth } = this.#rules;
    const rank = (bin: number): number =>
      (this.#gradient[bin] as number) / ((this.#hessian[bin] as number) + cat_smooth);
    const order = Array.from(this.#present.subarray(0, this.#count)).sort(
      (a, b) => rank(a) - rank(b) || a - b,
    );
    this.#prefixes(order, node, best);
    this.#prefixes(order.toReversed(), node, best);
  }

  /** The first one, two, three ... categories against the others. */
  #prefixes(order: readonly number[], node: NodeStats, best: Best): void {
    const { max_cat_threshold, min_data_per_group, reg_lambda, cat_l2 } = this.#rules;
    const least = this.#leastHessian(node);
    const rowsPerHessian = node.rows / node.hessian;
    const most = Math.min(max_cat_threshold, order.length - 1, Math.ceil(order.length / 2));
    // Small nodes would have no such group at all: there a quarter of the rows is one.
    const group = Math.min(min_data_per_group, node.rows / 4);
    let gradient = 0;
    let hessian = 0;
    let grouped = 0;
    for (let i = 0; i < most; i++) {
      const bin = order[i] as number;
      gradient += this.#gradient[bin] as number;
      hessian += this.#hessian[bin] as number;
      grouped += (this.#hessian[bin] as number) * rowsPerHessian;
      if (hessian < least || grouped < group) continue;
      if (node.hessian - hessian < least) return;
      grouped = 0;
      const gain = this.#gain(gradient, hessian, node, reg_lambda + cat_l2);
      if (gain > best.gain) this.#note(best, gain, gradient, hessian, order.slice(0, i + 1));
    }
  }

  #leastHessian(node: NodeStats): number {
    const { min_child_samples, min_child_weight } = this.#rules;
    return Math.max(
      min_child_weight,
      ((min_child_samples - ROUNDING_ROWS) * node.hessian) / node.rows,
    );
  }

  /** `lambda` weighs on both sides; the node itself is scored with reg_lambda alone, so that cat_l2 makes subsets earn their freedom. */
  #gain(gradient: number, hessian: number, node: NodeStats, lambda: number): number {
    const right = node.gradient - gradient;
    const { reg_lambda } = this.#rules;
    if (node.lowest > -Infinity || node.highest < Infinity)
      return boundedGain(
        gradient,
        hessian,
        right,
        node.hessian - hessian,
        lambda,
        reg_lambda,
        node,
        0,
      );
    return (
      gradient ** 2 / (hessian + lambda) +
      right ** 2 / (node.hessian - hessian + lambda) -
      node.gradient ** 2 / (node.hessian + reg_lambda)
    );
  }

  #note(
    best: Best,
    gain: number,
    gradient: number,
    hessian: number,
    left: readonly number[],
  ): void {
    const leftBins = new Uint8Array(BINS);
    for (const bin of left) leftBins[bin] = 1;
    best.gain = gain;
    best.bin = 0;
    best.missingLeft = leftBins[MISSING_BIN] === 1;
    best.leftBins = leftBins;
    best.gradient = gradient;
    best.hessian = hessian;
  }
}
