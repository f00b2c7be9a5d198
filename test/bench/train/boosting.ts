// How well boosting ranks and calibrates on the real sets, beside what LightGBM, XGBoost, scikit-learn and CatBoost reached on the same folds.
import { DATA_SETS, SMALL_DATA_BOOSTING, type DataSetName } from '../../support/datasets.ts';
import { goldenResult } from '../../support/golden.ts';
import { crossValidate, FOLDS, plainJob } from './cross-validation.ts';
import type { MeasurePart } from './parts.ts';
import { mean, score, type Row } from './row.ts';
import { say, type Workplace } from './workplace.ts';

const LEARNER = { learner: 'gradient_boosting', params: {} } as const;
/** What the three libraries of the same kind differ by, and half as much. */
const RANGE = ['hgb', 'lgbm', 'xgb'] as const;
const AROUND = 0.0005;

export const measureBoosting: MeasurePart = async (workplace) => {
  const rows: Row[] = [];
  for (const set of DATA_SETS) rows.push(...(await qualityOn(workplace, set)));
  rows.push(await nativeCategories(workplace));
  return rows;
};

async function qualityOn(workplace: Workplace, set: DataSetName): Promise<readonly Row[]> {
  const ours = await crossValidate(workplace, plainJob({ ...LEARNER, set }));
  const peer = goldenResult(workplace.golden, set, 'lgbm');
  const range = RANGE.map((name) => goldenResult(workplace.golden, set, name));
  const lowestAuc = Math.min(...range.map(({ mean_auc }) => mean_auc)) - AROUND;
  const highestLoss = Math.max(...range.map(({ mean_logloss }) => mean_logloss)) + AROUND;
  return [
    {
      what: `boosting on ${set}, mean AUC of 5 folds, difference`,
      ours: score(ours.auc),
      peer: `LightGBM ${score(peer.mean_auc)}`,
      value: ours.auc - peer.mean_auc,
      unit: '',
      goal: -0.001,
      aim: lowestAuc - peer.mean_auc,
      atLeast: true,
      digits: 5,
    },
    {
      what: `boosting on ${set}, mean log loss of 5 folds, difference`,
      ours: score(ours.logLoss),
      peer: `LightGBM ${score(peer.mean_logloss)}`,
      value: ours.logLoss - peer.mean_logloss,
      unit: '',
      goal: 0.002,
      aim: highestLoss - peer.mean_logloss,
      digits: 5,
    },
  ];
}

/** The reference has CatBoost with categories as codes; what it reaches with its own category handling is printed beside it. */
async function nativeCategories(workplace: Workplace): Promise<Row> {
  const params = SMALL_DATA_BOOSTING;
  const job = plainJob({ ...LEARNER, params, set: 'german', categories: 'declared' });
  const ours = await crossValidate(workplace, job);
  const peer = goldenResult(workplace.golden, 'german', 'cat').mean_auc;
  const native = [];
  for (const fold of FOLDS)
    native.push(
      await workplace.peer({
        library: 'catboost',
        learner: 'boosting',
        set: 'german',
        threads: 1,
        fold,
        native: true,
      }),
    );
  const declared = mean(native.map(({ auc }) => auc));
  say(`  CatBoost on german with its own categories: AUC ${score(declared)}`);
  return {
    what: 'boosting with native categories on german (8 leaves, rate 0.05, 200 rounds, half of the columns), mean AUC of 5 folds, difference',
    ours: score(ours.auc),
    peer: `CatBoost ${score(peer)} on codes, ${score(declared)} on its own categories`,
    value: ours.auc - peer,
    unit: '',
    goal: -0.005,
    aim: 0,
    atLeast: true,
    digits: 5,
  };
}
