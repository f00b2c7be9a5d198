// What a candidate says of the training rows when it has not seen them: each fold's rows by the model of the other folds. Calibration and
// threshold are chosen on these.
import { Random } from '../../src/statistics/random.ts';
import { fitCandidate, predict, takeLabelled } from './fit-candidate.ts';
import { taskOf, type CandidateFold } from './search.ts';
import type { SearchData } from './fold-task.ts';
import { derivedOf } from './fold-task.ts';

/** The rows that some fold tests, in their order; in order of time the earliest rows are in none. */
export interface OutOfFold {
  /** 1 = positive class, [rows]. */
  readonly y: Uint8Array;
  readonly weights: Float64Array | null;
  /** P(positive) by the model of the other folds, [rows]. */
  readonly scores: Float64Array;
  /** Which fold tested it, [rows]. */
  readonly fold: Uint8Array;
}

/** The fits are those that the search measured, made again. Throws FitError. */
export async function outOfFold(
  data: SearchData,
  folds: readonly Omit<CandidateFold, 'stream'>[],
  threads: number,
): Promise<OutOfFold> {
  const { features, preprocessing, seed, rows } = data;
  const derived = derivedOf(data);
  const scores = new Float64Array(rows.y.length).fill(Number.NaN);
  const fold = new Uint8Array(rows.y.length);
  for (const each of folds) {
    const { candidate, train, test, stream } = taskOf(each);
    const random = Random.of(seed, ...stream);
    const fitted = await fitCandidate(
      { features, derived, preprocessing },
      candidate,
      takeLabelled(rows, train),
      { random, threads },
    );
    predict(fitted, takeLabelled(rows, test).x).forEach((p, i) => {
      scores[test[i] as number] = p;
      fold[test[i] as number] = each.fold;
    });
  }
  const tested = (_: unknown, row: number): boolean => !Number.isNaN(scores[row]);
  return {
    y: rows.y.filter(tested),
    weights: rows.weights?.filter(tested) ?? null,
    scores: scores.filter(tested),
    fold: fold.filter(tested),
  };
}
