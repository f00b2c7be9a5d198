// What report.json tells of a model beside its metrics: how sure they are, for whom they hold, what its threshold costs, what people say of it.
import type { FairnessFigures } from '../statistics/fairness.ts';

/** Each is absent from bundles that were made before it was kept, and where there is nothing to tell. */
export interface ReportDetails {
  readonly rows?: { readonly training: number; readonly held_out: number };
  /** Of the metrics that have one, at 95 %, on the held-out rows. */
  readonly intervals?: Readonly<Record<string, MetricInterval>>;
  readonly threshold_choice?: ThresholdChoice;
  /** Held-out rows by the features that matter most. */
  readonly groups?: readonly FeatureGroups[];
  /** Held-out rows by columns that the model never saw. */
  readonly fairness?: readonly ColumnFairness[];
  readonly card?: CardTexts;
}

export interface MetricInterval {
  readonly low: number;
  readonly high: number;
  /** By whose method. */
  readonly method: string;
}

/** The rule that chose the threshold, and what it reaches on the out-of-fold scores of the training rows. */
export interface ThresholdChoice {
  /** `rule` and its settings. */
  readonly rule: Readonly<Record<string, string | number>>;
  readonly precision: number;
  readonly recall: number;
  /** Share of rows answered with the positive label. */
  readonly called: number;
  /** Mean of a row, in the unit of the rule; null where the rule states no costs. */
  readonly cost: number | null;
}

export interface FeatureGroups {
  readonly feature: string;
  readonly groups: readonly {
    readonly label: string;
    readonly rows: number;
    readonly positives: number;
    /** null for too few rows. */
    readonly metrics: {
      readonly roc_auc: number | null;
      readonly log_loss: number;
      readonly precision: number;
      readonly recall: number | null;
      readonly mean_probability: number;
    } | null;
  }[];
}

export interface ColumnFairness extends FairnessFigures {
  /** `protected` of params.yaml. */
  readonly column: string;
}

/** `card` of params.yaml: what no measurement tells. */
export interface CardTexts {
  readonly intended_use?: string;
  readonly out_of_scope?: string;
  readonly data?: string;
  readonly limits?: string;
  readonly contact?: string;
}
