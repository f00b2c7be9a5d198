// The boosting program that every thread of a team runs: round after round one tree for each output, until the rounds are done or a validation
// part has stopped improving.
import type { Team } from '../../threads/team.ts';
import type { BinnedColumn } from '../../trees/binning.ts';
import type { Task } from '../learner.ts';
import { ownBlocks, ownRows } from './blocks.ts';
import { SplitFinder } from './find-split.ts';
import { differentiate, packStretch, totalsOf, type GradientSpace } from './gradients.ts';
import { TreeGrower, type GrownLeaf, type GrowthSpace, type Seedling } from './grower.ts';
import { TreeWalker, type GrownSplit, type GrownTree } from './grown-tree.ts';
import { lossOf, type Loss } from './losses.ts';
import { mixBits, scaleFor, type PackedScale } from './packing.ts';
import type { GradientBoostingParams } from './params.ts';
import type { RowRecords } from './records.ts';
import { renewedValues } from './renew-leaves.ts';
import { ColumnSampler, RowSampler } from './sampling.ts';

/** What the threads of a fit share; all arrays are on shared memory. */
export interface BoostingJob {
  readonly params: GradientBoostingParams;
  readonly task: Task;
  readonly columns: readonly BinnedColumn[];
  readonly records: RowRecords;
  readonly y: Uint8Array | Float64Array;
  readonly weights: Float64Array | null;
  /** 1 for rows that are learnt from, 0 for those that only watch; null: all are learnt from. */
  readonly learning: Uint8Array | null;
  /** The rows of the validation part; null without early stopping. */
  readonly validation: Int32Array | null;
  /** [rows, outputs]: the start, then after each round what has been learnt. */
  readonly scores: Float64Array;
  /** The leaf of each row in this round's tree of each output, [outputs, rows]. */
  readonly leaves: Uint16Array;
  readonly gradients: GradientSpace;
  readonly growth: GrowthSpace;
  readonly seed: number;
}

export interface Boosted {
  /** The trees of all rounds that are kept. */
  readonly trees: readonly GrownTree[];
  /** Rounds that were run. */
  readonly rounds: number;
  /** Rounds that are kept. */
  readonly bestIteration: number;
  /** The mean loss of the validation part at the best round, NaN without one. */
  readonly validationLoss: number;
}

/** The module of the program, for runTeam. */
export const BOOSTER = import.meta.url;

/** Only the first thread answers with the trees; all grew the same. */
export function run(team: Team, job: BoostingJob): Boosted | null {
  const boosted = new Booster(team, job).boost();
  return team.rank === 0 ? boosted : null;
}

class Booster {
  readonly #team: Team;
  readonly #job: BoostingJob;
  readonly #loss: Loss;
  readonly #grower: TreeGrower;
  readonly #rowSampler: RowSampler;
  readonly #columnSampler: ColumnSampler;

  constructor(team: Team, job: BoostingJob) {
    const { params, task, columns, records } = job;
    this.#team = team;
    this.#job = job;
    this.#loss = lossOf(params, task);
    const limits = {
      leaves: params.num_leaves,
      depth: params.max_depth ?? Infinity,
      leafRows: params.min_child_samples,
    };
    const finder = new SplitFinder(columns, params);
    const own = ownRows(team, records.rows);
    this.#grower = new TreeGrower(team, records, finder, limits, job.growth, own);
    this.#rowSampler = new RowSampler(params, job.learning, records.rows, job.seed);
    this.#columnSampler = new ColumnSampler(params, columns, job.seed);
  }

  boost(): Boosted {
    const { n_estimators: most, early_stopping_rounds: patience } = this.#job.params;
    const trees: GrownTree[] = [];
    let rounds = 0;
    let best = { rounds: 0, trees: 0, loss: Infinity };
    while (rounds < most) {
      const grown = this.#round(rounds);
      if (grown.every(({ splits }) => splits.length === 0) && !this.#sampled) break;
      trees.push(...grown.filter(({ splits }) => splits.length > 0));
      rounds++;
      const loss = this.#validationLoss();
      if (!(loss >= best.loss)) best = { rounds, trees: trees.length, loss };
      else if (patience !== null && rounds - best.rounds >= patience) break;
    }
    return {
      trees: trees.slice(0, best.trees),
      rounds,
      bestIteration: best.rounds,
      validationLoss: best.loss,
    };
  }

  /** Whether another round might find a split where this one found none. */
  get #sampled(): boolean {
    const { subsample, colsample_bytree: columns } = this.#job.params;
    return subsample < 1 || columns < 1;
  }

  #round(round: number): readonly GrownTree[] {
    const { leaves, records, scores } = this.#job;
    const { outputs } = this.#loss;
    const sample = this.#rowSampler.sampleOf(round);
    const trees = Array.from({ length: outputs }, (_, output) => this.#tree(round, output, sample));
    ownBlocks(this.#team, records.rows, (from, to) => {
      trees.forEach(({ output, values }) => {
        addLeaves(scores, outputs, output, leaves, output * records.rows, values, from, to);
      });
    });
    return trees;
  }

  #tree(round: number, output: number, sample: Uint8Array | null): GrownTree {
    const { gradients, seed } = this.#job;
    const { outputs, hessianIsOne } = this.#loss;
    differentiate(this.#team, { ...this.#job, loss: this.#loss }, output, sample, gradients);
    this.#team.barrier();
    const totals = totalsOf(gradients);
    const scale = scaleFor(totals, hessianIsOne && this.#job.weights === null);
    const tree = round * outputs + output;
    const rounding = mixBits(seed + Math.imul(tree + 1, 0x9e3779b1));
    const seedling = this.#seedling(scale, totals.rows, sample, rounding, tree);
    const { splits, leaves } = this.#grower.grow(seedling);
    this.#noteLeaves(output, splits, leaves, sample);
    return { output, splits, values: this.#values(output, leaves, sample) };
  }

  #seedling(
    scale: PackedScale,
    rows: number,
    sample: Uint8Array | null,
    rounding: number,
    tree: number,
  ): Seedling {
    const { records, gradients } = this.#job;
    const { order } = this.#grower;
    const ownRows = this.#fillOrder(sample);
    return {
      scale,
      rows,
      ownRows,
      columnsBelow: this.#columnSampler.columnsOf(tree),
      countRoot: (builder) => {
        ownBlocks(this.#team, records.rows, (from, to) => {
          packStretch(gradients, records, scale, rounding, from, to);
          if (sample === null) builder.addStretch(from, to);
        });
        if (sample !== null) builder.addRows(order, 0, ownRows);
      },
    };
  }

  /** This thread's rows that the tree learns from, ascending; returns how many. */
  #fillOrder(sample: Uint8Array | null): number {
    let count = 0;
    ownBlocks(this.#team, this.#job.records.rows, (from, to) => {
      count = appendRows(this.#grower.order, count, sample, from, to);
    });
    return count;
  }

  /** Writes the leaf of each of this thread's rows; those that the tree did not learn from walk down it. */
  #noteLeaves(
    output: number,
    splits: readonly GrownSplit[],
    leaves: readonly GrownLeaf[],
    sample: Uint8Array | null,
  ): void {
    const { records } = this.#job;
    const noted = this.#job.leaves.subarray(output * records.rows, (output + 1) * records.rows);
    leaves.forEach(({ from, to }, leaf) => {
      noteLeaf(noted, this.#grower.order, from, to, leaf);
    });
    if (sample === null) return;
    const walker = new TreeWalker(splits);
    ownBlocks(this.#team, records.rows, (from, to) => {
      for (let row = from; row < to; row++)
        if (sample[row] === 0) noted[row] = walker.leafOf(records, row);
    });
  }

  #values(output: number, leaves: readonly GrownLeaf[], sample: Uint8Array | null): Float64Array {
    const { params, records } = this.#job;
    // A tree without a split is none: the model leaves it out, so it must not move the scores that later trees learn from.
    if (leaves.length === 1) return new Float64Array(1);
    const rate = params.learning_rate;
    if (this.#loss.renewalQuantile === null)
      return Float64Array.from(
        leaves,
        ({ stats: { gradient, hessian, lowest, highest } }) =>
          rate * Math.min(highest, Math.max(lowest, -gradient / (hessian + params.reg_lambda))),
      );
    const noted = this.#job.leaves.subarray(output * records.rows, (output + 1) * records.rows);
    this.#team.barrier();
    const values = renewedValues(this.#job, noted, leaves, sample, this.#loss.renewalQuantile);
    this.#team.barrier();
    return values.map((value) => rate * value);
  }

  /** The mean loss of the validation part; without one NaN, which no loss is worse than: every round is the best so far. */
  #validationLoss(): number {
    const { validation, y, weights, scores } = this.#job;
    if (validation === null) return NaN;
    this.#team.barrier();
    return this.#loss.mean(y, weights, scores, validation);
  }
}

function addLeaves(
  scores: Float64Array,
  outputs: number,
  output: number,
  leaves: Uint16Array,
  first: number,
  values: Float64Array,
  from: number,
  to: number,
): void {
  for (let row = from, at = from * outputs + output; row < to; row++, at += outputs)
    scores[at] = (scores[at] as number) + (values[leaves[first + row] as number] as number);
}

function noteLeaf(
  noted: Uint16Array,
  order: Int32Array,
  from: number,
  to: number,
  leaf: number,
): void {
  for (let i = from; i < to; i++) noted[order[i] as number] = leaf;
}

/** Appends the rows of [from, to) that are in the sample (null: all) to the first `count` of `order`; returns how many there are then. */
function appendRows(
  order: Int32Array,
  count: number,
  sample: Uint8Array | null,
  from: number,
  to: number,
): number {
  for (let row = from; row < to; row++) {
    order[count] = row;
    count += sample === null ? 1 : (sample[row] as number);
  }
  return count;
}
