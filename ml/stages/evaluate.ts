// Stage evaluate: measures the exported model on the held-out part, as it will be served, beside the baselines. Writes evaluation.json, metrics.json and, of the
// held-out rows, holdout.json.
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import { measureBaselines } from '../evaluation/baselines.ts';
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
import { expectSame, expectSameRule } from './workspace.ts';

/** Single-row predictions timed for prediction_latency_ms, after as many untimed ones have warmed the session up. */
const TIMED_ROWS = 200;

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
      metrics: {
        ...evaluateMetrics(held.y, scores, threshold),
        prediction_latency_ms: await meanLatency(scorer, held.x.data, held.x.rows),
      },
      confusion_matrix: { ...confusionMatrix(held.y, scores, threshold) },
      baselines: baselines.map(({ metrics, ...rest }) => ({ ...rest, metrics: { ...metrics } })),
    };
    await workspace.writeJson(EVALUATION.file, evaluation);
    await workspace.writeJson(METRICS_FILE, {
      ...evaluation.metrics,
      ...evaluation.confusion_matrix,
    });
    await workspace.writeJson(HOLDOUT.file, {
      onnx_sha256: training.onnx_sha256,
      holdout: sampleHoldout(params, held, scores),
    });
  } finally {
    await scorer.release();
  }
}

/** Mean milliseconds of scoring one row through ONNX Runtime. */
async function meanLatency(scorer: OnnxScorer, data: Float32Array, rows: number): Promise<number> {
  const width = scorer.featureCount;
  const scoreRows = async (): Promise<void> => {
    for (let i = 0; i < TIMED_ROWS; i++) {
      const row = i % rows;
      await scorer.score(data.subarray(row * width, (row + 1) * width), 1);
    }
  };
  await scoreRows();
  const began = performance.now();
  await scoreRows();
  return (performance.now() - began) / TIMED_ROWS;
}
