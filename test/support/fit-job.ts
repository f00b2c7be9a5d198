// What one fit in a process of its own is asked for and answers, in the words of JSON.
import type { LearnerName } from '../../ml/learners/index.ts';
import type { DataSetName } from './datasets.ts';

/** A pipeline of one learner, fitted and scored. */
export interface PipelineJob {
  readonly kind: 'pipeline';
  readonly learner: LearnerName;
  /** As written in params.yaml. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly set: DataSetName | 'synth28';
  /** Whether codes of categories are declared as such or taken for numbers. */
  readonly categories: 'declared' | 'codes';
  readonly target: TargetKind;
  /** The fold that is held out and scored, of synth28 its test part; null: fitted on every row, scored on the same. */
  readonly fold: number | null;
  readonly threads: number;
  readonly seed: number;
  /** Where the model and the trainer's answers go (`PATH.onnx`, `PATH.f64`); null: nowhere. */
  readonly exportTo: string | null;
  /** Whether ONNX Runtime answers every row too. */
  readonly parity: boolean;
}

/** binary: the set's own; multiclass: crossed with the upper half of a column, 4 classes; regression: a column, left out of the rows. */
export type TargetKind = 'binary' | 'multiclass' | 'regression';

export interface PipelineReport {
  /** Of fitPipeline, all threads. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** The most that was resident until the fit ended, in 10^6 bytes; and until the process ended. */
  readonly fitMegabytes: number;
  readonly peakMegabytes: number;
  /** NaN becomes null in JSON: of targets that are not binary. */
  readonly auc: number | null;
  readonly logLoss: number | null;
  readonly onnxBytes: number;
  /** Of the ONNX file. */
  readonly sha256: string;
  readonly parity: Parity | null;
}

/** ONNX Runtime against the trainer. Values beyond 1 in size are compared relative to it. */
export interface Parity {
  readonly rows: number;
  readonly float32: Difference;
  /** A caller with doubles, rounded by the server's encoder. */
  readonly float64: Difference;
}

export interface Difference {
  readonly rowsAbove: number;
  readonly largest: number;
}

/** The logistic regression on the design matrix of a reference optimum. */
export interface OptimumJob {
  readonly kind: 'optimum';
  readonly set: DataSetName | 'synth28';
  /** fold0 ... fold4, or all; synth28 has fold0 only, its training part. */
  readonly fitOn: string;
}

export interface OptimumReport {
  readonly cpuSeconds: number;
  /** Largest difference of a coefficient or the intercept. */
  readonly coefficients: number;
  /** Difference of the objective, relative. */
  readonly objective: number;
}

export type FitJob = PipelineJob | OptimumJob;
export type ReportOf<Job extends FitJob> = Job extends PipelineJob ? PipelineReport : OptimumReport;
