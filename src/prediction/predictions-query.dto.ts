// What GET /predictions takes: which predictions, and which page of them; and what DELETE /predictions takes.
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional, IsUUID, Matches, MaxLength } from 'class-validator';
import { PageQuery } from '../common/page-query.ts';
import { SpanQuery, toSpan } from '../common/span-query.ts';
import type { PredictionFilter } from './prediction-log.ts';

export class PredictionFilterQuery extends SpanQuery {
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
}

export class PredictionsQuery extends IntersectionType(PageQuery, PredictionFilterQuery) {}

/** Whose predictions are to be erased. */
export class ErasureQuery {
  @ApiProperty({
    minLength: 1,
    maxLength: 128,
    description: "The caller's own reference, exactly.",
  })
  @Matches(/^\P{Cc}{1,128}$/u, {
    message: '$property must be a text of 1 to 128 characters without control characters',
  })
  readonly key!: string;
}

/** A function, for the classes that are made of this one inherit its fields and no methods. */
export function toFilter(query: PredictionFilterQuery): PredictionFilter {
  const { version, label, user } = query;
  return {
    ...toSpan(query),
    ...(version !== undefined && { version }),
    ...(label !== undefined && { label }),
    ...(user !== undefined && { userId: user }),
  };
}
