// What the route of model cards is asked and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

export class ModelCardQuery {
  @ApiPropertyOptional({
    description: 'Default: the champion; without one the newest.',
    example: '3',
  })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;
}

export class ModelCardFact {
  @ApiProperty({ example: 'aliases' })
  readonly name!: string;

  @ApiProperty({ example: 'champion' })
  readonly value!: string;
}

export class ModelCardResponse {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '1' })
  readonly version!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-02T03:04:05.000Z' })
  readonly generated_at!: string;

  @ApiProperty({ type: [ModelCardFact], description: 'True at that moment.' })
  readonly facts!: readonly ModelCardFact[];

  @ApiProperty({ description: 'The card, with those facts.', example: '# Model card: foretell' })
  readonly markdown!: string;
}
