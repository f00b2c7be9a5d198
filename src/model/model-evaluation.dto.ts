// What the route of a version's evaluation answers, with the examples that the OpenAPI document shows.
import { ApiProperty } from '@nestjs/swagger';
import type { ConfusionMatrix } from '../statistics/classification.ts';
import type { Rate } from '../statistics/fairness.ts';
import type { PrecisionRecallPoint, RocPoint } from '../statistics/threshold-curves.ts';
import type { HeldOutCurves } from './held-out-curves.ts';
import type { BaselineReport, GatePolicy } from './model-bundle.ts';
import type { MetricInterval, ThresholdChoice } from './report-details.ts';

const METRICS = { type: 'object', additionalProperties: { type: 'number' } } as const;
const NULLABLE_NUMBER = { type: Number, nullable: true } as const;

export class ConfusionMatrixResponse implements ConfusionMatrix {
  @ApiProperty({ example: 70 })
  readonly tn!: number;

  @ApiProperty({ example: 1 })
  readonly fp!: number;

  @ApiProperty({ example: 0 })
  readonly fn!: number;

  @ApiProperty({ example: 42 })
  readonly tp!: number;
}

export class ConfusionAtThreshold extends ConfusionMatrixResponse {
  @ApiProperty({ example: 0.5 })
  readonly threshold!: number;
}

export class ThresholdChoiceResponse implements ThresholdChoice {
  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] },
    description: 'The rule and its settings.',
    example: { rule: 'fixed', value: 0.5 },
  })
  readonly rule!: Readonly<Record<string, string | number>>;

  @ApiProperty({ description: 'On out-of-fold scores of the training rows.', example: 0.98 })
  readonly precision!: number;

  @ApiProperty({ example: 0.94 })
  readonly recall!: number;

  @ApiProperty({ description: 'Share answered with the positive label.', example: 0.35 })
  readonly called!: number;

  @ApiProperty({ ...NULLABLE_NUMBER, description: 'Mean of a row; null without stated costs.' })
  readonly cost!: number | null;
}

export class EvaluatedRows {
  @ApiProperty({ example: 456 })
  readonly training!: number;

  @ApiProperty({ example: 113 })
  readonly held_out!: number;
}

export class CrossValidationResponse {
  @ApiProperty({ example: 'log_loss' })
  readonly metric!: string;

  @ApiProperty({ example: 0.083 })
  readonly mean!: number;

  @ApiProperty({ example: 0.041 })
  readonly sd!: number;

  @ApiProperty({ example: 5 })
  readonly folds!: number;
}

export class BaselineResponse implements BaselineReport {
  @ApiProperty({ example: 'best_feature' })
  readonly learner!: string;

  @ApiProperty({ type: String, nullable: true, example: 'worst perimeter' })
  readonly feature!: string | null;

  @ApiProperty({ ...METRICS, example: { roc_auc: 0.986 } })
  readonly metrics!: Readonly<Record<string, number>>;
}

export class GateTolerance {
  @ApiProperty({ example: 0.01 })
  readonly roc_auc!: number;

  @ApiProperty({ example: 0.02 })
  readonly log_loss!: number;
}

export class GatePolicyResponse implements GatePolicy {
  @ApiProperty({ ...METRICS, example: { roc_auc: 0.95 } })
  readonly thresholds!: Readonly<Record<string, number>>;

  @ApiProperty({ description: 'How much worse than the champion it may be.' })
  readonly tolerance!: GateTolerance;

  @ApiProperty({ example: 5 })
  readonly latency_budget_ms!: number;
}

export class RocPointResponse implements RocPoint {
  @ApiProperty({ example: 0 })
  readonly fpr!: number;

  @ApiProperty({ example: 0.95 })
  readonly tpr!: number;

  @ApiProperty({ ...NULLABLE_NUMBER, description: 'null: no row is called.', example: 0.61 })
  readonly threshold!: number | null;
}

export class RocResponse {
  @ApiProperty({ description: 'Of all rows.', example: 0.9997 })
  readonly auc!: number;

  @ApiProperty({
    type: [RocPointResponse],
    description: 'At most 200; their area is that of all rows to a thousandth.',
  })
  readonly points!: readonly RocPoint[];
}

export class PrecisionRecallPointResponse implements PrecisionRecallPoint {
  @ApiProperty({ example: 0.95 })
  readonly recall!: number;

  @ApiProperty({ example: 1 })
  readonly precision!: number;

  @ApiProperty({ example: 0.61 })
  readonly threshold!: number;
}

export class PrecisionRecallResponse {
  @ApiProperty({ description: 'Of all rows.', example: 0.9994 })
  readonly average_precision!: number;

  @ApiProperty({ type: [PrecisionRecallPointResponse], description: 'At most 200.' })
  readonly points!: readonly PrecisionRecallPoint[];
}

export class ObservedShare implements Rate {
  @ApiProperty({ example: 0.09 })
  readonly value!: number;

  @ApiProperty({ description: "Wilson's interval at 95 %.", example: 0.016 })
  readonly low!: number;

  @ApiProperty({ example: 0.377 })
  readonly high!: number;

  @ApiProperty({ example: 11 })
  readonly n!: number;
}

export class HeldOutCalibrationBin {
  @ApiProperty({ description: 'Lowest and highest probability in it.', example: 0.02 })
  readonly low!: number;

  @ApiProperty({ example: 0.11 })
  readonly high!: number;

  @ApiProperty({ example: 0.06 })
  readonly mean_probability!: number;

  @ApiProperty({ description: 'Share of rows with the positive label.' })
  readonly observed!: ObservedShare;
}

export class HeldOutCalibration {
  @ApiProperty({ ...NULLABLE_NUMBER, example: 0.021 })
  readonly expected_calibration_error!: number | null;

  @ApiProperty({ type: [HeldOutCalibrationBin], description: 'At most ten, of equal counts.' })
  readonly bins!: readonly HeldOutCalibrationBin[];
}

export class ScoresByClass {
  @ApiProperty({ type: [Number], description: '21, from 0 to 1; the last bin includes 1.' })
  readonly edges!: readonly number[];

  @ApiProperty({ type: [Number], description: 'Rows with the positive label in each bin.' })
  readonly positive!: readonly number[];

  @ApiProperty({ type: [Number] })
  readonly negative!: readonly number[];
}

export class HeldOutCurvesResponse implements HeldOutCurves {
  @ApiProperty({ description: 'Rows behind them: those of the bundle.', example: 113 })
  readonly rows!: number;

  @ApiProperty({ example: 42 })
  readonly positives!: number;

  @ApiProperty({ type: RocResponse, nullable: true, description: 'null for rows of one class.' })
  readonly roc!: RocResponse | null;

  @ApiProperty({ type: PrecisionRecallResponse, nullable: true })
  readonly precision_recall!: PrecisionRecallResponse | null;

  @ApiProperty()
  readonly calibration!: HeldOutCalibration;

  @ApiProperty({ type: [ConfusionAtThreshold], description: 'At 0, 0.01, ..., 1.' })
  readonly thresholds!: readonly ConfusionAtThreshold[];

  @ApiProperty()
  readonly scores!: ScoresByClass;
}

export class ModelEvaluationResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '1' })
  readonly version!: string;

  @ApiProperty({ type: String, nullable: true, example: '5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f' })
  readonly run_id!: string | null;

  @ApiProperty({ example: 'logistic_regression' })
  readonly learner!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
    example: { C: 1 },
  })
  readonly params!: Readonly<Record<string, string | number | boolean>>;

  @ApiProperty({ example: 'malignant' })
  readonly positive_label!: string;

  @ApiProperty({ example: 'benign' })
  readonly negative_label!: string;

  @ApiProperty({ example: 0.5 })
  readonly threshold!: number;

  @ApiProperty({ type: ThresholdChoiceResponse, nullable: true })
  readonly threshold_choice!: ThresholdChoice | null;

  @ApiProperty({ ...METRICS, description: 'Of the held-out rows.', example: { roc_auc: 0.99 } })
  readonly metrics!: Readonly<Record<string, number>>;

  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      required: ['low', 'high', 'method'],
      properties: {
        low: { type: 'number' },
        high: { type: 'number' },
        method: { type: 'string' },
      },
    },
    description: 'Of the metrics that have one, at 95 %, and by whose method.',
    example: { roc_auc: { low: 0.98, high: 1, method: 'DeLong' } },
  })
  readonly intervals!: Readonly<Record<string, MetricInterval>>;

  @ApiProperty({ type: EvaluatedRows, nullable: true })
  readonly rows!: EvaluatedRows | null;

  @ApiProperty({ type: ConfusionMatrixResponse, nullable: true, description: 'At the threshold.' })
  readonly confusion_matrix!: ConfusionMatrix | null;

  @ApiProperty({ type: CrossValidationResponse, nullable: true })
  readonly cross_validation!: CrossValidationResponse | null;

  @ApiProperty({
    type: [BaselineResponse],
    description: 'What models that know next to nothing reach on the same rows.',
  })
  readonly baselines!: readonly BaselineReport[];

  @ApiProperty({ type: GatePolicyResponse, nullable: true, description: 'What the gate asks.' })
  readonly gate!: GatePolicy | null;

  @ApiProperty({
    type: HeldOutCurvesResponse,
    nullable: true,
    description: 'Of the held-out rows that the bundle carries; null where it carries none.',
  })
  readonly curves!: HeldOutCurves | null;
}
