// Runs on the wire.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';
import type { RunSummary } from './run-reader.ts';

const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

export class RunsQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = DEFAULT_PAGE;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before.' })
  @IsOptional()
  @MaxLength(4096)
  readonly cursor?: string;
}

export class RunResponse implements RunSummary {
  @ApiProperty({ example: 'cd66d4bed44c200f858ac32311f365ae' })
  readonly run_id!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The training that this candidate belongs to.',
  })
  readonly parent_run_id!: string | null;

  @ApiProperty({ example: 'logistic_regression, C 1' })
  readonly name!: string;

  @ApiProperty({ example: 'FINISHED' })
  readonly status!: string;

  @ApiProperty({ format: 'date-time' })
  readonly start_time!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly end_time!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { C: '1' } })
  readonly params!: Readonly<Record<string, string>>;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'number' },
    example: { log_loss: 0.0825 },
  })
  readonly metrics!: Readonly<Record<string, number>>;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: {} })
  readonly tags!: Readonly<Record<string, string>>;
}

export class RunListResponse {
  @ApiProperty({ type: [RunResponse] })
  readonly items!: readonly RunResponse[];

  @ApiProperty({ type: String, nullable: true })
  readonly next_cursor!: string | null;
}
