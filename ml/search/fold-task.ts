// One fit of a search: a candidate on the training rows of a fold, measured on its test rows. The same on every thread.
import type { Candidate } from '../candidates.ts';
import { fitCandidate, predict, takeLabelled, type LabelledRows } from './fit-candidate.ts';
import { SCORES, type ScoreName } from '../evaluation/metrics.ts';
import type { Params } from '../params.ts';
import { deriveFeature } from '../preprocessing/derived.ts';
import { Random } from '../../src/statistics/random.ts';

/** What all fits of a search share. It is cloned once into each thread; rows on shared memory are not copied. */
export interface SearchData {
  readonly features: Params['features'];
  readonly preprocessing: Params['preprocessing'];
  readonly derived: readonly { readonly name: string; readonly source: string }[];
  readonly metric: ScoreName;
  readonly seed: number;
  readonly rows: LabelledRows;
}

export interface FoldTask {
  readonly candidate: Candidate;
  /** Row numbers, ascending. */
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** The stream of the seed that the fit draws from. */
  readonly stream: readonly number[];
}

/** Threads get the expressions as they are written: what they were read into holds functions. */
export const derivedOf = ({ derived, features }: SearchData): Params['derived'] =>
  derived.map(({ name, source }) => deriveFeature(name, source, features));

/** The metric of the candidate on the test rows. Throws FitError. */
export async function scoreFold(data: SearchData, task: FoldTask): Promise<number> {
  const { features, preprocessing, metric, seed, rows } = data;
  const derived = derivedOf(data);
  const random = Random.of(seed, ...task.stream);
  const pipeline = await fitCandidate(
    { features, derived, preprocessing },
    task.candidate,
    takeLabelled(rows, task.train),
    { random, threads: 1 },
  );
  const held = takeLabelled(rows, task.test);
  return SCORES[metric].of(held.y, predict(pipeline, held.x));
}
