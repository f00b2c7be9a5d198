// Compares candidates by stratified K-fold cross-validation on the training part, and picks the one with the best mean score.
import type { Candidate } from '../candidates.ts';
import { learners } from '../learners/index.ts';
import type { FitResources, Learner } from '../learners/learner.ts';
import { takeRows, type Float32Matrix } from '../numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import type { Params } from '../params.ts';
import { fitPipeline, type Pipeline } from '../pipeline.ts';
import { splitByFold, stratifiedFolds, type RowSplit } from './folds.ts';
import { SCORES, type ScoreName } from './metrics.ts';

export interface LabelledRows {
  /** Raw rows, float32 [rows, features]. */
  readonly x: Float32Matrix;
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  /** The weight of each row, [rows]; null: all rows weigh 1. */
  readonly weights: Float64Array | null;
}

export interface CandidateResult extends Candidate {
  /** The selection metric on each fold. */
  readonly scores: readonly number[];
  readonly mean: number;
  /** Standard deviation over the folds, divided by folds - 1. */
  readonly sd: number;
}

export interface SearchProgress {
  readonly candidate: Candidate;
  /** Counted from 0. */
  readonly candidateIndex: number;
  readonly candidates: number;
  readonly fold: number;
  readonly folds: number;
  readonly metric: ScoreName;
  readonly best: CandidateResult | null;
}

export interface SearchResult {
  readonly results: readonly CandidateResult[];
  /** Index into results; of equals the first. */
  readonly chosen: number;
}

/** Streams of the seed: each use draws from its own, so that one more candidate or fold changes no other. */
export const STREAMS = { holdout: 0, folds: 1, search: 2, refit: 3, sample: 4 } as const;

/** Of params; without options for the preprocessing each learner's input does what it does by itself. */
type PipelineParams = Pick<Params, 'features' | 'derived'> & Partial<Pick<Params, 'preprocessing'>>;
type SearchParams = PipelineParams & Pick<Params, 'candidates' | 'selection' | 'seed'>;

/** Throws FitError or SplitError where the rows do not allow it. */
export async function searchGrid(
  params: SearchParams,
  rows: LabelledRows,
  onFold: (progress: SearchProgress) => void,
  threads = 1,
): Promise<SearchResult> {
  const { candidates, selection, seed } = params;
  const { folds } = selection;
  const fold = stratifiedFolds(rows.y, folds, Random.of(seed, STREAMS.folds));
  const splits = Array.from({ length: folds }, (_, i) => splitByFold(fold, i));
  const search = { candidates: candidates.length, ...selection };
  const results: CandidateResult[] = [];
  for (const [candidateIndex, candidate] of candidates.entries()) {
    const scores: number[] = [];
    for (const [i, split] of splits.entries()) {
      const best = bestOf(results, selection.metric);
      onFold({ ...search, candidate, candidateIndex, fold: i, best });
      const random = Random.of(seed, STREAMS.search, candidateIndex, i);
      scores.push(await scoreFold(params, candidate, rows, split, { random, threads }));
    }
    results.push({ ...candidate, scores, ...meanAndSd(scores) });
  }
  const best = bestOf(results, selection.metric);
  return { results, chosen: best === null ? 0 : results.indexOf(best) };
}

/** The first of equals. */
const bestOf = (results: readonly CandidateResult[], metric: ScoreName): CandidateResult | null =>
  results.reduce<CandidateResult | null>(
    (best, result) => (best === null || isBetter(metric, result.mean, best.mean) ? result : best),
    null,
  );

const BINARY = Object.freeze({ kind: 'binary' } as const);

/** Fits one candidate on the given rows. */
export function fitCandidate(
  { features, derived, preprocessing = {} }: PipelineParams,
  candidate: Candidate,
  rows: LabelledRows,
  resources: FitResources,
): Promise<Pipeline> {
  // The params were checked by this very learner's schema when params.yaml was read.
  const learner = learners[candidate.learner] as Learner<unknown>;
  const { params } = candidate;
  const spec = { learner, params, features, derived, preprocessing, task: BINARY };
  return fitPipeline(spec, rows, resources);
}

export const takeLabelled = (
  { x, y, weights }: LabelledRows,
  indices: Int32Array,
): LabelledRows => ({
  x: takeRows(x, indices),
  y: Uint8Array.from(indices, (row) => y[row] ?? 0),
  weights: weights === null ? null : Float64Array.from(indices, (row) => weights[row] ?? 0),
});

export function predict(pipeline: Pipeline, x: Float32Matrix): Float64Array {
  const out = new Float64Array(x.rows);
  pipeline.predictInto(x, out);
  return out;
}

async function scoreFold(
  params: SearchParams,
  candidate: Candidate,
  rows: LabelledRows,
  { train, test }: RowSplit,
  resources: FitResources,
): Promise<number> {
  const pipeline = await fitCandidate(params, candidate, takeLabelled(rows, train), resources);
  const held = takeLabelled(rows, test);
  return SCORES[params.selection.metric].of(held.y, predict(pipeline, held.x));
}

function isBetter(metric: ScoreName, score: number, than: number): boolean {
  return SCORES[metric].greaterIsBetter ? score > than : score < than;
}

function meanAndSd(scores: readonly number[]): { readonly mean: number; readonly sd: number } {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (scores.length - 1)) };
}
