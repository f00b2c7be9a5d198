// Stage train: grid search over the candidates, refit of the best on the training part, export. Writes model.onnx, candidates.json and,
// last of all, training.json.
import type { GoldenFile } from '../../src/model/model-bundle.ts';
import { sha256 } from '../../src/model/model-bundle.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import { referenceOf } from '../bundle/reference.ts';
import { recorded } from '../candidates.ts';
import { decodeRow } from '../data/decode-row.ts';
import { toModelFeatures } from '../data/model-features.ts';
import { crossValidateBaselines } from '../evaluation/baselines.ts';
import {
  fitCandidate,
  predict,
  searchGrid,
  STREAMS,
  takeLabelled,
  type CandidateResult,
  type SearchProgress,
  type SearchResult,
} from '../evaluation/grid-search.ts';
import type { Float32Matrix } from '../numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { exportPipeline } from '../onnx/export-pipeline.ts';
import type { Params } from '../params.ts';
import {
  CANDIDATES,
  ONNX_FILE,
  TRAINING,
  type CandidateOutcome,
  type CandidatesArtifact,
  type TrainingArtifact,
} from './artifacts.ts';
import { labelledRows, loadDataset, type StageContext } from './context.ts';
import { readSplit } from './prepare.ts';
import { StageError } from './stage-error.ts';

/** Rows that go into golden.json. */
const GOLDEN_ROWS = 32;
/** ONNX Runtime adds in float32: over hundreds of trees or columns its sums may be off by a few units in the sixth decimal. */
const GOLDEN_TOLERANCE = 1e-5;

/** Throws DataError, SplitError, FitError or StageError. */
export async function train(context: StageContext): Promise<void> {
  const { params, reporter, threads, workspace } = context;
  reporter.stage('train');
  const dataset = await loadDataset(context);
  const split = await readSplit(context, dataset.digest);
  const all = labelledRows(dataset);
  const rows = takeLabelled(all, split.train);
  const onFold = (progress: SearchProgress): void => {
    reporter.fold(progress);
  };
  const search = await searchGrid(params, rows, onFold, threads);
  const baselines = await crossValidateBaselines(params, rows);
  const chosen = search.results[search.chosen];
  if (chosen === undefined) throw new StageError('there is no candidate to train');

  const random = Random.of(params.seed, STREAMS.refit);
  const pipeline = await fitCandidate(params, chosen, rows, { random, threads });
  const onnx = exportPipeline(pipeline, params.features.length, params.threshold);
  const probabilities = predict(pipeline, all.x);
  const features = toModelFeatures(params.features, rows.x);
  const decode = (row: number) => decodeRow(params.features, rowOf(all.x, row));
  const training: TrainingArtifact = {
    data_digest: dataset.digest,
    onnx_sha256: sha256(onnx),
    seed: params.seed,
    threshold: params.threshold,
    training_rows: split.train.length,
    onnx_max_difference: await maxDifference(onnx, all.x, probabilities),
    features: {
      target: params.target.column,
      positive_label: params.target.labels.positive,
      negative_label: params.target.labels.negative,
      features,
      derived: params.derived.map(({ name, source }) => ({ name, expression: source })),
    },
    golden: goldenOf(probabilities, decode),
    reference: referenceOf(
      features,
      [...split.train].map(decode),
      Float64Array.from(split.train, (row) => probabilities[row] ?? Number.NaN),
    ),
  };
  await workspace.write(ONNX_FILE, onnx);
  await workspace.writeJson(CANDIDATES.file, toArtifact(params, search, baselines));
  await workspace.writeJson(TRAINING.file, training);
}

const rowOf = ({ data, columns }: Float32Matrix, row: number): Float32Array =>
  data.subarray(row * columns, (row + 1) * columns);

/** Rows spread evenly from the smallest of the trainer's probabilities to the largest. */
function goldenOf(
  probabilities: Float64Array,
  decode: (row: number) => GoldenFile['rows'][number]['features'],
): GoldenFile {
  const order = [...probabilities.keys()].sort(
    (a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0) || a - b,
  );
  const count = Math.min(GOLDEN_ROWS, order.length);
  const picked = Array.from(
    { length: count },
    (_, i) => order[Math.round((i * (order.length - 1)) / Math.max(1, count - 1))] ?? 0,
  );
  return {
    tolerance: GOLDEN_TOLERANCE,
    rows: picked.map((row) => ({
      features: decode(row),
      probability: probabilities[row] ?? Number.NaN,
    })),
  };
}

/** Throws StageError where the exported model is not the fitted one: such a model must not go further. */
async function maxDifference(
  onnx: Uint8Array,
  { data, rows, columns }: Float32Matrix,
  expected: Float64Array,
): Promise<number> {
  const scorer = await OnnxScorer.load(onnx, columns);
  try {
    const { probability } = await scorer.score(data, rows);
    const difference = expected.reduce(
      (most, p, i) => Math.max(most, Math.abs(p - (probability[i] ?? Number.NaN))),
      0,
    );
    if (!(difference <= GOLDEN_TOLERANCE)) {
      throw new StageError(`the exported model differs from the trained one by ${difference}`);
    }
    return difference;
  } finally {
    await scorer.release();
  }
}

function toArtifact(
  params: Params,
  { results, chosen }: SearchResult,
  baselines: readonly CandidateResult[],
): CandidatesArtifact {
  return {
    ...params.selection,
    candidates: results.map(toOutcome),
    chosen,
    baselines: baselines.map(toOutcome),
  };
}

const toOutcome = ({ learner, params, scores, mean, sd }: CandidateResult): CandidateOutcome => ({
  learner,
  params: Object.fromEntries(Object.entries(params).map(([key, value]) => [key, recorded(value)])),
  scores: [...scores],
  mean,
  sd,
});
