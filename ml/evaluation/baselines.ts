// What any model must beat to be worth its while: the baselines on the same folds and the same held-out rows as the candidates.
import { Random } from '../../src/statistics/random.ts';
import type { Candidate } from '../candidates.ts';
import { learners, type LearnerName } from '../learners/index.ts';
import type { Params } from '../params.ts';
import { fitCandidate, predict, type LabelledRows } from '../search/fit-candidate.ts';
import { STREAMS } from '../search/streams.ts';
import { searchCandidates, type CandidateResult } from '../search/search.ts';
import type { RowSplit } from './folds.ts';
import { SCORES, type ScoreName } from './metrics.ts';

/** From the one that knows least to the one that knows most. */
const NAMES = ['majority', 'prior', 'best_feature'] as const satisfies readonly LearnerName[];

export const BASELINES: readonly Candidate[] = Object.freeze(
  NAMES.map((learner) =>
    Object.freeze({
      learner,
      params: learners[learner].params.parse({}),
    }),
  ),
);

type BaselineParams = Pick<Params, 'features' | 'derived' | 'selection' | 'seed'>;

/** On the folds of the search. They see the columns as they are, without the preprocessing of the candidates. Throws FitError. */
export async function crossValidateBaselines(
  { features, derived, selection, seed }: BaselineParams,
  rows: LabelledRows,
  splits: readonly RowSplit[],
): Promise<readonly CandidateResult[]> {
  const { metric } = selection;
  const data = { features, derived, preprocessing: {}, metric, seed, rows };
  const settings = { method: 'all', metric, onFailure: 'stop' } as const;
  const options = { threads: 1, onProgress: () => {} };
  return (await searchCandidates(BASELINES, splits, data, settings, options)).results;
}

export interface BaselineOutcome {
  readonly learner: string;
  /** The one feature that it looks at; null for those that look at none. */
  readonly feature: string | null;
  /** Every metric that a model can be selected by, of the held-out rows. */
  readonly metrics: Readonly<Record<ScoreName, number>>;
}

/** Fits each baseline on `train` and measures it on `held`. Throws FitError. */
export function measureBaselines(
  { features, derived, seed }: Pick<Params, 'features' | 'derived' | 'seed'>,
  train: LabelledRows,
  held: LabelledRows,
): Promise<readonly BaselineOutcome[]> {
  return Promise.all(
    BASELINES.map(async (baseline) => {
      const random = Random.of(seed, STREAMS.refit);
      const fitted = await fitCandidate({ features, derived }, baseline, train, {
        random,
        threads: 1,
      });
      const p = predict(fitted, held.x);
      const metrics = Object.entries(SCORES).map(([name, { of }]) => [name, of(held.y, p)]);
      return {
        learner: baseline.learner,
        feature: fitted.columns[fitted.diagnostics['column'] ?? -1] ?? null,
        metrics: Object.fromEntries(metrics) as BaselineOutcome['metrics'],
      };
    }),
  );
}

/** As in `best_feature (worst perimeter)`. */
export const baselineName = ({
  learner,
  feature,
}: Pick<BaselineOutcome, 'learner' | 'feature'>): string =>
  feature === null ? learner : `${learner} (${feature})`;
