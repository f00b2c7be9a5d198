// What the prediction routes answer.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { toIso } from '../database/epoch-ms.ts';
import type { RangeWarning, RawRow } from '../features/feature-spec.ts';
import { ExplanationResponse } from './explanation/explanation.dto.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import type { PredictionPage } from './prediction-log.ts';

const UUID = { format: 'uuid', example: '2f1f0a36-6a51-4b7a-a6f1-0d0c1a9f3b52' };
const PROBABILITY = { minimum: 0, maximum: 1, description: 'Probability of the positive class.' };
const THRESHOLD = { description: 'From this probability on, the label is the positive one.' };

export class ModelReference {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '1' })
  readonly version!: string;
}

export class WarningResponse {
  @ApiProperty({ example: 'mean radius' })
  readonly feature!: string;

  @ApiProperty({ enum: ['outside_training_range'] })
  readonly code!: string;
}

export class PredictionResponse {
  @ApiProperty(UUID)
  readonly id!: string;

  @ApiProperty({ description: 'The positive or the negative label of the model.' })
  readonly label!: string;

  @ApiProperty({ ...PROBABILITY, example: 0.9731 })
  readonly probability!: number;

  @ApiProperty({ ...THRESHOLD, example: 0.5 })
  readonly threshold!: number;

  @ApiProperty({ type: ModelReference })
  readonly model!: ModelReference;

  @ApiProperty({
    type: WarningResponse,
    isArray: true,
    description: 'Values that training never saw: answered, and to be read with care.',
  })
  readonly warnings!: readonly RangeWarning[];

  @ApiPropertyOptional({ type: ExplanationResponse, description: 'Where `?explain` asked for it.' })
  readonly explanation?: ExplanationResponse;
}

export class LoggedPredictionResponse {
  @ApiProperty(UUID)
  readonly id: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  readonly created_at: string;

  @ApiProperty({ format: 'uuid' })
  readonly user_id: string;

  @ApiProperty({ description: '`token:` and a session id, or `api_key:` and a key id.' })
  readonly credential: string;

  @ApiProperty({ type: String, nullable: true, description: "The caller's own reference." })
  readonly key: string | null;

  @ApiProperty({ type: ModelReference })
  readonly model: ModelReference;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'The features as they came.',
  })
  readonly features: RawRow;

  @ApiProperty(PROBABILITY)
  readonly probability: number;

  @ApiProperty()
  readonly label: string;

  @ApiProperty(THRESHOLD)
  readonly threshold: number;

  @ApiProperty({ type: WarningResponse, isArray: true })
  readonly warnings: readonly RangeWarning[];

  @ApiProperty({ description: 'To encode and score the row, milliseconds.' })
  readonly duration_ms: number;

  @ApiProperty({
    description:
      'Processor use of the whole process since the prediction before, in percent of one core.',
  })
  readonly cpu_percent: number;

  @ApiProperty({ description: 'Resident memory of the process.' })
  readonly memory_bytes: number;

  @ApiProperty({
    type: ExplanationResponse,
    nullable: true,
    description: 'As it was answered; null where nobody asked why.',
  })
  readonly explanation: ExplanationResponse | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'kQ0aVb3xTz1u:42',
    description: "Of the log's hash chain; null for predictions from before it.",
  })
  readonly block: string | null;

  constructor(row: LoggedPrediction) {
    this.id = row.id;
    this.created_at = toIso(row.createdAt);
    this.user_id = row.userId;
    this.credential = row.credential;
    this.key = row.key;
    this.model = { name: row.modelName, version: row.modelVersion };
    this.features = JSON.parse(row.inputs) as RawRow;
    this.probability = row.probability;
    this.label = row.label;
    this.threshold = row.threshold;
    this.warnings = JSON.parse(row.warnings) as readonly RangeWarning[];
    this.duration_ms = row.durationMs;
    this.cpu_percent = row.cpuPercent;
    this.memory_bytes = row.memoryBytes;
    this.explanation =
      row.explanation === null ? null : (JSON.parse(row.explanation) as ExplanationResponse);
    this.block = row.block ?? null;
  }
}

export class PredictionPageResponse {
  @ApiProperty({ type: LoggedPredictionResponse, isArray: true })
  readonly items: readonly LoggedPredictionResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send as `cursor` for the next page; null on the last.',
  })
  readonly next_cursor: string | null;

  constructor({ items, nextCursor }: PredictionPage) {
    this.items = items.map((row) => new LoggedPredictionResponse(row));
    this.next_cursor = nextCursor;
  }
}

export class ErasureResponse {
  @ApiProperty({ description: 'How many predictions went.' })
  readonly predictions!: number;

  @ApiProperty({ description: 'What challengers had said about them.' })
  readonly comparisons!: number;

  @ApiProperty({ description: 'Labels that had come for them.' })
  readonly labels!: number;
}
