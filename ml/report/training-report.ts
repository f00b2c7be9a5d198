// Everything that a training run found, as its page and its report.json tell it.
import type { FeaturesFile, ReportFile } from '../../src/model/model-bundle.ts';
import type { Point } from '../../src/report/charts.ts';
import type { ValidationReport } from '../data/validation-report.ts';
import type { Analysis } from './analysis.ts';
import type {
  CandidatesArtifact,
  EvaluationArtifact,
  TrainingArtifact,
} from '../stages/artifacts.ts';

export interface TrainingReport {
  readonly model: { readonly name: string; readonly version: string; readonly alias: string };
  readonly features: FeaturesFile;
  readonly report: ReportFile;
  readonly validation: ValidationReport;
  readonly search: CandidatesArtifact;
  readonly training: Pick<
    TrainingArtifact,
    'training_rows' | 'threshold' | 'threshold_choice' | 'calibration' | 'onnx_max_difference'
  >;
  readonly evaluation: EvaluationArtifact;
  readonly curves: {
    readonly roc: readonly Point[];
    readonly precision_recall: readonly Point[];
    readonly calibration: readonly Point[];
    /** Mean cost of a held-out row by threshold; null where no costs are stated. */
    readonly cost: readonly Point[] | null;
  };
  readonly analysis: Analysis;
  readonly reproducibility: Readonly<Record<string, string | number | null>>;
  /** The params file as it was. */
  readonly params: string;
}
