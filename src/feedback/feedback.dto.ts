// What /feedback takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { toIso } from '../database/epoch-ms.ts';
import { FEEDBACK_RESULTS, type FeedbackResult } from '../metrics/monitoring-instruments.ts';
import type { ItemResult } from './feedback.service.ts';
import type { FeedbackStatement } from './feedback-statement.entity.ts';
import type { LabelWithHistory } from './feedback-table.ts';
import { MAX_GROUP_LENGTH, MAX_GROUPS, MAX_ITEMS } from './read-feedback.ts';

const ID = {
  format: 'uuid',
  example: '019a3f0a-6a51-7b7a-a6f1-0d0c1a9f3b52',
  description: 'The id that the prediction answered with.',
};
const LABEL = {
  maxLength: 256,
  example: 'malignant',
  description:
    'The positive or the negative label of the model; or the positive class as the data write it.',
};
const OBSERVED_AT = {
  format: 'date-time',
  description: 'When it came to be known; when it was received, unless said.',
};
const GROUPS = {
  type: 'object' as const,
  additionalProperties: { type: 'string' as const, maxLength: MAX_GROUP_LENGTH },
  example: { sex: 'female' },
  description:
    'What the row belongs to by attributes that the model never sees, for GET /monitoring/fairness: ' +
    `at most ${MAX_GROUPS} names of at most ${MAX_GROUP_LENGTH} characters.`,
};

export class FeedbackItem {
  @ApiProperty(ID)
  readonly prediction_id!: string;

  @ApiProperty(LABEL)
  readonly label!: string;

  @ApiPropertyOptional(OBSERVED_AT)
  readonly observed_at?: string;

  @ApiPropertyOptional(GROUPS)
  readonly groups?: Readonly<Record<string, string>>;
}

export class FeedbackRequest {
  @ApiProperty({ type: FeedbackItem, isArray: true, minItems: 1, maxItems: MAX_ITEMS })
  readonly items!: readonly FeedbackItem[];
}

const RESULT_NAMES = FEEDBACK_RESULTS.map((result) =>
  result === 'unknown_id' ? 'unknown' : result,
);

export class FeedbackItemResult {
  @ApiProperty(ID)
  readonly prediction_id!: string;

  @ApiProperty({
    enum: RESULT_NAMES,
    description:
      'accepted: the first label; updated: another than before; duplicate: known already; unknown: there is no such prediction; ' +
      'conflict: this request says different things of it, and nothing is stored for it.',
  })
  readonly result!: Exclude<FeedbackResult, 'unknown_id'> | 'unknown';
}

export class FeedbackResponse {
  @ApiProperty({
    type: FeedbackItemResult,
    isArray: true,
    description: 'One an item, in their order.',
  })
  readonly items: readonly FeedbackItemResult[];

  constructor(results: readonly ItemResult[]) {
    this.items = results.map(({ predictionId, result }) => ({
      prediction_id: predictionId,
      result: result === 'unknown_id' ? 'unknown' : result,
    }));
  }
}

export class StatementResponse {
  @ApiProperty({ description: 'From 1; one more with every change.' })
  readonly revision: number;

  @ApiProperty(LABEL)
  readonly label: string;

  @ApiProperty({ ...OBSERVED_AT, type: String, nullable: true })
  readonly observed_at: string | null;

  @ApiProperty({ ...GROUPS, nullable: true })
  readonly groups: Readonly<Record<string, string>> | null;

  @ApiProperty({ format: 'date-time' })
  readonly received_at: string;

  @ApiProperty({ format: 'uuid', description: 'Who said so.' })
  readonly user_id: string;

  @ApiProperty({ description: '`token:` and a session id, or `api_key:` and a key id.' })
  readonly credential: string;

  constructor(statement: FeedbackStatement & { readonly revision: number }) {
    this.revision = statement.revision;
    this.label = statement.label;
    this.observed_at = statement.observedAt === null ? null : toIso(statement.observedAt);
    this.groups =
      statement.groups === null
        ? null
        : (JSON.parse(statement.groups) as Readonly<Record<string, string>>);
    this.received_at = toIso(statement.receivedAt);
    this.user_id = statement.userId;
    this.credential = statement.credential;
  }
}

export class LabelResponse extends StatementResponse {
  @ApiProperty(ID)
  readonly prediction_id: string;

  @ApiProperty({
    type: StatementResponse,
    isArray: true,
    description: 'Every state of the label, the newest first.',
  })
  readonly history: readonly StatementResponse[];

  constructor({ current, history }: LabelWithHistory) {
    super(current);
    this.prediction_id = current.predictionId;
    this.history = history.map((change) => new StatementResponse(change));
  }
}
