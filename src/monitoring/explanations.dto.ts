// What GET /monitoring/explanations takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { ExplanationGroup, FeatureMeans, FeatureSummary } from './explanation-summary.ts';
import { WindowBounds, WindowQuery } from './window.dto.ts';

export class ExplanationsQuery extends WindowQuery {
  @ApiPropertyOptional({ example: '2', description: 'Of this model version; of all unless said.' })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;
}

export class FeatureMeansResponse implements FeatureMeans {
  @ApiProperty({ example: 0.31 })
  readonly mean_absolute_contribution!: number;

  @ApiProperty({ description: 'Above 0: for the positive label.', example: -0.12 })
  readonly mean_contribution!: number;
}

export class LabelMeansResponse extends FeatureMeansResponse {
  @ApiProperty({ example: 'malignant' })
  readonly label!: string;
}

export class FeatureSummaryResponse extends FeatureMeansResponse implements FeatureSummary {
  @ApiProperty({ example: 'mean radius' })
  readonly name!: string;

  @ApiProperty({ type: LabelMeansResponse, isArray: true })
  readonly by_label!: readonly LabelMeansResponse[];
}

export class LabelRowsResponse {
  @ApiProperty({ example: 'malignant' })
  readonly label!: string;

  @ApiProperty()
  readonly rows!: number;
}

export class ExplainedModel {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;
}

export class ExplanationGroupResponse implements ExplanationGroup {
  @ApiProperty({ type: ExplainedModel })
  readonly model!: ExplainedModel;

  @ApiProperty({ enum: ['linear', 'tree_path_dependent', 'tree_interventional'] })
  readonly method!: string;

  @ApiProperty({ enum: ['training', 'favourable'] })
  readonly background!: string;

  @ApiProperty({ enum: ['log_odds', 'probability'], description: 'What the figures are in.' })
  readonly space!: string;

  @ApiProperty()
  readonly rows!: number;

  @ApiProperty({ type: LabelRowsResponse, isArray: true })
  readonly labels!: readonly LabelRowsResponse[];

  @ApiProperty({
    type: FeatureSummaryResponse,
    isArray: true,
    description: 'The largest mean absolute contribution first.',
  })
  readonly features!: readonly FeatureSummaryResponse[];
}

export class ExplanationsResponse {
  @ApiProperty({ type: WindowBounds })
  readonly window!: WindowBounds;

  @ApiProperty({ description: 'Stored explanations in the window; 0 where nobody asked for one.' })
  readonly rows!: number;

  @ApiProperty({
    type: ExplanationGroupResponse,
    isArray: true,
    description: 'One per model version, method and background, that with the most rows first.',
  })
  readonly groups!: readonly ExplanationGroupResponse[];
}
