// Pages of a list, newest first: what every list route takes.
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, MaxLength, Min } from 'class-validator';

const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;
/** MLflow's page tokens are the longest cursors. */
const MAX_CURSOR = 4096;

export class PageQuery {
  @ApiPropertyOptional({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  readonly limit: number = DEFAULT_PAGE;

  @ApiPropertyOptional({ description: 'The `next_cursor` of the page before.' })
  @IsOptional()
  @MaxLength(MAX_CURSOR)
  readonly cursor?: string;
}
