// A span of time as list routes take it.
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsISO8601, IsOptional, Matches } from 'class-validator';

/** A date (its UTC midnight) or an instant with its offset: local time would mean another instant on another server. */
const INSTANT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
const INSTANT_MESSAGE = {
  message: '$property must be a date or an ISO 8601 instant with an offset or Z',
};

export class SpanQuery {
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
}

/** Epoch milliseconds; `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from?: number;
  readonly to?: number;
}

export const toSpan = ({ from, to }: SpanQuery): Span => ({
  ...(from !== undefined && { from: Date.parse(from) }),
  ...(to !== undefined && { to: Date.parse(to) }),
});
