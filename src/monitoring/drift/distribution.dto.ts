// What GET /monitoring/drift/distribution takes and answers.
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import type { ColumnDistribution } from './column-distribution.ts';
import { DriftBasis, DriftRowsQuery } from './drift.dto.ts';

const KNOWN = { type: Number, nullable: true } as const;

export class DistributionQuery extends DriftRowsQuery {
  @ApiProperty({
    example: 'mean radius',
    description: 'A feature of the model, `prediction_score` or `prediction_label`.',
  })
  @Matches(/^\P{Cc}{1,256}$/u, { message: '$property must be the name of a column' })
  readonly column!: string;
}

class CountPair {
  @ApiProperty()
  readonly reference!: number;

  @ApiProperty()
  readonly current!: number;
}

class SharePair {
  @ApiProperty(KNOWN)
  readonly reference!: number | null;

  @ApiProperty(KNOWN)
  readonly current!: number | null;
}

class CountsPair {
  @ApiProperty({ type: [Number] })
  readonly reference!: readonly number[];

  @ApiProperty({ type: [Number] })
  readonly current!: readonly number[];
}

class BinsResponse {
  @ApiProperty({ description: 'How the edges come about.' })
  readonly rule!: string;

  @ApiProperty({ type: [Number], description: 'Rising, one more than there are bins.' })
  readonly edges!: readonly number[];

  @ApiProperty({ type: CountsPair })
  readonly counts!: CountsPair;

  @ApiProperty({ type: CountPair, description: 'Values below the first edge.' })
  readonly below!: CountPair;

  @ApiProperty({ type: CountPair, description: 'Values above the last edge.' })
  readonly above!: CountPair;
}

class QuantileResponse extends SharePair {
  @ApiProperty({ example: 0.5 })
  readonly share!: number;
}

class CategoryResponse extends CountPair {
  @ApiProperty({ example: 'left' })
  readonly name!: string;
}

class UnseenResponse extends CountPair {
  @ApiProperty({ description: 'Different categories among them.' })
  readonly distinct!: number;
}

export class DistributionResponse extends DriftBasis implements ColumnDistribution {
  @ApiProperty({ example: 'mean radius' })
  readonly column!: string;

  @ApiProperty({ enum: ['numeric', 'categorical'] })
  readonly kind!: 'numeric' | 'categorical';

  @ApiProperty({ description: 'Rows with a value.' })
  readonly n_reference!: number;

  @ApiProperty({ description: 'Rows with a value.' })
  readonly n_current!: number;

  @ApiProperty({ type: SharePair, description: 'Shares of the rows without a value.' })
  readonly missing!: SharePair;

  @ApiProperty({ type: BinsResponse, nullable: true, description: 'Of numbers.' })
  readonly bins!: BinsResponse | null;

  @ApiProperty({
    type: QuantileResponse,
    isArray: true,
    nullable: true,
    description: 'Of numbers: 5, 25, 50, 75 and 95 %, between order statistics linear.',
  })
  readonly quantiles!: readonly QuantileResponse[] | null;

  @ApiProperty({
    type: CategoryResponse,
    isArray: true,
    nullable: true,
    description: 'Of categories: those declared, in their order.',
  })
  readonly categories!: readonly CategoryResponse[] | null;

  @ApiProperty({
    type: UnseenResponse,
    nullable: true,
    description: 'Rows of categories that nobody declared; they are not named.',
  })
  readonly unseen!: UnseenResponse | null;
}
