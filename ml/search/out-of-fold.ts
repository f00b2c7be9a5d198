// What a candidate says of the training rows when it has not seen them: each fold's rows by the model of the other folds. Calibration and
// threshold are chosen on these.
import { Random } from '../../src/statistics/random.ts';
import { fitCandidate, predict, takeLabelled } from './fit-candidate.ts';
import { taskOf, type CandidateFold } from './search.ts';
import type { SearchData } from './fold-task.ts';
import { derivedOf } from './fold-task.ts';

/** P(positive) of each row, [rows]; the fits are those that the search measured, made again. Throws FitError. */
export async function outOfFold(
  data: SearchData,
  folds: readonly Omit<CandidateFold, 'stream'>[],
  threads: number,
): Promise<Float64Array> {
  const { features, preprocessing, seed, rows } = data;
  const derived = derivedOf(data);
  const out = new Float64Array(rows.y.length);
  for (const fold of folds) {
    const { candidate, train, test, stream } = taskOf(fold);
    const random = Random.of(seed, ...stream);
    const fitted = await fitCandidate(
      { features, derived, preprocessing },
      candidate,
      takeLabelled(rows, train),
      { random, threads },
    );
    predict(fitted, takeLabelled(rows, test).x).forEach((p, i) => {
      out[test[i] as number] = p;
    });
  }
  return out;
}
