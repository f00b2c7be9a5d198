// Stage evaluate: measures the exported model on the held-out part, as it will be served, beside the baselines. Writes evaluation.json, metrics.json, the points
// of its curves and, of the held-out rows, holdout.json. The same input gives the same bytes: nothing here is a time.
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import { measureBaselines } from '../evaluation/baselines.ts';
import {
  calibrationCurve,
  precisionRecallCurve,
  rocCurve,
  type Point,
} from '../evaluation/figures.ts';
import { fairnessOf } from '../evaluation/fairness.ts';
import { metricIntervals } from '../evaluation/metric-intervals.ts';
import { confusionMatrix, evaluate as evaluateMetrics } from '../evaluation/metrics.ts';
import { takeLabelled } from '../search/fit-candidate.ts';
import { sampleHoldout } from '../evaluation/sample-holdout.ts';
import {
  EVALUATION,
  HOLDOUT,
  METRICS_FILE,
  TRAINING,
  type EvaluationArtifact,
} from './artifacts.ts';
import { labelledRows, loadDataset, type StageContext } from './context.ts';
import { readSplit } from './prepare.ts';
import { expectSame, expectSameRule, Workspace } from './workspace.ts';

const PLOTS_FOLDER = 'plots';

/** Throws DataError, FitError or StageError. */
export async function evaluate(context: StageContext): Promise<void> {
  const { params, reporter, workspace } = context;
  reporter.stage('evaluate');
  const dataset = await loadDataset(context);
  const split = await readSplit(context, dataset.digest);
  const training = await workspace.read(TRAINING);
  expectSame('train', 'the model and the data', training.data_digest, dataset.digest);
  const threshold = Math.fround(training.threshold);
  expectSameRule(training, params);
  const all = labelledRows(dataset);
  const held = takeLabelled(all, split.test);
  const baselines = await measureBaselines(params, takeLabelled(all, split.train), held);
  const scorer = await OnnxScorer.load(await workspace.readOnnx(training), params.features.length);
  try {
    const { probability } = await scorer.score(held.x.data, held.x.rows);
    const scores = Float64Array.from(probability);
    const evaluation: EvaluationArtifact = {
      onnx_sha256: training.onnx_sha256,
      rows: held.x.rows,
      metrics: { ...evaluateMetrics(held.y, scores, threshold) },
      intervals: metricIntervals(held.y, scores, threshold),
      confusion_matrix: { ...confusionMatrix(held.y, scores, threshold) },
      fairness: fairnessOf(dataset.protected, split.test, held.y, scores, threshold),
      baselines: baselines.map(({ metrics, ...rest }) => ({ ...rest, metrics: { ...metrics } })),
    };
    await workspace.writeJson(EVALUATION.file, evaluation);
    await workspace.writeJson(METRICS_FILE, {
      ...evaluation.metrics,
      ...evaluation.confusion_matrix,
    });
    await writePlots(workspace, held.y, scores);
    await workspace.writeJson(HOLDOUT.file, {
      onnx_sha256: training.onnx_sha256,
      holdout: sampleHoldout(params, held, scores),
    });
  } finally {
    await scorer.release();
  }
}

/** As `dvc plots` reads them: a file per curve, an object per point. */
async function writePlots(
  workspace: Workspace,
  y: ArrayLike<number>,
  scores: Float64Array,
): Promise<void> {
  const plots = new Workspace(workspace.path(PLOTS_FOLDER));
  const write = (file: string, x: string, yName: string, points: readonly Point[]): Promise<void> =>
    plots.writeJson(
      file,
      points.map((point) => ({ [x]: point[0], [yName]: point[1] })),
    );
  await write('roc.json', 'false_positive_rate', 'true_positive_rate', rocCurve(y, scores));
  await write('precision_recall.json', 'recall', 'precision', precisionRecallCurve(y, scores));
  await write(
    'calibration.json',
    'mean_probability',
    'share_of_positives',
    calibrationCurve(y, scores),
  );
}
