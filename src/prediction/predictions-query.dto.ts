// What GET /predictions takes.
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsInt,
  IsISO8601,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { PredictionFilter } from './prediction-log.ts';

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

/** A date (its UTC midnight) or an instant with its offset: local time would mean another instant on another server. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
const INSTANT_MESSAGE = {
  message: '$property must be a date or an ISO 8601 instant with an offset or Z',
};

export class PredictionsQuery {
  @ApiPropertyOptional({ format: 'date-time', description: 'From this instant on.' })
  @IsOptional()
  @IsISO8601({ strict: true }, INSTANT_MESSAGE)
  @Matches(INSTANT, INSTANT_MESSAGE)
  readonly from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this instant.' })
  @IsOptional()
  @IsISO8601({ strict: true }, INSTANT_MESSAGE)
  @Matches(INSTANT, INSTANT_MESSAGE)
  readonly to?: string;

  @ApiPropertyOptional({ example: '1', description: 'Of this model version.' })
  @IsOptional()
  @Matches(/^[\w.-]{1,64}$/, { message: '$property must be a model version' })
  readonly version?: string;

  @ApiPropertyOptional({ maxLength: 256, description: 'With this label.' })
  @IsOptional()
  @MaxLength(256)
  @Matches(/^\P{Cc}*$/u, { message: '$property must be text without control characters' })
  readonly label?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Asked for by the user with this id.' })
  @IsOptional()
  @IsUUID()
  readonly user?: string;

  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = DEFAULT_PAGE;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before.' })
  @IsOptional()
  @MaxLength(256)
  readonly cursor?: string;

  toFilter(): PredictionFilter {
    const { from, to, version, label, user } = this;
    return {
      ...(from !== undefined && { from: Date.parse(from) }),
      ...(to !== undefined && { to: Date.parse(to) }),
      ...(version !== undefined && { version }),
      ...(label !== undefined && { label }),
      ...(user !== undefined && { userId: user }),
    };
  }
}
