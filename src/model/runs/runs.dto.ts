// Runs on the wire.
import { ApiProperty } from '@nestjs/swagger';
import type { RunSummary } from './run-reader.ts';

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
