// What a second thread brings to a search: the same twelve candidates on the same five folds, with one and with two.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { candidatesOf } from '../../../ml/candidates.ts';
import { splitByFold, stratifiedFolds } from '../../../ml/evaluation/folds.ts';
import type { SearchData } from '../../../ml/search/fold-task.ts';
import type * as SearchModule from '../../../ml/search/search.ts';
import { Random } from '../../../src/statistics/random.ts';
import { loadDataSet, numericFeatures } from '../../support/datasets.ts';
import type { Figure } from '../figures.ts';
import { say } from './say.ts';

const FOLDS = 5;
const LEAST_SPEEDUP = 1.7;

export async function measureSearch(): Promise<readonly Figure[]> {
  const one = await secondsOf(1);
  const two = await secondsOf(2);
  say(`  one thread ${one.toFixed(1)} s, two ${two.toFixed(1)} s`);
  return [
    {
      what: 'search of 12 candidates on ucidefault, two threads over one',
      value: one / two,
      unit: 'x',
      goal: LEAST_SPEEDUP,
      atLeast: true,
    },
  ];
}

/** As compiled: threads would compile for themselves what they run. */
async function compiledSearch(): Promise<typeof SearchModule> {
  const { href } = pathToFileURL(resolve('dist/ml/search/search.js'));
  return (await import(href)) as typeof SearchModule;
}

async function secondsOf(threads: number): Promise<number> {
  const set = loadDataSet('ucidefault');
  const { candidates } = candidatesOf([
    {
      learner: 'gradient_boosting',
      grid: { num_leaves: [7, 15, 31], learning_rate: [0.05, 0.1, 0.2] },
    },
    { learner: 'random_forest', grid: { min_samples_leaf: [5, 20, 50] } },
  ]);
  const fold = stratifiedFolds(set.y, FOLDS, Random.of(1));
  const splits = Array.from({ length: FOLDS }, (_, i) => splitByFold(fold, i));
  const data: SearchData = {
    features: numericFeatures(set),
    preprocessing: {},
    derived: [],
    metric: 'log_loss',
    seed: 1,
    rows: { x: set.rows, y: set.y, weights: null },
  };
  const settings = { method: 'all', metric: 'log_loss', onFailure: 'stop' } as const;
  const { searchCandidates } = await compiledSearch();
  const began = performance.now();
  await searchCandidates(candidates, splits, data, settings, { threads, onProgress: () => {} });
  return (performance.now() - began) / 1000;
}
