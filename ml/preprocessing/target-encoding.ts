// Target encoding: a category becomes the mean of its targets, drawn towards the mean of all (Micci-Barreca 2001). A learner must not see
// its own targets in its rows, so the training rows are encoded fold by fold from the rows of the other folds, as scikit-learn's
// TargetEncoder does; rows to come are encoded from all training rows.
import type { Random } from '../../src/statistics/random.ts';
import type { Task } from '../learners/learner.ts';

/** scikit-learn's default. */
const FOLDS = 5;

/** What training rows are encoded by. */
export interface Targets {
  readonly y: Uint8Array | Float64Array;
  /** The weight of each row; null: all rows weigh 1. */
  readonly weights: Float64Array | null;
  readonly task: Task;
}

/** One encoded value: of the target itself, or for multiclass of being of the class `output`. */
export interface Means {
  /** (sum of targets + smoothing * prior) / (rows + smoothing) by code, weighted; the prior where no row weighs anything. */
  readonly byCode: Float64Array;
  /** The weighted mean of the target over all rows: what stands for a missing category. 0 where there are no rows. */
  readonly prior: number;
}

/** Encoded columns of one feature: one a class for multiclass, else one. */
export const outputsOf = (task: Task): number => (task.kind === 'multiclass' ? task.classes : 1);

/**
 * The fold of each row: dealt like cards in shuffled order, for classes one class after the other without starting again, so that each
 * fold has its share of each class.
 */
export function dealFolds({ y, task }: Targets, random: Random): Uint8Array {
  const order = Int32Array.from(y.keys());
  random.shuffle(order);
  const classOf = (row: number): number => (task.kind === 'regression' ? 0 : (y[row] as number));
  const classes = task.kind === 'regression' ? 1 : task.kind === 'binary' ? 2 : task.classes;
  const rowsOf = new Int32Array(classes + 1);
  for (const row of order) rowsOf[classOf(row) + 1] = (rowsOf[classOf(row) + 1] as number) + 1;
  const dealt = Int32Array.from(rowsOf);
  for (let i = 1; i <= classes; i++) dealt[i] = (dealt[i - 1] as number) + (dealt[i] as number);
  const fold = new Uint8Array(y.length);
  for (const row of order) {
    const turn = dealt[classOf(row)] as number;
    fold[row] = turn % FOLDS;
    dealt[classOf(row)] = turn + 1;
  }
  return fold;
}

/** One encoded value of one feature. */
export interface Encoded {
  /** [rows], -1 for a missing category, which only the prior counts. */
  readonly codes: Int32Array;
  /** How many categories are declared. */
  readonly count: number;
  readonly targets: Targets;
  /** The class, for multiclass; else 0. */
  readonly output: number;
  /** [rows] */
  readonly folds: Uint8Array;
  readonly smoothing: number;
}

/** Weights and sums of targets by fold and code. */
export class TargetSums {
  readonly #count: number;
  /** Per fold: the weight and the weighted sum of targets of each code, and of all rows in the last place. */
  readonly #weights: readonly Float64Array[];
  readonly #sums: readonly Float64Array[];
  readonly #smoothing: number;

  constructor({ codes, count, targets, output, folds, smoothing }: Encoded) {
    this.#count = count;
    this.#smoothing = smoothing;
    const empty = () => Array.from({ length: FOLDS }, () => new Float64Array(count + 1));
    [this.#weights, this.#sums] = [empty(), empty()];
    const { y, weights, task } = targets;
    for (let row = 0; row < codes.length; row++) {
      const label = y[row] as number;
      const target = task.kind === 'multiclass' ? Number(label === output) : label;
      const weight = weights === null ? 1 : (weights[row] as number);
      const fold = folds[row] as number;
      this.#add(fold, count, weight, target);
      if ((codes[row] as number) >= 0) this.#add(fold, codes[row] as number, weight, target);
    }
  }

  #add(fold: number, at: number, weight: number, target: number): void {
    const [weights, sums] = [this.#weights[fold], this.#sums[fold]] as [Float64Array, Float64Array];
    weights[at] = (weights[at] as number) + weight;
    sums[at] = (sums[at] as number) + weight * target;
  }

  /**
   * Over all folds but `without`; null: over all. The other folds are added up rather than this one taken off the total: a difference of
   * rounded sums would let a row's own target through in the last bits.
   */
  means(without: number | null): Means {
    const weight = total(this.#weights, without);
    const sum = total(this.#sums, without);
    const all = weight[this.#count] as number;
    const prior = all > 0 ? (sum[this.#count] as number) / all : 0;
    const byCode = new Float64Array(this.#count);
    for (let code = 0; code < byCode.length; code++) {
      const rows = weight[code] as number;
      byCode[code] =
        rows > 0
          ? ((sum[code] as number) + this.#smoothing * prior) / (rows + this.#smoothing)
          : prior;
    }
    return { byCode, prior };
  }

  /** The encoding of each training row, from the folds that it is not in. */
  crossFitted(codes: Int32Array, folds: Uint8Array): Float64Array {
    const means = Array.from({ length: FOLDS }, (_, fold) => this.means(fold));
    return Float64Array.from(codes, (code, row) => {
      const { byCode, prior } = means[folds[row] as number] as Means;
      return code < 0 ? prior : (byCode[code] as number);
    });
  }
}

function total(byFold: readonly Float64Array[], without: number | null): Float64Array {
  const sum = new Float64Array(byFold[0]?.length ?? 0);
  byFold.forEach((values, fold) => {
    if (fold === without) return;
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (values[i] as number);
  });
  return sum;
}
