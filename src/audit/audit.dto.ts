// What GET /audit takes and answers.
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional, MaxLength } from 'class-validator';
import {
  ACTOR_KINDS,
  AUDIT_ACTIONS,
  AUDIT_OUTCOMES,
  TARGET_KINDS,
  type ActorKind,
  type AuditAction,
  type AuditOutcome,
  type TargetKind,
} from '../common/audit-trail.ts';
import { PageQuery } from '../common/page-query.ts';
import { SpanQuery, toSpan } from '../common/span-query.ts';
import { toIso } from '../database/epoch-ms.ts';
import type { AuditEvent } from './audit-event.entity.ts';
import type { AuditFilter, AuditPage } from './audit-log.ts';

/** The longest name of a user. */
const MAX_ACTOR = 64;
const optionalText = { type: String, nullable: true } as const;

export const AUDIT_FORMATS = ['json', 'jsonl'] as const;
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export class AuditQuery extends IntersectionType(PageQuery, SpanQuery) {
  @ApiPropertyOptional({ enum: AUDIT_ACTIONS })
  @IsOptional()
  @IsIn(AUDIT_ACTIONS)
  readonly action?: AuditAction;

  @ApiPropertyOptional({
    maxLength: MAX_ACTOR,
    description: 'The id of a user or an API key, or the exact name of a user or a command.',
  })
  @IsOptional()
  @MaxLength(MAX_ACTOR)
  readonly actor?: string;

  @ApiPropertyOptional({
    enum: AUDIT_FORMATS,
    description:
      'Wins over `Accept`. `jsonl`: every event that matches, one a line, without `limit` and `cursor`.',
  })
  @IsOptional()
  @IsIn(AUDIT_FORMATS, { message: '$property must be json or jsonl' })
  readonly format?: AuditFormat;
}

export const toFilter = (query: AuditQuery): AuditFilter => ({
  ...toSpan(query),
  ...(query.action !== undefined && { action: query.action }),
  ...(query.actor !== undefined && { actor: query.actor }),
});

export class AuditActorResponse {
  @ApiProperty({
    enum: ACTOR_KINDS,
    description: 'command: on the machine; nobody: had not shown who they are.',
  })
  readonly kind!: ActorKind;

  @ApiProperty({ ...optionalText, format: 'uuid', description: "An API key's owner too." })
  readonly user_id!: string | null;

  @ApiProperty({ ...optionalText, example: 'ann', description: 'Of the user or the command.' })
  readonly name!: string | null;

  @ApiProperty({ ...optionalText, format: 'uuid', example: null })
  readonly api_key_id!: string | null;

  @ApiProperty({ ...optionalText, example: null })
  readonly api_key_name!: string | null;
}

export class AuditTargetResponse {
  @ApiProperty({ enum: TARGET_KINDS })
  readonly kind!: TargetKind;

  @ApiProperty({ ...optionalText, description: 'Of a model: its version.' })
  readonly id!: string | null;

  @ApiProperty({ ...optionalText, example: 'bob' })
  readonly name!: string | null;
}

/** What the log line of an event says too. */
export class AuditedResponse {
  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  readonly at: string;

  @ApiProperty({ type: AuditActorResponse })
  readonly actor: AuditActorResponse;

  @ApiProperty({ enum: AUDIT_ACTIONS, example: 'user_changed' })
  readonly action: AuditAction;

  @ApiProperty({ type: AuditTargetResponse, nullable: true })
  readonly target: AuditTargetResponse | null;

  @ApiProperty({ enum: AUDIT_OUTCOMES, example: 'done' })
  readonly outcome: AuditOutcome;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { fields: ['role'], role: { from: 'client', to: 'operator' } },
  })
  readonly details: object;

  @ApiProperty({ ...optionalText, example: '192.0.2.7' })
  readonly address: string | null;

  @ApiProperty({ ...optionalText, description: 'The `X-Request-Id` of the answer.' })
  readonly request_id: string | null;

  constructor(event: Omit<AuditEvent, 'id'>) {
    this.at = toIso(event.at);
    this.actor = {
      kind: event.actorKind,
      user_id: event.actorUserId,
      name: event.actorName,
      api_key_id: event.apiKeyId,
      api_key_name: event.apiKeyName,
    };
    this.action = event.action;
    this.target =
      event.targetKind === null
        ? null
        : { kind: event.targetKind, id: event.targetId, name: event.targetName };
    this.outcome = event.outcome;
    this.details = JSON.parse(event.details) as object;
    this.address = event.address;
    this.request_id = event.requestId;
  }
}

export class AuditEventResponse extends AuditedResponse {
  @ApiProperty({ type: 'integer', example: 1 })
  readonly id: number;

  constructor(event: AuditEvent) {
    super(event);
    this.id = event.id;
  }
}

export class AuditPageResponse {
  @ApiProperty({ type: AuditEventResponse, isArray: true })
  readonly items: readonly AuditEventResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Send as `cursor` for the next page; null on the last.',
  })
  readonly next_cursor: string | null;

  constructor({ items, nextCursor }: AuditPage) {
    this.items = items.map((event) => new AuditEventResponse(event));
    this.next_cursor = nextCursor;
  }
}
