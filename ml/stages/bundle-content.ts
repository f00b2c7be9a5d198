// What a bundle is made of: the model and its files as the earlier stages left them, and a report of what they found.
import { VERSION } from '../../src/common/version.ts';
import type { DriftFile } from '../../src/model/drift-reference.ts';
import type { HoldoutFile, ReportFile } from '../../src/model/model-bundle.ts';
import type { ReportDetails } from '../../src/model/report-details.ts';
import type { BundleContent, BundleExplainer } from '../bundle/write-bundle.ts';
import type { Analysis } from '../report/analysis.ts';
import type {
  CandidateOutcome,
  CandidatesArtifact,
  EvaluationArtifact,
  TrainingArtifact,
} from './artifacts.ts';
import type { StageContext } from './context.ts';

/** What the earlier stages left, checked to belong together. */
export interface Outcome {
  readonly training: TrainingArtifact;
  readonly evaluation: EvaluationArtifact;
  readonly search: CandidatesArtifact;
  readonly chosen: CandidateOutcome;
  readonly holdout: HoldoutFile;
  readonly drift: DriftFile;
  readonly analysis: Analysis;
  readonly onnx: Uint8Array;
  readonly explainer: BundleExplainer;
  readonly gitCommit: string | null;
}

export function bundleContent(
  { params }: StageContext,
  outcome: Outcome,
  runId: string,
): BundleContent {
  const { training, evaluation, search, chosen, holdout, drift, onnx, explainer } = outcome;
  const report: ReportFile = {
    threshold: training.threshold,
    metrics: evaluation.metrics,
    params: { ...chosen.params, random_state: training.seed, ...weightsParam(params) },
    learner: chosen.learner,
    confusion_matrix: evaluation.confusion_matrix,
    cross_validation: {
      metric: search.metric,
      mean: chosen.mean,
      sd: chosen.sd,
      folds: search.folds,
    },
    gate: params.gate,
    baselines: evaluation.baselines,
    ...detailsOf(params, outcome),
  };
  return {
    onnx,
    features: training.features,
    golden: training.golden,
    reference: training.reference,
    holdout,
    drift,
    explainer,
    report,
    manifest: {
      created_at: new Date().toISOString(),
      run_id: runId,
      data_digest: training.data_digest,
      git_commit: outcome.gitCommit,
      foretell_version: VERSION,
    },
  };
}

/** Groups of more features would bury the card. */
const FEATURES_TOLD = 3;

const detailsOf = (
  { card }: StageContext['params'],
  { training, evaluation, analysis }: Outcome,
): ReportDetails => ({
  rows: { training: training.training_rows, held_out: evaluation.rows },
  intervals: evaluation.intervals,
  threshold_choice: training.threshold_choice,
  groups: analysis.groups.slice(0, FEATURES_TOLD).map(({ feature, groups }) => ({
    feature,
    groups: groups.map(({ label, rows, positives, metrics }) => ({
      label,
      rows,
      positives,
      metrics,
    })),
  })),
  ...(evaluation.fairness.length > 0 && { fairness: evaluation.fairness }),
  ...(Object.keys(card).length > 0 && { card }),
});

/** The column whose numbers weigh the training rows; the metrics count every row once. */
export const weightsParam = ({
  weights,
}: StageContext['params']): Readonly<Record<string, string>> =>
  weights === null ? {} : { weights_column: weights.column };
