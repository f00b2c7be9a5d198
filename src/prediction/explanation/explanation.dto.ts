// What ?explain takes, and the shape of an explanation on the wire.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { ExplanationMethod } from '../../explanation/additive-model.ts';
import type { Reason } from '../../explanation/reasons.ts';
import type { ExplanationChoice } from '../../model/model-explainer.ts';

const CHOICES = {
  true: 'default',
  false: null,
  path_dependent: 'path_dependent',
  interventional: 'interventional',
} as const satisfies Record<string, ExplanationChoice | null>;

const ANSWERS = Object.keys(CHOICES) as readonly (keyof typeof CHOICES)[];
const METHODS = ['linear', 'tree_path_dependent', 'tree_interventional'] as const;

export class PredictQuery {
  @ApiPropertyOptional({
    enum: ANSWERS,
    default: 'false',
    description:
      'Whether the answer says why, and is stored with what it says. `true`: linear models in closed form, trees against the ' +
      "bundle's background; the other two choose the method for trees.",
  })
  @IsOptional()
  @IsIn(ANSWERS)
  readonly explain: keyof typeof CHOICES = 'false';
}

/** null: no explanation is asked for. */
export const choiceOf = ({ explain }: PredictQuery): ExplanationChoice | null => CHOICES[explain];

export class ReasonResponse implements Reason {
  @ApiProperty({ example: 'MEAN_RADIUS' })
  readonly code!: string;

  @ApiProperty({ example: 'mean radius' })
  readonly feature!: string;

  @ApiProperty({ description: "Never holds the caller's value." })
  readonly text!: string;

  @ApiProperty({ example: 0.82 })
  readonly contribution!: number;
}

export class ExplanationResponse {
  @ApiProperty({ enum: METHODS })
  readonly method!: ExplanationMethod;

  @ApiProperty({
    enum: ['training', 'favourable'],
    description: 'The rows that the answer is compared with.',
  })
  readonly background!: string;

  @ApiProperty({ example: 100 })
  readonly background_rows!: number;

  @ApiProperty({ enum: ['log_odds', 'probability'], description: 'What the figures are in.' })
  readonly space!: string;

  @ApiProperty({
    enum: ['none', 'platt', 'isotonic'],
    description: 'The rising curve between `output` and the probability.',
  })
  readonly calibration!: string;

  @ApiProperty({ description: 'The mean margin of the background.', example: -1.2 })
  readonly base_value!: number;

  @ApiProperty({
    description: 'The margin of this row: `base_value` and all contributions together.',
    example: 2.4,
  })
  readonly output!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'Of each feature, by its name.',
    example: { 'mean radius': 0.82 },
  })
  readonly contributions!: Readonly<Record<string, number>>;

  @ApiProperty({
    type: ReasonResponse,
    isArray: true,
    description:
      'Only of an adverse answer: the features that speak for it most, at most four, largest first.',
  })
  readonly reasons!: readonly Reason[];
}
