// What GET /monitoring/quality takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { ReferencePerformance } from '../../model/drift-reference.ts';
import type { ConceptDriftVerdict } from '../../statistics/concept-drift.ts';
import { WindowBounds, WindowQuery } from '../window.dto.ts';
import type { AlertBounds } from './measure-quality.ts';

const NUMBER = { type: Number, nullable: true };
const BY_TWO_CLASSES = 'null until labels of both classes have come.';

export class QualityQuery extends WindowQuery {
  @ApiPropertyOptional({
    example: '2',
    description:
      'The champion unless said; else the challenger that is loaded, or a version whose answers have labels.',
  })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;
}

export class VersionResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;

  @ApiProperty({ description: 'From this probability on, the label is the positive one.' })
  readonly threshold!: number;
}

export class AucIntervalResponse {
  @ApiProperty()
  readonly value!: number;

  @ApiProperty({ description: 'Ends of the interval at 95 %.' })
  readonly low!: number;

  @ApiProperty()
  readonly high!: number;
}

export class RateResponse extends AucIntervalResponse {
  @ApiProperty({ description: 'Rows behind the share.' })
  readonly n!: number;
}

export class EstimateResponse {
  @ApiProperty()
  readonly value!: number;

  @ApiProperty({
    ...NUMBER,
    description:
      'Ends of the band, three standard errors to either side; null where the bundle has no rows to tell chance by.',
  })
  readonly low!: number | null;

  @ApiProperty(NUMBER)
  readonly high!: number | null;
}

export class DelayResponse {
  @ApiProperty()
  readonly mean!: number;

  @ApiProperty()
  readonly p50!: number;

  @ApiProperty()
  readonly p95!: number;
}

export class CalibrationBinResponse {
  @ApiProperty({ description: 'Lowest probability in the bin.' })
  readonly low!: number;

  @ApiProperty({ description: 'Highest probability in the bin.' })
  readonly high!: number;

  @ApiProperty()
  readonly mean_probability!: number;

  @ApiProperty({ type: RateResponse, description: 'Share of rows with the positive label.' })
  readonly observed!: RateResponse;
}

export class CalibrationResponse {
  @ApiProperty({
    ...NUMBER,
    description: 'Mean distance of observed shares from mean probabilities, over the rows.',
  })
  readonly expected_calibration_error!: number | null;

  @ApiProperty({
    type: CalibrationBinResponse,
    isArray: true,
    description: 'Up to ten of equal count, the lowest probabilities first.',
  })
  readonly bins!: readonly CalibrationBinResponse[];
}

export class ConfusionMatrixResponse {
  @ApiProperty()
  readonly tn!: number;

  @ApiProperty()
  readonly fp!: number;

  @ApiProperty()
  readonly fn!: number;

  @ApiProperty()
  readonly tp!: number;
}

export class BoundsResponse {
  @ApiProperty()
  readonly low!: number;

  @ApiProperty()
  readonly high!: number;
}

export class AlertsResponse {
  @ApiProperty({ type: [String], description: 'By labels.' })
  readonly live!: readonly string[];

  @ApiProperty({ type: [String], description: 'By CBPE.' })
  readonly estimated!: readonly string[];
}

export class ConceptDriftRuleResponse {
  @ApiProperty({ description: 'Labels that a verdict takes.' })
  readonly least_rows!: number;

  @ApiProperty({ description: 'Of these of either class.' })
  readonly least_rows_of_a_class!: number;

  @ApiProperty({ description: 'Chance of a false alarm.' })
  readonly alpha!: number;

  @ApiProperty({ description: 'Between the two AUCs, below which there is no alarm.' })
  readonly least_difference!: number;

  @ApiProperty({ description: 'How often labels are drawn by the scores.' })
  readonly draws!: number;

  @ApiProperty({ description: 'Newest labels that are looked at.' })
  readonly most_rows!: number;
}

export class ConceptDriftResponse {
  @ApiProperty({ enum: ['drift', 'no_drift', 'insufficient_data'] })
  readonly verdict!: ConceptDriftVerdict;

  @ApiProperty({ description: 'Labels behind the figures.' })
  readonly rows!: number;

  @ApiProperty({
    ...NUMBER,
    description: 'ROC AUC by labels; null, like all below, where they are too few.',
  })
  readonly live!: number | null;

  @ApiProperty({ ...NUMBER, description: 'CBPE of the same rows.' })
  readonly estimated!: number | null;

  @ApiProperty({ ...NUMBER, description: 'live - estimated.' })
  readonly difference!: number | null;

  @ApiProperty({
    type: BoundsResponse,
    nullable: true,
    description: 'ROC AUCs of 95 % of the labels drawn by the scores.',
  })
  readonly expected!: BoundsResponse | null;

  @ApiProperty({ ...NUMBER, description: 'Two-sided.' })
  readonly p_value!: number | null;

  @ApiProperty({ type: ConceptDriftRuleResponse })
  readonly rule!: ConceptDriftRuleResponse;
}

/** By which definition each figure is; beside the figures in every answer. */
export const QUALITY_CONVENTIONS = Object.freeze({
  roc_auc: 'rank statistic with midranks; interval by DeLong at 95 %',
  average_precision: 'scikit-learn 1.9',
  log_loss: 'natural logarithm, probabilities clipped to [1e-15, 1 - 1e-15]',
  brier: 'mean squared error of the probability',
  calibration: 'ten bins of equal count; observed shares with the Wilson interval at 95 %',
  shares: 'Wilson score interval at 95 %; of f1 that of tp / (tp + fp + fn), transformed',
  estimates:
    'CBPE of NannyML 0.13.1 on the calibrated scores as they are; band of 3 standard errors',
  alert_bounds:
    'NannyML 0.13.1: mean and 3 standard deviations (ddof 0) over chunks of rows that training did not see',
  concept_drift:
    'ROC AUC by labels against those of labels drawn by the scores of the same rows; two-sided',
});
export type QualityConventions = Readonly<Record<keyof typeof QUALITY_CONVENTIONS, string>>;

/** What the estimates hold under. */
export const ASSUMPTIONS: readonly string[] = Object.freeze([
  'The scores are calibrated.',
  'No covariate shift to regions that training did not see.',
  'No concept drift: what makes a row positive is still what it was in training.',
]);

const ESTIMATE = { type: EstimateResponse, nullable: true };
const RATE = { type: RateResponse, nullable: true };

export class QualityResponse {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ type: WindowBounds, description: 'When the predictions were answered.' })
  readonly window!: WindowBounds;

  @ApiProperty({ type: VersionResponse })
  readonly model!: VersionResponse;

  @ApiProperty({ description: 'Answers of the version in the window.' })
  readonly predictions!: number;

  @ApiProperty({ description: 'Of these the ones whose label has come.' })
  readonly labelled!: number;

  @ApiProperty({ ...NUMBER, description: 'labelled / predictions.' })
  readonly coverage!: number | null;

  @ApiProperty({ description: 'Labels that the figures rest on: the newest 50,000 at most.' })
  readonly measured!: number;

  @ApiProperty({
    type: DelayResponse,
    nullable: true,
    description: 'Seconds from an answer to when its label was observed, or else received.',
  })
  readonly delay!: DelayResponse | null;

  @ApiProperty({ type: AucIntervalResponse, nullable: true, description: BY_TWO_CLASSES })
  readonly roc_auc!: AucIntervalResponse | null;

  @ApiProperty({ ...NUMBER, description: BY_TWO_CLASSES })
  readonly average_precision!: number | null;

  @ApiProperty(NUMBER)
  readonly log_loss!: number | null;

  @ApiProperty(NUMBER)
  readonly brier!: number | null;

  @ApiProperty({ type: CalibrationResponse })
  readonly calibration!: CalibrationResponse;

  @ApiProperty({ type: ConfusionMatrixResponse, description: 'At the threshold, as answered.' })
  readonly confusion_matrix!: ConfusionMatrixResponse;

  @ApiProperty(RATE)
  readonly precision!: RateResponse | null;

  @ApiProperty(RATE)
  readonly recall!: RateResponse | null;

  @ApiProperty(RATE)
  readonly specificity!: RateResponse | null;

  @ApiProperty(RATE)
  readonly accuracy!: RateResponse | null;

  @ApiProperty(RATE)
  readonly f1!: RateResponse | null;

  @ApiProperty({ description: 'Answers that the estimates rest on.' })
  readonly estimated_rows!: number;

  @ApiProperty(ESTIMATE)
  readonly estimated_roc_auc!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_average_precision!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_f1!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_precision!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_recall!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_specificity!: EstimateResponse | null;

  @ApiProperty(ESTIMATE)
  readonly estimated_accuracy!: EstimateResponse | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'What the model reaches on rows that training did not see: `{ rows, chunks, metrics: { roc_auc: { mean, std }, ... }, roc_auc: { value, low, high } }`; ' +
      'null where the bundle does not tell, or the version is not loaded.',
  })
  readonly reference!: ReferencePerformance | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { low: { type: 'number' }, high: { type: 'number' } },
    },
    nullable: true,
    description: 'By metric: what the reference leads to expect.',
  })
  readonly alert_bounds!: AlertBounds | null;

  @ApiProperty({ type: AlertsResponse, description: 'Metrics outside their bounds.' })
  readonly alerts!: AlertsResponse;

  @ApiProperty({
    type: ConceptDriftResponse,
    description: 'Whether labels and scores have parted.',
  })
  readonly concept_drift!: ConceptDriftResponse;

  @ApiProperty({ description: 'Which answers the estimates rest on where there are many.' })
  readonly sampling!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'By which definition the figures are.',
  })
  readonly conventions!: QualityConventions;

  @ApiProperty({ type: [String], description: 'What the estimates hold under.' })
  readonly assumptions!: readonly string[];
}
