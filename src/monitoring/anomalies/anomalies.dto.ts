// What the routes of anomalies take and answer.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { ANOMALY_KINDS, type AnomalyKind } from '../../metrics/monitoring-instruments.ts';
import { WindowBounds, WindowQuery } from '../window.dto.ts';

export class AnomaliesQuery extends WindowQuery {
  @ApiPropertyOptional({ enum: ANOMALY_KINDS, description: 'Of this kind; of all unless said.' })
  @IsOptional()
  @IsIn(ANOMALY_KINDS)
  readonly kind?: AnomalyKind;

  @ApiPropertyOptional({
    enum: ['true', 'false'],
    description: 'Only those that somebody has, or nobody has, acknowledged.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  readonly acknowledged?: 'true' | 'false';
}

export class AcknowledgeRequest {
  @ApiPropertyOptional({ maxLength: 1000, example: 'Deployment of the new scanner.' })
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  readonly note?: string;
}

export class FirstAnomaly {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ enum: ANOMALY_KINDS })
  readonly kind!: AnomalyKind;

  @ApiProperty({ format: 'date-time' })
  readonly at!: string;
}

export class AnomalyModel {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2',
    description: 'null where it is of no one version: processor time, memory and refused requests.',
  })
  readonly version!: string | null;
}

export class EvidenceResponse {
  @ApiProperty({
    enum: [
      'adwin',
      'page_hinkley',
      'robust_z',
      'outside_range',
      'often_outside_range',
      'mahalanobis',
    ],
  })
  readonly method!: string;

  @ApiProperty({ description: 'How much speaks for it, in what the method measures.' })
  readonly score!: number;

  @ApiProperty({ description: 'From where on the score is an anomaly.' })
  readonly threshold!: number;

  @ApiProperty({ description: 'Rows, seconds or requests that it was found on.' })
  readonly rows!: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'number' },
    description: 'Features by their share of the squared distance; errors by their kind.',
  })
  readonly parts?: Readonly<Record<string, number>>;
}

export class AnomalyResponse {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'date-time', description: 'When it began.' })
  readonly at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was last seen.' })
  readonly ended_at!: string;

  @ApiProperty({
    description: 'It was last seen within ten minutes: what is alike belongs to it.',
  })
  readonly ongoing!: boolean;

  @ApiProperty({ enum: ANOMALY_KINDS })
  readonly kind!: AnomalyKind;

  @ApiProperty({ type: AnomalyModel })
  readonly model!: AnomalyModel;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The feature that lies outside its range; null for what is of a whole row.',
  })
  readonly feature!: string | null;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'The mean in milliseconds, of scores or of errors, percent of a core, bytes, share of rows, widths of the range, or distance.',
  })
  readonly value!: number | null;

  @ApiProperty({ type: Number, nullable: true, description: 'The same as it was, or may be.' })
  readonly expected!: number | null;

  @ApiProperty({ type: EvidenceResponse })
  readonly evidence!: EvidenceResponse;

  @ApiProperty({
    type: String,
    isArray: true,
    description: 'The newest predictions that it concerns, 50 at most.',
  })
  readonly prediction_ids!: readonly string[];

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly acknowledged_at!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The id of a user.' })
  readonly acknowledged_by!: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly note!: string | null;

  @ApiProperty({
    type: FirstAnomaly,
    description:
      'What came first, of any kind, of the anomalies that overlap with this one, directly or by others, within a minute; itself where it was the first.',
  })
  readonly first!: FirstAnomaly;
}

export class AnomalyLook {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the log was last looked at; null: never.',
  })
  readonly at!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Up to where rows have been looked at.',
  })
  readonly up_to!: string | null;

  @ApiProperty({ description: 'Rows that were too many to look at, since the first look.' })
  readonly skipped!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Values of a stream between two false alarms (ANOMALY_EXPECTED_RUN); null: nobody looks.',
  })
  readonly expected_run!: number | null;
}

export class AnomaliesResponse {
  @ApiProperty({ type: WindowBounds })
  readonly window!: WindowBounds;

  @ApiProperty({ type: AnomalyLook })
  readonly look!: AnomalyLook;

  @ApiProperty({ description: 'Only the newest are told; the window holds more.' })
  readonly truncated!: boolean;

  @ApiProperty({ type: AnomalyResponse, isArray: true, description: 'Newest first.' })
  readonly items!: readonly AnomalyResponse[];
}
