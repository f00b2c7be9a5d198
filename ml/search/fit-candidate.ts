// Fits one candidate on labelled rows: what the search, the refit and the baselines have in common.
import type { Candidate } from '../candidates.ts';
import { takeKeys, type RowKeys } from '../data/row-keys.ts';
import { learners } from '../learners/index.ts';
import type { FitResources, Learner } from '../learners/learner.ts';
import { takeRows, type Float32Matrix } from '../numeric/matrix.ts';
import type { Params } from '../params.ts';
import { fitPipeline, type Pipeline } from '../pipeline.ts';

export interface LabelledRows {
  /** Raw rows, float32 [rows, features]. */
  readonly x: Float32Matrix;
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  /** The weight of each row, [rows]; null: all rows weigh 1. */
  readonly weights: Float64Array | null;
  /** null or absent: rows are split by class alone. */
  readonly keys?: RowKeys | null;
}

/** Of params; without options for the preprocessing each learner's input does what it does by itself. */
type PipelineParams = Pick<Params, 'features' | 'derived'> & Partial<Pick<Params, 'preprocessing'>>;

const BINARY = Object.freeze({ kind: 'binary' } as const);

/** Throws FitError. */
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
  { x, y, weights, keys = null }: LabelledRows,
  indices: Int32Array,
): LabelledRows => ({
  x: takeRows(x, indices),
  y: Uint8Array.from(indices, (row) => y[row] ?? 0),
  weights: weights === null ? null : Float64Array.from(indices, (row) => weights[row] ?? 0),
  keys: keys === null ? null : takeKeys(keys, indices),
});

export function predict(pipeline: Pipeline, x: Float32Matrix): Float64Array {
  const out = new Float64Array(x.rows);
  pipeline.predictInto(x, out);
  return out;
}
