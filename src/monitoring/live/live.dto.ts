// What GET /monitoring/stream takes, and what its events hold.
import {
  ApiProperty,
  ApiPropertyOptional,
  IntersectionType,
  OmitType,
  PartialType,
  PickType,
} from '@nestjs/swagger';
import type { DriftVerdict } from '../../statistics/drift/drift-of.ts';
import { AnomalyResponse } from '../anomalies/anomalies.dto.ts';
import { EvaluatedModel } from '../drift/drift.dto.ts';
import { AucIntervalResponse, EstimateResponse } from '../quality/quality.dto.ts';
import {
  MeanAndP95Response,
  MovingAveragesResponse,
  ScoresResponse,
  SummaryQuery,
} from '../summary/summary.dto.ts';
import { ROLES, type Role } from '../summary/summary.ts';
import { WindowBounds } from '../window.dto.ts';
import { WINDOW_NAMES, type WindowName } from '../window.ts';

const FIGURE = { type: Number, nullable: true } as const;
const SHARE = { ...FIGURE, minimum: 0, maximum: 1 };

/** Newest predictions and anomalies that are told. */
export const MOST_RECENT = 25;
export const MOST_ANOMALIES = 50;

export class LiveQuery extends SummaryQuery {}

export class LiveWindow extends WindowBounds {
  @ApiProperty({ enum: WINDOW_NAMES })
  readonly name!: WindowName;
}

export class TileResponse {
  @ApiProperty({ ...FIGURE, description: 'null: not known, or of nothing.' })
  readonly value!: number | null;

  @ApiProperty({ ...FIGURE, description: 'The same of the window before, as long as this one.' })
  readonly before!: number | null;
}

const TILE = { type: TileResponse };

export class TilesResponse {
  @ApiProperty({ ...TILE, description: 'null, like those of requests below, of one version.' })
  readonly requests_per_second!: TileResponse;

  @ApiProperty(TILE)
  readonly error_rate!: TileResponse;

  @ApiProperty(TILE)
  readonly latency_p50_ms!: TileResponse;

  @ApiProperty(TILE)
  readonly latency_p95_ms!: TileResponse;

  @ApiProperty(TILE)
  readonly latency_p99_ms!: TileResponse;

  @ApiProperty({ ...TILE, description: 'Of rows whose probability reached the threshold.' })
  readonly high_risk_rate!: TileResponse;

  @ApiProperty({
    ...TILE,
    description:
      'Of the last evaluation on schedule; `before`: of the last one before the window began.',
  })
  readonly drift_share!: TileResponse;

  @ApiProperty({ ...TILE, description: 'Over 7 days, as last measured on schedule.' })
  readonly live_roc_auc!: TileResponse;

  @ApiProperty({
    ...TILE,
    description: 'Predictions that are not stored yet, of the process that answers.',
  })
  readonly log_queue!: TileResponse;
}

export class LiveAverages extends PickType(MovingAveragesResponse, [
  'latency_ms',
  'cpu_percent',
  'memory_bytes',
  'score',
] as const) {}

export class LivePoint {
  @ApiProperty({ format: 'date-time', description: 'Where the point begins.' })
  readonly at!: string;

  @ApiProperty({ ...FIGURE, description: 'null, like errors and latency, of one version.' })
  readonly requests_per_second!: number | null;

  @ApiProperty(SHARE)
  readonly error_rate!: number | null;

  @ApiProperty(FIGURE)
  readonly rows_per_second!: number | null;

  @ApiProperty({ type: MeanAndP95Response, nullable: true })
  readonly latency_ms!: MeanAndP95Response | null;

  @ApiProperty({
    ...FIGURE,
    description: 'Of a server process, second by second; of one version: as its rows found it.',
  })
  readonly cpu_percent!: number | null;

  @ApiProperty({ ...FIGURE, description: 'The same.' })
  readonly memory_bytes!: number | null;

  @ApiProperty({ ...FIGURE, description: 'The mean of the longest of each second.' })
  readonly event_loop_lag_ms!: number | null;

  @ApiProperty(SHARE)
  readonly mean_score!: number | null;

  @ApiProperty(SHARE)
  readonly high_risk_rate!: number | null;

  @ApiProperty({
    type: LiveAverages,
    description: 'Over the values of this point and of those before it together.',
  })
  readonly moving_average!: LiveAverages;
}

export class LiveScores extends PickType(ScoresResponse, [
  'edges',
  'counts',
  'reference',
] as const) {
  @ApiProperty({ ...SHARE, description: 'null where the version is not served.' })
  readonly threshold!: number | null;
}

export class LiveDrift {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ enum: ['drift', 'no_drift', 'insufficient_data'] })
  readonly verdict!: DriftVerdict;

  @ApiProperty({ ...SHARE, description: 'Of the columns with a verdict, those that drifted.' })
  readonly share!: number | null;
}

export class LiveQuality {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: 'Answers of 7 days whose label has come.' })
  readonly labelled!: number;

  @ApiProperty(SHARE)
  readonly coverage!: number | null;

  @ApiProperty({ type: AucIntervalResponse, nullable: true })
  readonly roc_auc!: AucIntervalResponse | null;

  @ApiProperty({ type: EstimateResponse, nullable: true })
  readonly estimated_roc_auc!: EstimateResponse | null;
}

export class LivePrediction {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ format: 'date-time' })
  readonly created_at!: string;

  @ApiProperty({ example: 'malignant' })
  readonly label!: string;

  @ApiProperty({ minimum: 0, maximum: 1 })
  readonly probability!: number;

  @ApiProperty({ minimum: 0, maximum: 1 })
  readonly threshold!: number;

  @ApiProperty({ type: EvaluatedModel })
  readonly model!: EvaluatedModel;

  @ApiProperty()
  readonly duration_ms!: number;

  @ApiProperty({ description: 'Values outside what training saw.' })
  readonly warnings!: number;

  @ApiProperty({ type: String, nullable: true, description: "The caller's own reference." })
  readonly key!: string | null;
}

export class LiveVersion {
  @ApiProperty({ example: '2' })
  readonly version!: string;

  @ApiProperty({ enum: ROLES, nullable: true, description: 'null: not served now.' })
  readonly role!: Role | null;
}

export class LiveStateResponse {
  @ApiProperty({ format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ description: 'Between two changes.' })
  readonly tick_seconds!: number;

  @ApiProperty({ type: LiveWindow, description: 'What the figures are exact for.' })
  readonly window!: LiveWindow;

  @ApiProperty({ type: String, nullable: true, description: 'As asked for.' })
  readonly version!: string | null;

  @ApiProperty({ description: 'Between two points of the series.' })
  readonly step_seconds!: number;

  @ApiProperty({ type: TilesResponse })
  readonly tiles!: TilesResponse;

  @ApiProperty({
    type: LivePoint,
    isArray: true,
    description: 'Oldest first, at most 300, also those without a row.',
  })
  readonly series!: readonly LivePoint[];

  @ApiProperty({ type: LiveScores })
  readonly scores!: LiveScores;

  @ApiProperty({
    type: AnomalyResponse,
    isArray: true,
    description: `Newest first, ${MOST_ANOMALIES} at most.`,
  })
  readonly anomalies!: readonly AnomalyResponse[];

  @ApiProperty({
    type: LiveDrift,
    nullable: true,
    description: 'The last evaluation on schedule; null where there is none.',
  })
  readonly drift!: LiveDrift | null;

  @ApiProperty({
    type: LiveQuality,
    nullable: true,
    description: 'As last measured on schedule; null where it was not.',
  })
  readonly quality!: LiveQuality | null;

  @ApiProperty({
    type: LivePrediction,
    isArray: true,
    description: `Newest first, ${MOST_RECENT} at most.`,
  })
  readonly recent!: readonly LivePrediction[];

  @ApiProperty({
    type: LiveVersion,
    isArray: true,
    description: 'Those that are served or have rows in the window.',
  })
  readonly versions!: readonly LiveVersion[];
}

export class LiveSeriesChange {
  @ApiProperty({ format: 'date-time', description: 'Points before it have left the window.' })
  readonly from!: string;

  @ApiProperty({
    type: LivePoint,
    isArray: true,
    description: 'New ones, and those that are not as they were; oldest first.',
  })
  readonly points!: readonly LivePoint[];
}

const ALWAYS = ['at', 'window'] as const;

/** What is not there is as it was. */
export class LiveChangeResponse extends IntersectionType(
  PickType(LiveStateResponse, ALWAYS),
  PartialType(OmitType(LiveStateResponse, [...ALWAYS, 'series'] as const)),
) {
  @ApiPropertyOptional({ type: LiveSeriesChange })
  readonly series?: LiveSeriesChange;
}
