// Fits boosted trees: bins the rows, sets a validation part aside where one is asked for, and runs the boosting program on a team of threads.
import type { Random } from '../../../src/statistics/random.ts';
import { runTeam } from '../../threads/run-team.ts';
import { sharedCopy } from '../../threads/shared-copy.ts';
import { fitBins } from '../../trees/binning.ts';
import { classWeights } from '../class-weights.ts';
import { FitError, type FitResources, type TrainingSet } from '../learner.ts';
import { BOOSTER, run, type Boosted, type BoostingJob } from './booster.ts';
import { flatten } from './flatten.ts';
import { gainsOf } from './gains.ts';
import { gradientSpace } from './gradients.ts';
import { growthSpace } from './grower.ts';
import { lossOf } from './losses.ts';
import { GradientBoostingModel } from './model.ts';
import { MOST_ROWS } from './packing.ts';
import type { GradientBoostingParams } from './params.ts';
import { recordsOf } from './records.ts';
import { drawValidationPart, type ValidationPart } from './validation-part.ts';

/** Cells (rows times columns) below which starting threads, some 50 ms, takes longer than they save. */
const CELLS_FOR_THREADS = 1_000_000;

/** Streams of the fit's random numbers. */
const VALIDATION = 0;
const ROUNDING = 1;

/** Throws FitError, and ThreadError where a thread dies. `program` is the module that threads run. */
export async function fitGradientBoosting(
  params: GradientBoostingParams,
  data: TrainingSet,
  resources: FitResources,
  program = BOOSTER,
): Promise<GradientBoostingModel> {
  const { rows, columns } = data.x;
  if (columns === 0) throw new FitError('expected at least one column');
  if (rows > MOST_ROWS) throw new FitError(`expected at most ${MOST_ROWS} rows, got ${rows}`);
  const threads = rows * columns < CELLS_FOR_THREADS ? 1 : resources.threads;
  const job = prepare(params, data, resources.random, threads);
  const start = job.scores.slice(0, lossOf(params, data.task).outputs);
  const [boosted] = await runTeam(program, run, job, threads, revive);
  return modelOf(job, start, boosted as Boosted);
}

/** Everything that the threads of a fit share. */
export function prepare(
  params: GradientBoostingParams,
  data: TrainingSet,
  random: Random,
  threads: number,
): BoostingJob {
  const { x, task } = data;
  const { rows } = x;
  const loss = lossOf(params, task);
  const part =
    params.early_stopping_rounds === null
      ? null
      : drawValidationPart(data, params.validation_share, random.stream(VALIDATION));
  const y = sharedCopy(data.y);
  const weights = classWeights(params.class_weight, data);
  const columns = fitBins(x, data.columns, params.max_bins);
  return {
    params,
    task,
    columns,
    records: recordsOf(x, columns),
    y,
    weights: weights === null ? null : sharedCopy(weights),
    learning: part === null ? null : sharedCopy(part.learning),
    validation: part === null ? null : sharedCopy(part.rows),
    scores: startingScores(loss.start(y, learningWeights(weights, part)), rows),
    leaves: new Uint16Array(new SharedArrayBuffer(2 * rows * loss.outputs)),
    gradients: gradientSpace(rows),
    growth: growthSpace(columns.length, params.num_leaves, threads),
    seed: random.stream(ROUNDING).next() | 0,
  };
}

/** Rows of the validation part count for nothing in what the scores start from. */
function learningWeights(
  weights: Float64Array | null,
  part: ValidationPart | null,
): Float64Array | null {
  if (part === null) return weights;
  return Float64Array.from(part.learning, (learns, row) => learns * (weights?.[row] ?? 1));
}

function startingScores(start: Float64Array, rows: number): Float64Array {
  const scores = new Float64Array(new SharedArrayBuffer(8 * rows * start.length));
  for (let at = 0; at < scores.length; at += start.length) scores.set(start, at);
  return scores;
}

function modelOf(job: BoostingJob, start: Float64Array, boosted: Boosted): GradientBoostingModel {
  const { trees, rounds, bestIteration, validationLoss } = boosted;
  const { link } = lossOf(job.params, job.task);
  const diagnostics = {
    rounds,
    best_iteration: bestIteration,
    ...(job.validation === null ? {} : { validation_loss: validationLoss }),
  };
  const ensemble = flatten(trees, job.columns, start);
  return new GradientBoostingModel(ensemble, link, diagnostics, gainsOf(trees, job.columns.length));
}

const revive = (name: string, message: string): Error =>
  name === FitError.name ? new FitError(message) : Object.assign(new Error(message), { name });
