// The random forest beside scikit-learn's: how well it ranks, its time, and the size of its ONNX file.
import { DATA_SETS, type DataSetName } from '../../support/datasets.ts';
import { goldenForest, goldenResult } from '../../support/golden.ts';
import { crossValidate, plainJob } from './cross-validation.ts';
import type { MeasurePart } from './parts.ts';
import { least, score, seconds, type Row } from './row.ts';
import type { Workplace } from './workplace.ts';

const RUNS = 2;
const LEARNER = 'random_forest';
/** As many as scikit-learn was measured with: on small sets chance weighs more than the tolerance. */
const SEEDS = [42, 43, 44];
const MIN_LEAF_20 = { n_estimators: 100, min_samples_leaf: 20 } as const;

export const measureForest: MeasurePart = async (workplace) => {
  const rows: Row[] = [];
  for (const set of DATA_SETS) rows.push(await qualityOn(workplace, set));
  rows.push(await timeOnGmsc(workplace), await sizeOnGmsc(workplace));
  return rows;
};

async function qualityOn(workplace: Workplace, set: DataSetName): Promise<Row> {
  const job = plainJob({ learner: LEARNER, params: MIN_LEAF_20, set });
  const { auc: peer, seeds } = goldenForest(workplace.golden, set, 'rf20');
  const { auc } = await crossValidate(workplace, job, SEEDS.slice(0, seeds));
  return {
    what: `forest of 100, min leaf 20, on ${set}, mean AUC of 5 folds over ${seeds === 1 ? 'one seed' : `${seeds} seeds`}, difference`,
    ours: score(auc),
    peer: `scikit-learn ${score(peer)}`,
    value: auc - peer,
    unit: '',
    goal: -0.003,
    aim: -0.001,
    atLeast: true,
    digits: 5,
  };
}

async function timeOnGmsc(workplace: Workplace): Promise<Row> {
  const ours = [];
  const theirs = [];
  for (let run = 0; run < RUNS; run++) {
    ours.push(
      await workplace.ours(plainJob({ learner: LEARNER, params: MIN_LEAF_20, set: 'gmsc' })),
    );
    theirs.push(
      await workplace.peer({
        library: 'scikit-learn',
        learner: 'forest',
        set: 'gmsc',
        threads: 1,
        fold: 0,
        min_samples_leaf: MIN_LEAF_20.min_samples_leaf,
      }),
    );
  }
  const mine = least(ours, (run) => run.cpuSeconds).cpuSeconds;
  const peer = least(theirs, (run) => run.cpuSeconds).cpuSeconds;
  return {
    what: 'forest of 100, min leaf 20, on gmsc, one thread, processor time: how much faster',
    ours: seconds(mine),
    peer: `scikit-learn ${seconds(peer)}`,
    value: peer / mine,
    unit: 'x',
    goal: 4,
    aim: 10,
    atLeast: true,
  };
}

async function sizeOnGmsc(workplace: Workplace): Promise<Row> {
  const { onnxBytes } = await workplace.ours(
    plainJob({ learner: LEARNER, params: {}, set: 'gmsc' }),
  );
  const peer = goldenResult(workplace.golden, 'gmsc', 'rf').onnx?.bytes ?? NaN;
  return {
    what: 'forest with default params on gmsc, its ONNX file',
    ours: `${(onnxBytes / 1e6).toFixed(1)} MB`,
    peer: `scikit-learn ${(peer / 1e6).toFixed(1)} MB`,
    value: onnxBytes / 1e6,
    unit: 'MB',
    goal: 15,
    digits: 1,
  };
}
