// What GET /monitoring/champion-challenger takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { CHALLENGER_MODES, type ChallengerMode } from '../config/settings.ts';
import { CONVENTIONS, type Convention } from './comparison.ts';
import { WindowBounds, WindowQuery } from './window.dto.ts';

export class ComparisonQuery extends WindowQuery {
  @ApiPropertyOptional({
    example: '2',
    description: 'The challenger to look at; the one that is loaded unless said.',
  })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;

  @ApiPropertyOptional({
    enum: CONVENTIONS,
    description:
      '`paired`: rows that both scored, which shadow mode gives. `groups`: the answers of each since the first of the challenger, which ' +
      'canary mode gives. Unless said, the one that belongs to the mode; `paired` while it is off.',
  })
  @IsOptional()
  @IsIn(CONVENTIONS)
  readonly convention?: Convention;
}

export class LatencySummary {
  @ApiProperty()
  readonly mean!: number;

  @ApiProperty()
  readonly p95!: number;
}

export class SideResponse {
  @ApiProperty({ example: '2' })
  readonly version!: string;

  @ApiProperty({ description: 'Rows behind the figures.' })
  readonly n!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Share with the positive label.' })
  readonly high_risk_rate!: number | null;

  @ApiProperty({ type: Number, nullable: true })
  readonly mean_score!: number | null;

  @ApiProperty({
    type: LatencySummary,
    nullable: true,
    description: 'To encode and score a row, milliseconds.',
  })
  readonly latency_ms!: LatencySummary | null;
}

const OF_PAIRS = { type: Number, nullable: true };

export class ComparisonResponse {
  @ApiProperty({ type: WindowBounds })
  readonly window!: WindowBounds;

  @ApiProperty({ enum: CHALLENGER_MODES })
  readonly mode!: ChallengerMode;

  @ApiProperty({ description: 'Of the callers that a canary answers; 0 in the other modes.' })
  readonly share!: number;

  @ApiProperty({ enum: CONVENTIONS })
  readonly convention!: Convention;

  @ApiProperty({ description: '`paired`: pairs; `groups`: answers of both.' })
  readonly n!: number;

  @ApiProperty({
    description: 'The figures rest on the newest rows only; the window may hold more.',
  })
  readonly truncated!: boolean;

  @ApiProperty({ ...OF_PAIRS, description: 'Share of pairs with different labels.' })
  readonly disagreement_rate!: number | null;

  @ApiProperty({ ...OF_PAIRS, description: 'Between the probabilities of a pair.' })
  readonly mean_abs_difference!: number | null;

  @ApiProperty(OF_PAIRS)
  readonly max_abs_difference!: number | null;

  @ApiProperty({ ...OF_PAIRS, description: "Pearson's; null where either side does not vary." })
  readonly score_correlation!: number | null;

  @ApiProperty({
    description:
      'Rows that the challenger could not score; each was answered by the champion all the same.',
  })
  readonly errors!: number;

  @ApiProperty({ type: SideResponse, nullable: true, description: 'null while none is served.' })
  readonly champion!: SideResponse | null;

  @ApiProperty({ type: SideResponse, nullable: true, description: 'null while there is none.' })
  readonly challenger!: SideResponse | null;
}
