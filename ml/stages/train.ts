// Stage train: search over the candidates, calibration and threshold on its out-of-fold scores, refit of the best one, export. Writes model.onnx, what explains
// its answers, what drift is measured against, candidates.json and, last of all, training.json.
import { VERSION } from '../../src/common/version.ts';
import type { GoldenFile } from '../../src/model/model-bundle.ts';
import { EXPLAINER_FILES, sha256 } from '../../src/model/model-bundle.ts';
import { OnnxScorer } from '../../src/model/onnx-scorer.ts';
import { driftFileOf } from '../bundle/drift.ts';
import { referenceOf } from '../bundle/reference.ts';
import { recorded, type Candidate } from '../candidates.ts';
import { decodeRow } from '../data/decode-row.ts';
import { toModelFeatures } from '../data/model-features.ts';
import { crossValidateBaselines } from '../evaluation/baselines.ts';
import { calibrated } from '../calibration/calibrated-pipeline.ts';
import { applyInto, fitCalibration } from '../calibration/calibration.ts';
import type { RowSplit } from '../evaluation/folds.ts';
import { foldSplits } from '../evaluation/splits.ts';
import { explainModel } from '../explanation/explain-model.ts';
import { learningCurve, type FitScore, type LearningPoint } from '../evaluation/learning-curve.ts';
import { SCORES } from '../evaluation/metrics.ts';
import { analyse } from '../report/analysis.ts';
import { chooseThreshold } from '../evaluation/threshold.ts';
import { fitCandidate, predict, takeLabelled, type LabelledRows } from '../search/fit-candidate.ts';
import type { SearchData } from '../search/fold-task.ts';
import { openJournal } from '../search/journal.ts';
import { nestedEstimate, type NestedEstimate, type NestedSplits } from '../search/nested.ts';
import { outOfFold } from '../search/out-of-fold.ts';
import { STREAMS } from '../search/streams.ts';
import {
  searchCandidates,
  type CandidateResult,
  type SearchOptions,
  type SearchResult,
} from '../search/search.ts';
import type { Float32Matrix } from '../numeric/matrix.ts';
import { Random } from '../../src/statistics/random.ts';
import { exportPipeline } from '../onnx/export-pipeline.ts';
import type { Params } from '../params.ts';
import {
  ANALYSIS,
  CANDIDATES,
  DRIFT,
  ONNX_FILE,
  SEARCH_JOURNAL,
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

/** Folds times candidates times cells below which threads take longer to start than the search takes. */
const CELLS_FOR_THREADS = 5_000_000;

/** Throws DataError, SplitError, FitError, ThresholdError or StageError. */
export async function train(context: StageContext): Promise<void> {
  const { params, reporter, threads, workspace } = context;
  reporter.stage('train');
  const dataset = await loadDataset(context);
  const split = await readSplit(context, dataset.digest);
  const all = labelledRows(dataset);
  const rows = takeLabelled(all, split.train);
  const splits = foldsOf(params, rows);
  const nestedSplits = nestedSplitsOf(params, rows);
  const data = searchData(params, rows);
  const journal = openJournal(await workspace.ready(SEARCH_JOURNAL), keyOf(params, dataset.digest));
  if (journal.found > 0) reporter.note(`going on from ${journal.found} folds that were done`);
  const options: SearchOptions = {
    threads:
      rows.x.data.length * params.candidates.length * splits.length < CELLS_FOR_THREADS
        ? 1
        : threads,
    onProgress: (progress) => {
      reporter.fold(progress);
    },
    journal,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  };
  const search = await searchCandidates(params.candidates, splits, data, params.selection, options);
  const nested =
    nestedSplits === null
      ? null
      : await nestedEstimate(params.candidates, nestedSplits, data, params.selection, options);
  const baselines = await crossValidateBaselines(params, rows, splits);
  const chosen = search.results[search.chosen];
  if (chosen === undefined) throw new StageError('there is no candidate to train');

  const folds = splits.map(({ train, test }, i) => ({
    index: search.chosen,
    fold: i,
    candidate: chosen,
    train,
    test,
  }));
  const { y, weights, scores, fold } = await outOfFold(data, folds, threads);
  const { calibration, log_loss, curves } =
    params.calibration === 'none'
      ? { calibration: { kind: 'none' } as const, log_loss: null, curves: null }
      : fitCalibration(y, scores, weights, fold);
  applyInto(calibration, scores);
  const choice = chooseThreshold(params.threshold, y, scores, weights);
  const { rule, precision, recall, called, cost } = choice;
  // A threshold that was written is reported as it was written.
  const threshold = rule.rule === 'fixed' ? rule.value : choice.threshold;
  reporter.note(
    `threshold ${threshold.toFixed(4)} by ${rule.rule}, calibration ${calibration.kind}`,
  );

  const random = Random.of(params.seed, STREAMS.refit);
  const fitted = await fitCandidate(params, chosen, rows, { random, threads });
  const pipeline = calibrated(fitted, calibration);
  const onnx = exportPipeline(pipeline, params.features.length, threshold);
  const probabilities = predict(pipeline, all.x);
  const features = toModelFeatures(params.features, rows.x);
  const decode = (row: number) => decodeRow(params.features, rowOf(all.x, row));
  const explainer = await explainModel(params, {
    fitted,
    calibration: calibration.kind,
    x: rows.x,
    probabilities: Float64Array.from(split.train, (row) => probabilities[row] ?? Number.NaN),
    threshold,
  });
  const training: TrainingArtifact = {
    data_digest: dataset.digest,
    onnx_sha256: sha256(onnx),
    seed: params.seed,
    threshold,
    threshold_choice: { rule: { ...rule }, precision, recall, called, cost },
    calibration: { kind: calibration.kind, log_loss, curves },
    training_rows: split.train.length,
    onnx_max_difference: await maxDifference(onnx, all.x, probabilities),
    explainer: {
      onnx_sha256: sha256(explainer.onnx),
      numbers_sha256: sha256(explainer.numbers),
      facts: explainer.facts,
    },
    features: {
      target: params.target.column,
      positive_label: params.target.labels.positive,
      positive_value: params.target.positive,
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
  const analysis = analyse(
    {
      features: params.features,
      predict: (x) => predict(pipeline, x),
      held: takeLabelled(all, split.test),
      lines: Int32Array.from(split.test, (row) => dataset.lines.lineOf(row)),
      threshold: Math.fround(threshold),
      gains: pipeline.gains,
      learning_curve: await curveOf(context, chosen, rows, splits),
    },
    Random.of(params.seed, STREAMS.analysis),
  );
  await workspace.write(ONNX_FILE, onnx);
  await workspace.write(EXPLAINER_FILES.onnx, explainer.onnx);
  await workspace.write(EXPLAINER_FILES.numbers, explainer.numbers);
  const drift = driftFileOf({
    features: params.features,
    x: rows.x,
    predictions: { source: 'out_of_fold', y, scores },
    threshold,
    seed: params.seed,
  });
  await workspace.writeJson(DRIFT.file, { onnx_sha256: training.onnx_sha256, drift });
  await workspace.writeJson(ANALYSIS.file, { onnx_sha256: training.onnx_sha256, analysis });
  await workspace.writeJson(CANDIDATES.file, toArtifact(params, search, nested, baselines));
  await workspace.writeJson(TRAINING.file, training);
  journal.remove();
}

/** Of the chosen candidate, on the first fold. */
function curveOf(
  { params, threads }: StageContext,
  candidate: Candidate,
  rows: LabelledRows,
  [split]: readonly RowSplit[],
): Promise<readonly LearningPoint[]> {
  const { of } = SCORES[params.selection.metric];
  const random = Random.of(params.seed, STREAMS.analysis).stream(3);
  const fitAndScore = async (trainRows: Int32Array, testRows: Int32Array): Promise<FitScore> => {
    const part = takeLabelled(rows, trainRows);
    const held = takeLabelled(rows, testRows);
    const fitted = await fitCandidate(params, candidate, part, { random, threads });
    return {
      train: of(part.y, predict(fitted, part.x)),
      test: of(held.y, predict(fitted, held.x)),
    };
  };
  return learningCurve(rows.y, split === undefined ? [] : [split], random, fitAndScore);
}

/** Where the params ask for an estimate; all are made once, so that rows that do not allow them are told before the search and not after it. */
function nestedSplitsOf(params: Params, rows: LabelledRows): NestedSplits | null {
  const { seed, selection } = params;
  if (selection.nested === null) return null;
  const random = Random.of(seed, STREAMS.nested);
  const outer = foldSplits(rows, selection.nested, random);
  const innerOf = (inner: LabelledRows, fold: number): readonly RowSplit[] =>
    foldsOf(params, inner, random.stream(fold));
  outer.forEach(({ train }, fold) => innerOf(takeLabelled(rows, train), fold));
  return { outer, innerOf };
}

/** The splits of the search. */
const foldsOf = (
  { seed, selection: { folds } }: Params,
  rows: LabelledRows,
  random = Random.of(seed, STREAMS.folds),
): readonly RowSplit[] => foldSplits(rows, folds, random);

const searchData = (
  { features, preprocessing, derived, selection: { metric }, seed }: Params,
  rows: LabelledRows,
): SearchData => ({
  features,
  preprocessing,
  derived: derived.map(({ name, source }) => ({ name, source })),
  metric,
  seed,
  rows,
});

/** What a score of the journal depends on beside its candidate and fold: another key is another search. */
const keyOf = (params: Params, digest: string): string =>
  sha256(
    Buffer.from(
      JSON.stringify([
        VERSION,
        digest,
        params.split,
        params.features,
        params.derived.map(({ source }) => source),
        params.preprocessing,
        params.weights,
        params.validation,
        // Scores of the nested estimate are kept under names of their own.
        { ...params.selection, nested: null },
        params.seed,
      ]),
    ),
  );

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
  { selection: { metric, folds } }: Params,
  { results, chosen }: SearchResult,
  nested: NestedEstimate | null,
  baselines: readonly CandidateResult[],
): CandidatesArtifact {
  const compared = results.filter(({ share, failure }) => share === 1 && failure === null);
  const others = results.filter((result) => !compared.includes(result));
  return {
    metric,
    folds,
    candidates: compared.map(toOutcome),
    chosen: compared.indexOf(results[chosen] as CandidateResult),
    nested,
    dropped: others.map(({ learner, params, share, mean, failure }) => ({
      learner,
      params: recordedParams(params),
      share,
      mean: Number.isNaN(mean) ? null : mean,
      failure,
    })),
    baselines: baselines.map(toOutcome),
  };
}

const recordedParams = (params: CandidateResult['params']): CandidateOutcome['params'] =>
  Object.fromEntries(Object.entries(params).map(([key, value]) => [key, recorded(value)]));

const toOutcome = ({ learner, params, scores, mean, sd }: CandidateResult): CandidateOutcome => ({
  learner,
  params: recordedParams(params),
  scores: [...scores],
  mean,
  sd,
});
