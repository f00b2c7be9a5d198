// Stage register: writes the bundle, proves that it reproduces the trainer's probabilities, records the run, and adds a version to the
// registry: champion where the model has none, challenger otherwise.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { env } from 'onnxruntime-node';
import { messageOf } from '../../src/common/errors.ts';
import type { HoldoutFile, ModelBundle } from '../../src/model/model-bundle.ts';
import type { ModelRegistry, ModelVersion } from '../../src/model/registry/model-registry.ts';
import { writeBundle } from '../bundle/write-bundle.ts';
import { candidateName } from '../candidates.ts';
import {
  calibrationCurve,
  evaluationFigures,
  precisionRecallCurve,
  rocCurve,
} from '../evaluation/figures.ts';
import { costCurve } from '../evaluation/threshold.ts';
import { renderReport } from '../report/render-report.ts';
import type { TrainingReport } from '../report/training-report.ts';
import type { ParamValue, Run, RunDataset } from '../tracking/run-tracker.ts';
import {
  ANALYSIS,
  CANDIDATES,
  DRIFT,
  EVALUATION,
  HOLDOUT,
  METRICS_FILE,
  TRAINING,
  VALIDATION,
  VALIDATION_FILE,
  type CandidatesArtifact,
  type EvaluationArtifact,
} from './artifacts.ts';
import { bundleContent, weightsParam, type Outcome } from './bundle-content.ts';
import type { StageContext } from './context.ts';
import { gitCommit } from './git-commit.ts';
import { measureLatency } from './measure-latency.ts';
import { StageError } from './stage-error.ts';
import { expectSame, expectSameRule, type Workspace } from './workspace.ts';

export type Alias = 'champion' | 'challenger';

export interface Registered {
  readonly version: ModelVersion;
  readonly alias: Alias;
  readonly runId: string;
  /** As the stage evaluate measured it, and prediction_latency_ms. */
  readonly evaluation: EvaluationArtifact;
  /** The page of the run. */
  readonly report: string | null;
}

/** Throws StageError, BUNDLE_INVALID or what the registry throws; no version is left then. A page that cannot be written is told and no failure. */
export async function register(context: StageContext): Promise<Registered> {
  context.reporter.stage('register');
  const outcome = await readOutcome(context);
  const run = await context.tracker.startRun({
    name: context.name,
    params: runParams(context, outcome),
    tags: {
      data_digest: outcome.training.data_digest,
      ...(outcome.gitCommit === null ? {} : { 'mlflow.source.git.commit': outcome.gitCommit }),
    },
    dataset: datasetOf(context, outcome),
  });
  try {
    const registered = await recordAndRegister(context, outcome, run);
    await run.finish('FINISHED');
    return registered;
  } catch (error) {
    // The first error says what is wrong; a tracker that cannot be told either does not hide it.
    await run.finish('FAILED').catch(() => {});
    throw error;
  }
}

const datasetOf = (
  { params: { data } }: StageContext,
  { training, evaluation }: Outcome,
): RunDataset => ({
  name: parse(data.path).name,
  digest: training.data_digest,
  source: data.path,
  rows: training.training_rows + evaluation.rows,
});

async function readOutcome({ workspace, params, builtFrom }: StageContext): Promise<Outcome> {
  const training = await workspace.read(TRAINING);
  const measured = await workspace.read(EVALUATION);
  const search = await workspace.read(CANDIDATES);
  expectSame('evaluate', 'the metrics and the model', measured.onnx_sha256, training.onnx_sha256);
  expectSame('train', 'the model and the seed', training.seed, params.seed);
  expectSameRule(training, params);
  const chosen = search.candidates[search.chosen];
  if (chosen === undefined)
    throw new StageError('candidates.json names no chosen candidate: run train again');
  const { holdout, onnx_sha256: scoredBy } = await workspace.read(HOLDOUT);
  expectSame('evaluate', 'the held-out rows and the model', scoredBy, training.onnx_sha256);
  const { drift, onnx_sha256: sampledWith } = await workspace.read(DRIFT);
  expectSame('train', 'the reference of drift and the model', sampledWith, training.onnx_sha256);
  const { analysis, onnx_sha256: analysed } = await workspace.read(ANALYSIS);
  expectSame('train', 'the analysis and the model', analysed, training.onnx_sha256);
  const onnx = await workspace.readOnnx(training);
  const explainer = await workspace.readExplainer(training);
  const latency = await measureLatency(onnx, params.features, holdout);
  const evaluation = {
    ...measured,
    metrics: { ...measured.metrics, prediction_latency_ms: latency },
  };
  const commit = builtFrom ?? (await gitCommit());
  const parts = { training, evaluation, search, chosen, holdout, drift, analysis, onnx, explainer };
  return { ...parts, gitCommit: commit };
}

async function recordAndRegister(
  context: StageContext,
  outcome: Outcome,
  run: Run,
): Promise<Registered> {
  const { workspace, registry, name } = context;
  await recordCandidates(run, outcome.search);
  await run.logMetrics(outcome.evaluation.metrics);
  for (const file of [VALIDATION_FILE, CANDIDATES.file, METRICS_FILE])
    await run.logArtifact(workspace.path(file));
  await recordFigures(run, workspace, outcome.holdout);
  const dir = await mkdtemp(workspace.path('bundle-'));
  try {
    const bundle = await writeBundle(dir, bundleContent(context, outcome, run.id));
    for (const file of await readdir(dir)) await run.logArtifact(join(dir, file), 'model');
    const published = await publish(registry, name, bundle, outcome, run.id);
    const report = await keepReport(context, outcome, bundle, published, run);
    return { ...published, runId: run.id, evaluation: outcome.evaluation, report };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The path of the page; null where it cannot be kept. The version is registered by then, and is what was asked for. */
async function keepReport(
  context: StageContext,
  outcome: Outcome,
  bundle: ModelBundle,
  published: Pick<Registered, 'version' | 'alias'>,
  run: Run,
): Promise<string | null> {
  const dir = join(context.reportsDir, run.id);
  try {
    const { page, files } = await writeReport(context, outcome, bundle, published, dir);
    for (const file of files) await run.logArtifact(file, 'report');
    return page;
  } catch (error) {
    context.reporter.note(`warning: the report cannot be kept: ${messageOf(error)}`);
    return null;
  }
}

/** The page and the same as JSON, in a folder of the run's own. */
async function writeReport(
  { workspace, params, name }: StageContext,
  { training, evaluation, search, holdout, analysis }: Outcome,
  { features, report, manifest }: ModelBundle,
  { version, alias }: Pick<Registered, 'version' | 'alias'>,
  dir: string,
): Promise<{ readonly page: string; readonly files: readonly string[] }> {
  const { y, probability } = holdout;
  const rule = params.threshold;
  const costs =
    rule.rule === 'cost'
      ? costCurve(Uint8Array.from(y), Float64Array.from(probability), rule)
      : null;
  const content: TrainingReport = {
    model: { name, version: version.version, alias },
    features,
    report,
    validation: await workspace.read(VALIDATION),
    search,
    training,
    evaluation,
    curves: {
      roc: rocCurve(y, probability),
      precision_recall: precisionRecallCurve(y, probability),
      calibration: calibrationCurve(y, probability),
      cost: costs?.map(({ threshold, cost }) => [threshold, cost] as const) ?? null,
    },
    analysis,
    reproducibility: {
      run: manifest.run_id,
      'made at': manifest.created_at,
      'training data, sha256': manifest.data_digest,
      'code, git commit': manifest.git_commit,
      'model.onnx, sha256': training.onnx_sha256,
      seed: training.seed,
      params: params.file,
      foretell: manifest.foretell_version,
      node: process.version,
      onnxruntime: env.versions.node ?? null,
    },
    params: await readFile(params.file, 'utf8'),
  };
  const page = join(dir, 'index.html');
  const json = join(dir, 'report.json');
  await mkdir(dir, { recursive: true });
  await writeFile(page, renderReport(content));
  await writeFile(json, `${JSON.stringify(content)}\n`);
  return { page, files: [page, json] };
}

async function recordFigures(
  run: Run,
  workspace: Workspace,
  { y, probability }: HoldoutFile,
): Promise<void> {
  for (const { file, svg } of evaluationFigures(y, probability)) {
    await writeFile(workspace.path(file), svg);
    await run.logArtifact(workspace.path(file), 'figures');
  }
}

/** One child run per candidate, with a point per fold. */
async function recordCandidates(
  run: Run,
  { metric, candidates }: CandidatesArtifact,
): Promise<void> {
  for (const { learner, params, scores, mean, sd } of candidates) {
    const child = await run.startChild({
      name: candidateName({ learner, params }),
      params: { learner, ...params },
    });
    for (const [fold, score] of scores.entries()) await child.logMetrics({ [metric]: score }, fold);
    await child.logMetrics({ [`${metric}_mean`]: mean, [`${metric}_sd`]: sd });
    await child.finish('FINISHED');
  }
}

async function publish(
  registry: ModelRegistry,
  name: string,
  { dir, report }: ModelBundle,
  { training, search }: Outcome,
  runId: string,
): Promise<Pick<Registered, 'version' | 'alias'>> {
  const alias = (await hasChampion(registry, name)) ? 'challenger' : 'champion';
  const score = report.metrics[search.metric];
  const version = await registry.register({
    name,
    bundleDir: dir,
    runId,
    description: `${report.learner}, ${search.metric} ${score?.toFixed(4)} on held-out rows`,
    tags: { learner: report.learner, data_digest: training.data_digest },
  });
  await registry.setAlias(name, alias, version.version);
  return { version, alias };
}

async function hasChampion(registry: ModelRegistry, name: string): Promise<boolean> {
  if (!(await registry.listModels()).includes(name)) return false;
  const versions = await registry.listVersions(name);
  return versions.some(({ aliases }) => aliases.includes('champion'));
}

const runParams = (
  { params }: StageContext,
  { chosen, search, training }: Outcome,
): Readonly<Record<string, ParamValue>> => ({
  learner: chosen.learner,
  ...chosen.params,
  random_state: training.seed,
  threshold: training.threshold,
  test_share: params.split.testShare,
  folds: search.folds,
  selection_metric: search.metric,
  training_rows: training.training_rows,
  ...weightsParam(params),
});
