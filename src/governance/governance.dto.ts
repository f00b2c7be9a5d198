// What the routes of governance take and answer.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { toIso } from '../database/epoch-ms.ts';
import type { GateCheck } from './gate-check.ts';
import type { GateReport } from './gate.ts';
import {
  CAUSES,
  EVENT_KINDS,
  type Cause,
  type EventKind,
  type ModelEvent,
} from './model-event.entity.ts';
import type { EventPage } from './model-history.ts';

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const RUN_ID = '5b1d0f6f3c1e4d0f9a6f2f9c0c1d2e3f';
const REASON = { maxLength: 500, example: 'Retrained on the second quarter' };
const PARAMS = {
  type: 'object',
  additionalProperties: true,
  nullable: true,
  example: { C: 0.1, random_state: 42 },
} as const;
const optionalText = { type: String, nullable: true } as const;

type Params = Readonly<Record<string, string | number | boolean>>;

export class RollbackRequest {
  @ApiPropertyOptional({ ...REASON, description: 'Kept in the history.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: '$property must be text without control characters' })
  readonly reason?: string;
}

export class PromoteRequest extends RollbackRequest {
  @ApiProperty({ example: '2' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'number' ? `${value}` : value))
  @Matches(/^[1-9]\d{0,8}$/, { message: '$property must be a version number' })
  readonly version!: string;

  @ApiPropertyOptional({
    default: false,
    description: 'Overrules a gate that refuses; needs a reason.',
  })
  @IsOptional()
  @IsBoolean()
  readonly force?: boolean;
}

export class IntervalResponse {
  @ApiProperty({ example: -0.004 })
  readonly low!: number;

  @ApiProperty({ example: 0.006 })
  readonly high!: number;
}

export class GateCheckResponse {
  @ApiProperty({ example: 'roc_auc_vs_champion' })
  readonly name!: string;

  @ApiProperty()
  readonly passed!: boolean;

  @ApiProperty({ type: Number, nullable: true, description: 'Measured.', example: 0.001 })
  readonly value!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: -0.01 })
  readonly limit!: number | null;

  @ApiProperty({ type: IntervalResponse, nullable: true, description: 'Of an estimate.' })
  readonly interval!: IntervalResponse | null;

  @ApiProperty({ example: 'challenger minus champion on 113 rows, DeLong' })
  readonly detail!: string;
}

export class GateReportResponse {
  @ApiProperty()
  readonly passed!: boolean;

  @ApiProperty({ type: [GateCheckResponse] })
  readonly checks!: readonly GateCheck[];
}

export class RollbackResponse {
  @ApiProperty({ example: 'foretell' })
  readonly model!: string;

  @ApiProperty({ description: 'The champion now.', example: '2' })
  readonly version!: string;

  @ApiProperty({ ...optionalText, description: 'The champion before.', example: '1' })
  readonly from_version!: string | null;

  @ApiProperty({ description: 'Whether this server answers with the version by now.' })
  readonly serving!: boolean;

  @ApiProperty({ ...optionalText, description: 'Why it does not.', example: null })
  readonly serving_problem!: string | null;
}

/** The gate's report, and what became of it. */
export class PromotionResponse extends RollbackResponse {
  @ApiProperty({ description: 'The gate refused and was overruled.' })
  readonly forced!: boolean;

  @ApiProperty()
  readonly passed!: boolean;

  @ApiProperty({ type: [GateCheckResponse] })
  readonly checks!: readonly GateCheck[];
}

export class ModelEventResponse {
  @ApiProperty({ example: 7 })
  readonly id: number;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  readonly at: string;

  @ApiProperty({ enum: EVENT_KINDS })
  readonly kind: EventKind;

  @ApiProperty({ example: 'foretell' })
  readonly model: string;

  @ApiProperty({ ...optionalText, example: 'champion' })
  readonly alias: string | null;

  @ApiProperty({ ...optionalText, example: '2' })
  readonly version: string | null;

  @ApiProperty({ ...optionalText, description: 'Of a move: where from.', example: '1' })
  readonly from_version: string | null;

  @ApiProperty({
    description:
      'A user name; `cli`; `registry` for what was seen there; `server` for its own doing.',
    example: 'admin',
  })
  readonly actor: string;

  @ApiProperty({ enum: CAUSES, nullable: true, description: 'Of a move.' })
  readonly cause: Cause | null;

  @ApiProperty({ ...optionalText, example: null })
  readonly reason: string | null;

  @ApiProperty({ type: GateReportResponse, nullable: true })
  readonly report: GateReport | null;

  @ApiProperty({ ...optionalText, description: 'Which server it was that served.' })
  readonly server: string | null;

  @ApiProperty({ ...optionalText, example: DIGEST })
  readonly onnx_sha256: string | null;

  @ApiProperty({ ...optionalText, example: RUN_ID })
  readonly run_id: string | null;

  @ApiProperty({ ...optionalText, description: 'sha256 of the training data.', example: DIGEST })
  readonly data_digest: string | null;

  @ApiProperty({ ...optionalText, example: null })
  readonly git_commit: string | null;

  @ApiProperty(PARAMS)
  readonly params: Params | null;

  constructor(event: ModelEvent) {
    this.id = event.id;
    this.at = toIso(event.at);
    this.kind = event.kind;
    this.model = event.model;
    this.alias = event.alias;
    this.version = event.version;
    this.from_version = event.fromVersion;
    this.actor = event.actor;
    this.cause = event.cause;
    this.reason = event.reason;
    this.report = event.report === null ? null : (JSON.parse(event.report) as GateReport);
    this.server = /^server:(.+)$/.exec(event.stream ?? '')?.[1] ?? null;
    this.onnx_sha256 = event.onnxSha256;
    this.run_id = event.runId;
    this.data_digest = event.dataDigest;
    this.git_commit = event.gitCommit;
    this.params = event.params === null ? null : (JSON.parse(event.params) as Params);
  }
}

export class HistoryResponse {
  @ApiProperty({ type: [ModelEventResponse] })
  readonly items: readonly ModelEventResponse[];

  @ApiProperty({
    ...optionalText,
    description: 'Send as `cursor` for the next page; null on the last.',
  })
  readonly next_cursor: string | null;

  constructor({ items, nextCursor }: EventPage) {
    this.items = items.map((event) => new ModelEventResponse(event));
    this.next_cursor = nextCursor;
  }
}

export class LineageModel {
  @ApiProperty({ example: 'foretell' })
  readonly name!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;
}

export class LineageMove {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ example: 'champion' })
  readonly alias!: string;

  @ApiProperty({ ...optionalText, example: '1' })
  readonly from_version!: string | null;

  @ApiProperty({ example: 'admin' })
  readonly actor!: string;

  @ApiProperty({ enum: CAUSES, nullable: true })
  readonly cause!: Cause | null;

  @ApiProperty({ ...optionalText, example: null })
  readonly reason!: string | null;
}

export class LineageResponse {
  @ApiProperty({ format: 'uuid' })
  readonly prediction_id!: string;

  @ApiProperty({ format: 'date-time' })
  readonly predicted_at!: string;

  @ApiProperty({ type: LineageModel })
  readonly model!: LineageModel;

  @ApiProperty({ ...optionalText, description: 'champion or challenger.', example: 'champion' })
  readonly served_as!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly serving_since!: string | null;

  @ApiProperty({ ...optionalText, example: DIGEST })
  readonly onnx_sha256!: string | null;

  @ApiProperty({ ...optionalText, example: RUN_ID })
  readonly run_id!: string | null;

  @ApiProperty(PARAMS)
  readonly params!: Params | null;

  @ApiProperty({ ...optionalText, description: 'sha256 of the training data.', example: DIGEST })
  readonly data_digest!: string | null;

  @ApiProperty({ ...optionalText, example: null })
  readonly git_commit!: string | null;

  @ApiProperty({
    type: [LineageMove],
    description: 'The moves that made this version what it was, up to the prediction.',
  })
  readonly alias_moves!: readonly LineageMove[];
}
