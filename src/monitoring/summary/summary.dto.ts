// What GET /monitoring/summary takes and answers.
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { ACTIVITY_ERRORS, type ActivityError } from '../../metrics/activity.ts';
import { WindowBounds, WindowQuery } from '../window.dto.ts';
import type { LabelShare, Percentiles, ScoreFigures, Spread } from './figures.ts';
import type { MeanAndP95, MovingAverages, SummaryPoint, VersionPoint } from './series.ts';
import {
  PERCENTILES,
  ROLES,
  type ErrorFigures,
  type LatencyFigures,
  type ProcessFigures,
  type Role,
  type Summary,
  type Throughput,
  type VersionSummary,
} from './summary.ts';

/** Not known, or of nothing, is null. */
const FIGURE = { type: Number, nullable: true } as const;
const SHARE = { ...FIGURE, minimum: 0, maximum: 1 };

export class SummaryQuery extends WindowQuery {
  @ApiPropertyOptional({
    example: '2',
    description:
      'Rows of this model version alone. Requests, their errors and their latency belong to no version, and are null then.',
  })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;
}

export class SpreadResponse implements Spread {
  @ApiProperty(FIGURE)
  readonly mean!: number | null;

  @ApiProperty(FIGURE)
  readonly min!: number | null;

  @ApiProperty(FIGURE)
  readonly max!: number | null;
}

export class PercentilesResponse extends SpreadResponse implements Percentiles {
  @ApiProperty(FIGURE)
  readonly p50!: number | null;

  @ApiProperty(FIGURE)
  readonly p95!: number | null;

  @ApiProperty(FIGURE)
  readonly p99!: number | null;
}

export class StageLatencies {
  @ApiProperty({ type: PercentilesResponse })
  readonly validate!: PercentilesResponse;

  @ApiProperty({ type: PercentilesResponse })
  readonly infer!: PercentilesResponse;

  @ApiProperty({ type: PercentilesResponse, description: 'Where it was asked for.' })
  readonly explain!: PercentilesResponse;

  @ApiProperty({ type: PercentilesResponse })
  readonly log!: PercentilesResponse;
}

export class LatencyResponse extends PercentilesResponse implements LatencyFigures {
  @ApiProperty({ type: StageLatencies, description: 'Of the rows of one request.' })
  readonly stages!: StageLatencies;
}

export class ErrorsResponse implements ErrorFigures {
  @ApiProperty()
  readonly total!: number;

  @ApiProperty({ ...SHARE, description: 'Of the requests.' })
  readonly rate!: number | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: Object.fromEntries(ACTIVITY_ERRORS.map((kind) => [kind, 0])),
  })
  readonly by_kind!: Readonly<Record<ActivityError, number>>;
}

export class ThroughputResponse implements Throughput {
  @ApiProperty(FIGURE)
  readonly rows_per_second!: number | null;

  @ApiProperty(FIGURE)
  readonly requests_per_second!: number | null;

  @ApiProperty({ ...FIGURE, description: 'Of the busiest point of the series.' })
  readonly peak_rows_per_second!: number | null;
}

export class ProcessResponse implements ProcessFigures {
  @ApiProperty({ type: SpreadResponse, description: 'Of one core.' })
  readonly cpu_percent!: SpreadResponse;

  @ApiProperty({ type: SpreadResponse })
  readonly memory_bytes!: SpreadResponse;

  @ApiProperty({ type: SpreadResponse, description: 'The longest of each second.' })
  readonly event_loop_lag_ms!: SpreadResponse;
}

export class LabelShareResponse implements LabelShare {
  @ApiProperty({ example: 'malignant' })
  readonly label!: string;

  @ApiProperty()
  readonly rows!: number;

  @ApiProperty({ minimum: 0, maximum: 1 })
  readonly share!: number;
}

export class ScoresResponse extends SpreadResponse implements ScoreFigures {
  @ApiProperty({
    type: Number,
    isArray: true,
    description: '21 bounds of 20 bins over [0, 1]; a bin includes its lower bound.',
  })
  readonly edges!: readonly number[];

  @ApiProperty({ type: Number, isArray: true, description: 'Rows in each bin.' })
  readonly counts!: readonly number[];

  @ApiProperty({
    type: Number,
    isArray: true,
    nullable: true,
    description:
      'Rows of training in the same bins, of the champion or of the version asked for; null where it is not served or does not tell.',
  })
  readonly reference!: readonly number[] | null;
}

export class RowFiguresResponse {
  @ApiProperty({ description: 'Predictions in the log.' })
  readonly rows!: number;

  @ApiProperty({ ...SHARE, description: 'Of rows whose probability reached the threshold.' })
  readonly high_risk_rate!: number | null;

  @ApiProperty({ ...SHARE, description: 'Of rows with a value outside what training saw.' })
  readonly warning_rate!: number | null;

  @ApiProperty({ type: LabelShareResponse, isArray: true, description: 'The most frequent first.' })
  readonly labels!: readonly LabelShareResponse[];

  @ApiProperty({ type: ScoresResponse })
  readonly scores!: ScoresResponse;

  @ApiProperty({ type: PercentilesResponse, description: 'To encode and score a row.' })
  readonly row_latency_ms!: PercentilesResponse;

  @ApiProperty({ type: SpreadResponse, description: 'Of the process, as each row found it.' })
  readonly cpu_percent!: SpreadResponse;

  @ApiProperty({ type: SpreadResponse, description: 'Of the process, as each row found it.' })
  readonly memory_bytes!: SpreadResponse;
}

export class MeanAndP95Response implements MeanAndP95 {
  @ApiProperty(FIGURE)
  readonly mean!: number | null;

  @ApiProperty(FIGURE)
  readonly p95!: number | null;
}

export class MovingAveragesResponse implements MovingAverages {
  @ApiProperty(FIGURE)
  readonly latency_ms!: number | null;

  @ApiProperty(FIGURE)
  readonly row_latency_ms!: number | null;

  @ApiProperty(FIGURE)
  readonly cpu_percent!: number | null;

  @ApiProperty(FIGURE)
  readonly memory_bytes!: number | null;

  @ApiProperty(FIGURE)
  readonly score!: number | null;
}

export class VersionPointResponse implements VersionPoint {
  @ApiProperty({ format: 'date-time', description: 'Where the point begins.' })
  readonly at!: string;

  @ApiProperty()
  readonly rows!: number;

  @ApiProperty(SHARE)
  readonly high_risk_rate!: number | null;

  @ApiProperty(SHARE)
  readonly mean_score!: number | null;

  @ApiProperty({ type: MeanAndP95Response })
  readonly row_latency_ms!: MeanAndP95Response;
}

export class SummaryPointResponse extends VersionPointResponse implements SummaryPoint {
  @ApiProperty(FIGURE)
  readonly requests!: number | null;

  @ApiProperty(FIGURE)
  readonly errors!: number | null;

  @ApiProperty(FIGURE)
  readonly rows_per_second!: number | null;

  @ApiProperty({ type: MeanAndP95Response, nullable: true })
  readonly latency_ms!: MeanAndP95Response | null;

  @ApiProperty(FIGURE)
  readonly cpu_percent!: number | null;

  @ApiProperty(FIGURE)
  readonly memory_bytes!: number | null;

  @ApiProperty({
    type: MovingAveragesResponse,
    description: 'Means over the rows, or requests, of this point and those before it together.',
  })
  readonly moving_average!: MovingAveragesResponse;
}

export class VersionSummaryResponse extends RowFiguresResponse implements VersionSummary {
  @ApiProperty({ example: 'foretell' })
  readonly model!: string;

  @ApiProperty({ example: '2' })
  readonly version!: string;

  @ApiProperty({ enum: ROLES, nullable: true, description: 'null: not served now.' })
  readonly role!: Role | null;

  @ApiProperty(FIGURE)
  readonly rows_per_second!: number | null;

  @ApiProperty({
    type: VersionPointResponse,
    isArray: true,
    description: 'Points without a row of the version are left out.',
  })
  readonly series!: readonly VersionPointResponse[];
}

export class SummaryResponse extends RowFiguresResponse implements Summary {
  @ApiProperty({ type: WindowBounds, description: 'What the figures are exact for.' })
  readonly window!: WindowBounds;

  @ApiProperty({ type: String, nullable: true, description: 'As asked for.' })
  readonly version!: string | null;

  @ApiProperty({
    example: PERCENTILES,
    description: 'How p50, p95 and p99 are known; all other figures are exact.',
  })
  readonly percentiles!: string;

  @ApiProperty({ ...FIGURE, description: 'Of all prediction routes, the refused ones too.' })
  readonly requests!: number | null;

  @ApiProperty({ type: ErrorsResponse, nullable: true })
  readonly errors!: ErrorsResponse | null;

  @ApiProperty({ type: ThroughputResponse })
  readonly throughput!: ThroughputResponse;

  @ApiProperty({
    type: LatencyResponse,
    nullable: true,
    description: 'Of a request, from its first byte to the last of its answer.',
  })
  readonly latency_ms!: LatencyResponse | null;

  @ApiProperty({
    type: ProcessResponse,
    nullable: true,
    description: 'Of a server process, second by second.',
  })
  readonly process!: ProcessResponse | null;

  @ApiProperty({ description: 'Between two points of the series.' })
  readonly step_seconds!: number;

  @ApiProperty({ description: 'Points that a moving average goes over.' })
  readonly moving_average_points!: number;

  @ApiProperty({
    type: SummaryPointResponse,
    isArray: true,
    description: 'Oldest first, at most 300, also those without a row.',
  })
  readonly series!: readonly SummaryPointResponse[];

  @ApiProperty({
    type: VersionSummaryResponse,
    isArray: true,
    description: 'Champion and challenger first; then the others, that with the most rows first.',
  })
  readonly versions!: readonly VersionSummaryResponse[];
}
