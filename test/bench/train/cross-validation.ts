// Five folds of one learner on one data set, each in a process of its own.
import type { PipelineJob } from '../../support/fit-job.ts';
import { mean } from './row.ts';
import type { Workplace } from './workplace.ts';

export const FOLDS = [0, 1, 2, 3, 4] as const;

/** A fit of the default target with one thread and nothing checked. */
export const plainJob = (
  job: Pick<PipelineJob, 'learner' | 'params' | 'set'> & Partial<PipelineJob>,
): PipelineJob => ({
  kind: 'pipeline',
  categories: 'codes',
  target: 'binary',
  fold: 0,
  threads: 1,
  seed: 42,
  exportTo: null,
  parity: false,
  ...job,
});

/** Means over the folds, and over seeds where chance has a part in the fit. */
export async function crossValidate(
  workplace: Workplace,
  job: PipelineJob,
  seeds: readonly number[] = [job.seed],
): Promise<{ readonly auc: number; readonly logLoss: number }> {
  const fits = [];
  for (const seed of seeds)
    for (const fold of FOLDS) fits.push(await workplace.ours({ ...job, seed, fold }));
  return {
    auc: mean(fits.map(({ auc }) => auc ?? NaN)),
    logLoss: mean(fits.map(({ logLoss }) => logLoss ?? NaN)),
  };
}
