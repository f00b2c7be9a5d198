// What GET /monitoring/drift and its history take and answer.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import type { PredictionSource } from '../../model/drift-reference.ts';
import {
  CONVENTIONS,
  type ConventionName,
  type DriftVerdict,
} from '../../statistics/drift/drift-of.ts';
import { WINDOW_NAMES, type WindowName } from '../window.ts';
import { WindowBounds, WindowQuery } from '../window.dto.ts';
import { MultivariateResponse } from './multivariate.dto.ts';
import type { MeasuredDrift } from './measure-drift.ts';

export const CONVENTION_NAMES = Object.keys(CONVENTIONS) as readonly ConventionName[];
export const DEFAULT_CONVENTION = 'evidently-0.7' satisfies ConventionName;
const VERDICTS = [
  'drift',
  'no_drift',
  'insufficient_data',
] as const satisfies readonly DriftVerdict[];

/** null where it is not known. */
const KNOWN = { type: Number, nullable: true } as const;

/** Evaluations that are kept. */
export const MOST_EVALUATIONS = 1000;
const DEFAULT_EVALUATIONS = 100;

/** Which rows: of a window and of a version. */
export class DriftRowsQuery extends WindowQuery {
  @ApiPropertyOptional({
    example: '2',
    description: 'The champion unless said; else the challenger that is loaded.',
  })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;
}

export class DriftQuery extends DriftRowsQuery {
  @ApiPropertyOptional({
    enum: CONVENTION_NAMES,
    default: DEFAULT_CONVENTION,
    description: 'Which measure each column takes, by its type and size, and where drift begins.',
  })
  @IsOptional()
  @IsIn(CONVENTION_NAMES)
  readonly convention: ConventionName = DEFAULT_CONVENTION;
}

export class DriftHistoryQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MOST_EVALUATIONS, default: DEFAULT_EVALUATIONS })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MOST_EVALUATIONS)
  readonly limit: number = DEFAULT_EVALUATIONS;
}

export class EvaluatedModel {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;
}

export class ReferenceResponse {
  @ApiProperty({ description: 'sha256 of drift.json of the bundle.' })
  readonly digest!: string;

  @ApiProperty({ description: 'Training rows behind the features.' })
  readonly rows!: number;

  @ApiProperty({
    enum: ['out_of_fold', 'held_out'],
    description:
      'Whose scores the score and the label are compared with: rows that the model had not seen.',
  })
  readonly predictions!: PredictionSource;
}

export class DriftWindow extends WindowBounds {
  @ApiProperty({ description: 'That the version answered between the bounds, both inclusive.' })
  readonly rows!: number;

  @ApiProperty({ description: 'Of these the rows behind every figure.' })
  readonly sampled!: number;

  @ApiProperty({ description: 'How they were taken; following it again gives the same rows.' })
  readonly rule!: string;
}

export class SignificanceResponse {
  @ApiProperty({ enum: ['ks', 'contingency'] })
  readonly test!: 'ks' | 'contingency';

  @ApiProperty()
  readonly p_value!: number;
}

export class MissingResponse {
  @ApiProperty({ ...KNOWN, description: 'Share of the rows of the reference without a value.' })
  readonly reference!: number | null;

  @ApiProperty({ ...KNOWN, description: 'Share of the rows of the window without a value.' })
  readonly current!: number | null;

  @ApiProperty({ enum: ['contingency'] })
  readonly test!: 'contingency';

  @ApiProperty(KNOWN)
  readonly p_value!: number | null;

  @ApiProperty({ description: 'Of the difference of both.' })
  readonly threshold!: number;

  @ApiProperty({
    enum: VERDICTS,
    description:
      'drift: the difference reaches the threshold and is significant among all features.',
  })
  readonly verdict!: DriftVerdict;
}

export class ColumnDriftResponse {
  @ApiProperty({ example: 'mean radius' })
  readonly name!: string;

  @ApiProperty({ enum: ['numeric', 'categorical'] })
  readonly kind!: 'numeric' | 'categorical';

  @ApiProperty({ example: 'wasserstein' })
  readonly method!: string;

  @ApiProperty({ enum: CONVENTION_NAMES })
  readonly convention!: ConventionName;

  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'null where there is nothing to measure.',
  })
  readonly score!: number | null;

  @ApiProperty()
  readonly threshold!: number;

  @ApiPropertyOptional({ description: 'The score, where it is a p-value.' })
  readonly p_value?: number;

  @ApiProperty({
    enum: VERDICTS,
    description:
      'drift: the window has rows enough, the convention says drift, and `significance` holds among all columns.',
  })
  readonly verdict!: DriftVerdict;

  @ApiProperty({ enum: VERDICTS, description: 'What the convention says by itself.' })
  readonly convention_verdict!: DriftVerdict;

  @ApiProperty({
    type: SignificanceResponse,
    nullable: true,
    description: 'Of a test of both samples, whatever the method.',
  })
  readonly significance!: SignificanceResponse | null;

  @ApiProperty({ description: 'Share of the importance of all columns.' })
  readonly weight!: number;

  @ApiProperty({ description: 'Rows with a value.' })
  readonly n_reference!: number;

  @ApiProperty({ description: 'Rows with a value.' })
  readonly n_current!: number;
}

export class FeatureDriftResponse extends ColumnDriftResponse {
  @ApiProperty({ type: MissingResponse })
  readonly missing!: MissingResponse;
}

/** What was compared, and when. */
export class DriftBasis {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ type: EvaluatedModel })
  readonly model!: EvaluatedModel;

  @ApiProperty({ type: ReferenceResponse })
  readonly reference!: ReferenceResponse;

  @ApiProperty({ type: DriftWindow })
  readonly window!: DriftWindow;
}

export class DriftResponse extends DriftBasis {
  @ApiProperty({ enum: CONVENTION_NAMES })
  readonly convention!: ConventionName;

  @ApiProperty({ description: 'With fewer rows the verdict is `insufficient_data`.' })
  readonly minimum_rows!: number;

  @ApiProperty({ description: 'Of Benjamini and Hochberg, across all columns.' })
  readonly false_discovery_rate!: number;

  @ApiProperty({
    enum: VERDICTS,
    description:
      'drift: columns that drifted, or features whose values stay away, weigh as much as one of equal columns would.',
  })
  readonly verdict!: DriftVerdict;

  @ApiProperty({ enum: VERDICTS, description: 'What the convention says by itself.' })
  readonly convention_verdict!: DriftVerdict;

  @ApiProperty({ ...KNOWN, description: 'Of the columns with a verdict, those that drifted.' })
  readonly share!: number | null;

  @ApiProperty({ ...KNOWN, description: 'The same weighted by importance.' })
  readonly weighted_share!: number | null;

  @ApiProperty({
    ...KNOWN,
    description: 'Of the columns with a score, those that drifted by the convention.',
  })
  readonly convention_share!: number | null;

  @ApiProperty({ type: FeatureDriftResponse, isArray: true })
  readonly features!: readonly FeatureDriftResponse[];

  @ApiProperty({
    type: ColumnDriftResponse,
    isArray: true,
    description: 'The score and the label, which are columns of the data set like the features.',
  })
  readonly predictions!: readonly ColumnDriftResponse[];

  @ApiProperty({
    type: MultivariateResponse,
    nullable: true,
    description:
      'All features together, against rows held out of training; null without such rows.',
  })
  readonly multivariate!: MeasuredDrift['multivariate'];
}

export class PastColumn {
  @ApiProperty({ example: 'mean radius' })
  readonly name!: string;

  @ApiProperty({ example: 'wasserstein' })
  readonly method!: string;

  @ApiProperty(KNOWN)
  readonly score!: number | null;

  @ApiProperty()
  readonly threshold!: number;

  @ApiProperty({ enum: VERDICTS })
  readonly verdict!: DriftVerdict;
}

export class PastEvaluation extends DriftBasis {
  @ApiProperty()
  readonly id!: string;

  @ApiProperty({ enum: CONVENTION_NAMES })
  readonly convention!: ConventionName;

  @ApiProperty({ enum: WINDOW_NAMES })
  readonly window_name!: WindowName;

  @ApiProperty({ enum: VERDICTS })
  readonly verdict!: DriftVerdict;

  @ApiProperty({ enum: VERDICTS })
  readonly convention_verdict!: DriftVerdict;

  @ApiProperty(KNOWN)
  readonly share!: number | null;

  @ApiProperty(KNOWN)
  readonly weighted_share!: number | null;

  @ApiProperty(KNOWN)
  readonly domain_classifier_roc_auc!: number | null;

  @ApiProperty({
    type: PastColumn,
    isArray: true,
    description: 'Features in the order of the model, then the score and the label.',
  })
  readonly columns!: readonly PastColumn[];
}

export class DriftHistoryResponse {
  @ApiProperty({ type: PastEvaluation, isArray: true, description: 'Newest first.' })
  readonly items!: readonly PastEvaluation[];
}
